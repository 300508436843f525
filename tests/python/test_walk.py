# SPDX-License-Identifier: BSD-3-Clause
"""The walk of elementwise calls at its limits: rows about as long as those that go together, rectangles about as large as a
block, in every order of item sizes. The calls run in a child process with a time limit, since what goes wrong here may not
end; it says which call it is at."""

import itertools
import subprocess
import sys

import numpy as np
import pytest

import raptors

SECONDS = 120
SHORT_ROW_BYTES = 256  # src/engine/plan.h: shorter rows go through a kernel together
BLOCKS = (1024, 4096, 6144, 8192)  # bytes of a staged block on the machines known: an eighth of the first cache

# Item sizes that rise, fall and meet, in the operands, in the loop and in the result.
CALLS = [
    ("not_equal", "int32", "complex64", None),
    ("less", "int16", "uint32", None),
    ("equal", "float16", "int32", None),
    ("logical_and", "uint32", "complex64", None),
    ("logical_xor", "int16", "float64", None),
    ("add", "int8", "int8", None),
    ("add", "uint32", "int16", "float64"),
    ("multiply", "complex128", "float16", None),
    ("maximum", "float64", "bool", "float32"),
    ("divide", "int8", "int64", "float16"),
    ("sqrt", "int32", None, "float16"),
    ("negative", "complex64", None, None),
    ("isnan", "float16", None, None),
    ("where", "bool", "float64", None),
]


def lengths(limit):
    return sorted({max(1, limit - 1), max(1, limit), limit + 1})


def shapes(itemsize):
    """(axes behind the first): rows and columns around each limit."""
    for columns in {1, 2, 3, 9, *lengths(SHORT_ROW_BYTES // itemsize)}:
        limits = {1, 2, *(rows for block in BLOCKS for rows in lengths(block // (itemsize * columns)))}
        for rows in sorted(limits):
            if rows * columns * itemsize <= 4 * BLOCKS[-1]:
                yield rows, columns


def laid_out(values, how):
    """The same shape, lying otherwise: with gaps, reversed along one axis, its axes turned, repeated along one."""
    if how == "gaps":
        wide = np.zeros([2 * n for n in values.shape], values.dtype)
        wide[::2, ::2, ::2] = values
        return wide[::2, ::2, ::2]
    if how.startswith("reversed"):
        axis = int(how[-1])
        return np.flip(np.flip(values, axis).copy(), axis)
    if how.startswith("turned"):
        order = {"turned0": (2, 1, 0), "turned1": (0, 2, 1), "turned2": (1, 0, 2)}[how]
        return np.ascontiguousarray(values.transpose(order)).transpose(np.argsort(order))
    if how.startswith("repeated"):
        return np.take(values, [0], axis=int(how[-1]))
    padded = np.zeros([n + 1 for n in values.shape], values.dtype)
    padded[:-1, :-1, :-1] = values
    return padded[:-1, :-1, :-1]


LAYOUTS = ["padded", "gaps", "reversed0", "reversed1", "reversed2", "turned0", "turned1", "turned2"]
LAYOUTS += ["repeated0", "repeated1", "repeated2"]


def walk(seed):
    """All calls with some shapes and layouts each, against NumPy."""
    import raptors

    random = np.random.default_rng(seed)
    for name, first, second, result in CALLS:
        widest = max(np.dtype(t).itemsize for t in (first, second, result, "complex128") if t)
        chosen = list(itertools.product(shapes(widest), LAYOUTS, LAYOUTS))
        for i in random.permutation(len(chosen))[:200]:
            (rows, columns), x_how, y_how = chosen[i]
            print(name, first, second, result, rows, columns, x_how, y_how, flush=True)
            shape = (3, rows, columns)
            x = laid_out((random.random(shape) * 4).astype(first), x_how)
            operands = [x]
            if second:
                operands.append(laid_out((random.random(shape) * 4 + 1).astype(second), y_how))
            if name == "where":
                operands.append(operands[-1][:, :1])
            full = np.broadcast_shapes(*(o.shape for o in operands))
            ours = {"out": raptors.empty(full, dtype=result)} if result else {}
            numpys = {"out": np.empty(full, result)} if result and name != "where" else {}
            with np.errstate(all="ignore"):
                want = getattr(np, name)(*operands, **({"casting": "same_kind", **numpys} if numpys else {}))
            got = np.asarray(getattr(raptors, name)(*(raptors.asarray(o) for o in operands), **ours))
            np.testing.assert_array_equal(got, want)
    print("done")


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("threads", [1, 3])
def test_every_call_ends_and_is_right(seed, threads):
    code = f"import raptors; raptors.set_num_threads({threads}); import test_walk; test_walk.walk({seed})"
    where = __file__.rsplit("/", 1)[0]
    try:
        child = subprocess.run([sys.executable, "-c", code], cwd=where, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired as late:
        pytest.fail(f"has not ended: {late.stdout.decode().splitlines()[-1] if late.stdout else 'nothing began'}")
    lines = child.stdout.splitlines()
    assert lines[-1:] == ["done"], child.stderr[-2000:]


@pytest.mark.parametrize("dtype", ["?", "u1", "i2", "f2", "f4", "f8", "c16"])
def test_narrow_matrices(dtype):
    """Turned round, with one column for all, and searched along either side: each has loops of its own for narrow matrices."""
    rng = np.random.default_rng(1)
    for narrow, long in itertools.product((1, 2, 3, 4, 5, 7, 8, 13, 17), (1, 6, 40, 300, 3000)):
        for a in (rng.integers(0, 100, (long, narrow)), rng.integers(0, 100, (narrow, long)), np.zeros((long, narrow))):
            a = a.astype(dtype)
            r = raptors.array(a)
            np.testing.assert_array_equal(np.asarray(r.T.copy()), a.T)
            np.testing.assert_array_equal(np.asarray(r[:, 1:].T.copy()), a[:, 1:].T)
            np.testing.assert_array_equal(np.asarray(raptors.add(r, r[:, :1])), np.add(a, a[:, :1]))
            for axis in (0, 1):
                np.testing.assert_array_equal(np.asarray(r.argmax(axis)), a.argmax(axis))
                np.testing.assert_array_equal(np.asarray(r.argmin(axis)), a.argmin(axis))


@pytest.mark.parametrize("dtype", ["?", "i1", "f2", "i4", "f8", "c16"])
@pytest.mark.parametrize("shape", [(2,), (70,), (5000,), (40000,), (9, 3), (300, 40), (6, 1, 7)])
def test_shifted_assignment(dtype, shape):
    """Also by more than one, and to elements that lie the other way round."""
    a = np.random.default_rng(1).integers(0, 100, shape).astype(dtype)
    for by in {1, shape[0] // 3 + 1}:
        for to, source in ((slice(by, None), slice(None, -by)), (slice(None, -by), slice(by, None))):
            expected, r = a.copy(), raptors.array(a)
            expected[to] = a[source]
            r[to] = r[source]
            np.testing.assert_array_equal(np.asarray(r), expected)
            expected, r = a.copy(), raptors.array(a)
            expected[to][..., ::-1] = a[source]
            r[to][..., ::-1] = r[source]
            np.testing.assert_array_equal(np.asarray(r), expected)


def test_shifted_truths_are_one():
    memory = np.array([0, 255, 1, 2, 0, 7] * 20, dtype="u1")
    r = raptors.asarray(memory.view("?"))
    r[1:] = r[:-1]
    assert memory[1:].tolist() == ([0, 1, 1, 1, 0, 1] * 20)[:-1]
