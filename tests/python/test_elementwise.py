# SPDX-License-Identifier: BSD-3-Clause
"""Every elementwise operation against NumPy's: types, shapes, memory order and values, bit for bit."""

import itertools
import operator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import raptors
from strategies import (
    BINARY,
    COMPARISONS,
    DTYPES,
    ELEMENTWISE,
    INEXACT,
    SIGN_OF_ZERO_IS_FREE,
    UNARY,
    alike,
    arrays,
    assert_bits,
    assert_matches,
    assert_same_order,
    call,
    layouts,
    place,
    quietly,
    shapes,
    specials,
    values,
)

NUMPY_NAME = {name: numpy_name for name, numpy_name, _ in ELEMENTWISE}
DTYPE = st.sampled_from(DTYPES)


def theirs_of(name, *inputs):
    """NumPy's answer, or the exception that it raises."""
    if name == "round" and np.asarray(inputs[0]).dtype.kind in "iu":  # the array API: integers stay what they are
        return quietly(np.positive, inputs[0])
    return quietly(getattr(np, NUMPY_NAME[name]), *inputs)


def is_huge(x):
    return isinstance(x, int) and not -(2**63) <= x < 2**63


def scales_otherwise(x, exponent):
    """docs/differences.md: ldexp with Python's ints."""
    return type(x) is int or (type(exponent) is int and not -(2**31) <= exponent < 2**31)


def check(name, *inputs, what=""):
    """Operation `name` on NumPy arrays and Python numbers; the result, or None where both raise the same."""
    what = what or f"{name} of {[x.dtype.name if isinstance(x, np.ndarray) else x for x in inputs]}"
    if (name in COMPARISONS or name.startswith("logical")) and any(is_huge(x) for x in inputs):
        dtype = next(x.dtype for x in inputs if isinstance(x, np.ndarray))
        if dtype.kind == "b" or name not in COMPARISONS:  # NumPy tries to make an int64 of it, and we need not
            return None
    if name == "ldexp" and scales_otherwise(*inputs):
        return None
    before = [x.copy() if isinstance(x, np.ndarray) else x for x in inputs]
    theirs = theirs_of(name, *inputs)
    ours = call(getattr(raptors, name), *(raptors.asarray(x) if isinstance(x, np.ndarray) else x for x in inputs))
    if alike(ours, theirs, what):
        return None
    assert isinstance(ours, raptors.Array if np.ndim(theirs) else type(theirs))
    assert_matches(name, ours, theirs, inputs, what)
    for x, old in zip(inputs, before, strict=True):
        if isinstance(x, np.ndarray):
            assert_bits(x, old, what=f"{what} changed its input")
    return ours


# ---- Special values, every type with every other ---------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, _ in UNARY])
def test_unary_specials(name):
    for dtype in DTYPES:
        if (name, dtype) != ("round", "bool"):
            check(name, specials(dtype))


@pytest.mark.parametrize("name", [name for name, _ in BINARY])
def test_binary_specials(name):
    for dtype, other in itertools.product(DTYPES, DTYPES):
        x, y = np.meshgrid(specials(dtype), specials(other))
        check(name, np.ascontiguousarray(x), np.ascontiguousarray(y))


@pytest.mark.parametrize("name", [name for name, _ in BINARY])
def test_one_operand_is_a_number(name):
    """An operand with no axes, or one element repeated, takes other loops than an array."""
    for dtype in DTYPES:
        edge = specials(dtype)
        x = np.concatenate([edge, values((70,), dtype, 1)])
        for one in edge[:: max(1, len(edge) // 12)]:
            for y in (np.array(one), np.array([one])):
                check(name, x, y)
                check(name, y, x)


NUMBERS = [True, 0, 1, -1, 7, 255, 300, -129, 2**31, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**30, 0.0, -0.0,
           0.1, 2.5, 1e300, float("inf"), float("nan"), 2j, complex(1.5, -0.25)]  # fmt: skip


@pytest.mark.parametrize("name", [name for name, _ in BINARY])
def test_python_numbers_are_weak(name):
    for dtype, number in itertools.product(DTYPES, NUMBERS):
        for shape in ((), (1,), (9,)):
            x = values(shape, dtype, 3)
            check(name, x, number)
            check(name, number, x)


@pytest.mark.parametrize("name", [name for name, _, inputs in ELEMENTWISE])
def test_only_python_numbers(name):
    inputs = next(n for other, _, n in ELEMENTWISE if other == name)
    for numbers in itertools.product([True, 2, -1, 0.5, 1j], repeat=inputs):
        if name != "round":
            check(name, *numbers)


# ---- Shapes and layouts ----------------------------------------------------------------------------------------------


@settings(max_examples=120)
@given(st.data(), st.sampled_from([name for name, _ in UNARY]), DTYPE, shapes())
def test_unary_layouts(data, name, dtype, shape):
    if (name, dtype) != ("round", "bool"):
        check(name, data.draw(arrays(shape, dtype, shrink_axes=True)))


@settings(max_examples=300)
@given(st.data(), st.sampled_from([name for name, _ in BINARY]), DTYPE, shapes())
def test_binary_layouts(data, name, dtype, shape):
    other = data.draw(st.one_of(st.just(dtype), DTYPE))
    x = data.draw(arrays(shape, dtype, shrink_axes=True))
    y = data.draw(arrays(shape, other, shrink_axes=True))
    check(name, x, y)


@settings(max_examples=70)
@given(st.data(), DTYPE, DTYPE, DTYPE, shapes())
def test_where(data, condition, dtype, other, shape):
    c = data.draw(arrays(shape, condition, shrink_axes=True))
    x = data.draw(arrays(shape, dtype, shrink_axes=True))
    y = data.draw(st.one_of(arrays(shape, other, shrink_axes=True), st.sampled_from([1, 2.5, 2j, True])))
    theirs = quietly(np.where, c, x, y)
    r = raptors.asarray(y) if isinstance(y, np.ndarray) else y
    assert_bits(raptors.where(raptors.asarray(c), raptors.asarray(x), r), theirs, what="where")
    assert_bits(raptors.where(raptors.asarray(c), r, raptors.asarray(x)), quietly(np.where, c, y, x), what="where")


def two_steps(x, low, high):
    """What clip means. np.clip loses a complex NaN between numbers, by the part that is none."""
    raised = x if low is None else np.maximum(x, low)
    return raised if high is None else np.minimum(raised, high)


def check_clip(x, low, high, what):
    """clip as a function, as a method, by NumPy's function, and into an output, against NumPy's."""
    theirs = quietly(np.clip, x, low, high)
    if getattr(theirs, "dtype", x.dtype).kind == "c":
        theirs = quietly(two_steps, x, low, high)
    a, *bounds = [raptors.asarray(y) if isinstance(y, np.ndarray) else y for y in (x, low, high)]
    ours = call(raptors.clip, a, *bounds)
    if alike(ours, theirs, what):
        return
    assert_bits(ours, theirs, free_zero=True, what=what)
    assert_bits(a.clip(*bounds), ours, what=f"{what}, a method")
    assert_bits(np.clip(a, *bounds), ours, what=f"{what}, numpy.clip")
    out = raptors.empty(ours.shape, ours.dtype)
    assert raptors.clip(a, *bounds, out=out) is out
    assert_bits(out, ours, what=f"{what}, out")


@settings(max_examples=150)
@given(st.data(), DTYPE, DTYPE, DTYPE, shapes())
def test_clip(data, dtype, of_low, of_high, shape):
    x = data.draw(arrays(shape, dtype, shrink_axes=True))
    numbers = st.sampled_from([None, 0, 1, -3, 2.5, 100])
    low = data.draw(st.one_of(arrays(shape, of_low, shrink_axes=True), numbers))
    high = data.draw(st.one_of(arrays(shape, of_high, shrink_axes=True), numbers))
    check_clip(x, low, high, f"clip of {dtype} by {of_low} and {of_high}")


@pytest.mark.parametrize("dtype", DTYPES)
def test_clip_classes(dtype):
    """Each bound an array or a number, of the operand's type: over every pair of special values, and in long rows."""
    edge = specials(dtype)
    for x in (edge, values((1000,), dtype, 3)):
        for k in range(0, len(edge), max(1, len(edge) // 6)):
            for low, high in itertools.product([np.roll(np.resize(edge, len(x)), k), edge[k]], repeat=2):
                check_clip(x, low, np.roll(high, 1) if isinstance(high, np.ndarray) else high, f"clip of {dtype}")


def test_clip_type_depends_on_no_order():
    """uint8 and int8 make int16, which float16 takes to float32: pair by pair the order would decide."""
    for types in itertools.permutations(["uint8", "int8", "float16"]):
        x, low, high = (np.array([1, 2], t) for t in types)
        assert np.asarray(raptors.clip(raptors.asarray(x), low, high)).dtype == "float16"


@pytest.mark.parametrize("dtype", [one for one in DTYPES if np.dtype(one).kind in "iu"])
def test_clip_by_python_integers(dtype):
    """A bound at or beyond the type's end bounds nothing on its own side, and is no number of the type on the other."""
    info = np.iinfo(dtype)
    x = specials(dtype)
    ends = [info.min - 1, info.min, info.min + 1, 5, info.max - 1, info.max, info.max + 1, 2**64, -(2**63) - 1, 10**30]
    for low, high in itertools.product([None, *ends], repeat=2):
        check_clip(x, low, high, f"clip of {dtype} by {low} and {high}")


def test_clip_in_place_and_errors():
    a = raptors.asarray(np.arange(10.0))
    assert raptors.clip(a, min=2, max=7, out=a) is a
    np.testing.assert_array_equal(np.asarray(a), np.clip(np.arange(10.0), 2, 7))
    assert raptors.clip(a[::2], max=a[0]).tolist() == [2.0] * 5
    assert raptors.clip(3, 5, 9).item() == 5
    for wrong in (lambda: raptors.clip(a, [1, 2]), lambda: raptors.clip(a, 0, 1, out=raptors.empty(3))):
        with pytest.raises(ValueError):
            wrong()
    with pytest.raises(TypeError):
        raptors.clip()


def test_copysign_of_nan():
    """Any NaN passes for another in the tests above; here its sign counts."""
    for dtype in ("float16", "float32", "float64"):
        x, y = np.resize(np.array([np.nan, -np.nan], dtype), 70), np.resize(np.array([-0.0, -1, 0, np.nan], dtype), 70)
        ours = raptors.copysign(raptors.asarray(x), raptors.asarray(y))
        np.testing.assert_array_equal(np.signbit(np.asarray(ours)), np.signbit(y))


def test_ldexp_with_python_integers():
    """What scales_otherwise leaves out of the comparisons above."""
    exponents = raptors.asarray(np.arange(-3, 20))
    assert_bits(raptors.ldexp(3, exponents), np.ldexp(3.0, np.arange(-3, 20)), what="ldexp of 3")
    for dtype in ("float16", "float32", "float64"):
        x = raptors.asarray(np.array([1.5, -2, 0, np.inf], dtype))
        assert_bits(raptors.ldexp(x, 2**40), np.array([np.inf, -np.inf, 0, np.inf], dtype), what="ldexp by 2^40")
        assert_bits(raptors.ldexp(x, -(2**63)), np.array([0, -0.0, 0, np.inf], dtype), what="ldexp by -2^63")
        for huge in (2**63, 2**64, -(2**63) - 1):
            with pytest.raises(OverflowError):
                raptors.ldexp(x, huge)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 1000])
def test_lengths(n):
    """Each length round the vectors' has its tail; the operations take turns at the types."""
    for (name, _, inputs), dtype in itertools.product(
        ELEMENTWISE, ["int8", "uint16", "int32", "float16", "float64", "complex64"]
    ):
        if inputs == 2 or dtype != "bool":
            check(name, *(values((n,), dtype, k) for k in range(inputs)))


TRANSPOSES = [(7, 5), (40, 3), (3, 40), (4, 5, 6), (2, 3, 4, 5), (64, 64), (1, 9), (9, 1)]


@pytest.mark.parametrize("shape", TRANSPOSES)
def test_memory_order(shape):
    """Results keep the operands' order (NumPy's order='K')."""
    order = st.permutations(range(len(shape)))

    @settings(max_examples=25)
    @given(order, order, st.sampled_from([1, -1]), st.booleans())
    def run(first, second, sign, broadcast):
        x, _ = place(values(shape, "float32", 0), order=first, steps=(sign,) * len(shape))
        y, _ = place(values(shape, "float32", 1), order=second)
        if broadcast:
            y = y[:1]
        assert_same_order(raptors.negative(raptors.asarray(x)), np.negative(x))
        assert_same_order(raptors.isnan(raptors.asarray(x)), np.isnan(x))
        assert_same_order(raptors.add(raptors.asarray(x), raptors.asarray(y)), np.add(x, y))
        assert_same_order(raptors.add(raptors.asarray(x), 2), np.add(x, 2))
        assert_same_order(raptors.asarray(x).astype("int8"), quietly(x.astype, "int8"))

    run()


# ---- out= and in place -----------------------------------------------------------------------------------------------


def check_out(name, inputs, out, memory, what):
    """Writes into `out`, which lies in `memory`: nothing beside it changes.

    NumPy's result is computed without out= and then assigned, because signbit of NumPy 2.5 writes wrong values into
    an output with a negative stride.
    """
    theirs = theirs_of(name, *inputs)
    given, before, expected = [np.array(x) for x in inputs], memory.copy(), out.copy()
    with np.errstate(all="ignore"):
        expected[...] = np.asarray(theirs)  # a scalar that the type cannot hold would be an error
    assert getattr(raptors, name)(*map(raptors.asarray, inputs), out=(result := raptors.asarray(out))) is result
    assert_matches(name, out, expected, given, what)
    offset = out.__array_interface__["data"][0] - memory.__array_interface__["data"][0]
    if out.size:
        np.ndarray(out.shape, out.dtype, before.data, offset, out.strides)[...] = out
    assert memory.tobytes() == before.tobytes(), f"{what}: written beside out"


@settings(max_examples=200)
@given(st.data(), st.sampled_from(ELEMENTWISE), DTYPE, shapes())
def test_out(data, operation, dtype, shape):
    name, _, inputs = operation
    if (name, dtype) == ("round", "bool"):
        return
    operands = [data.draw(arrays(shape, dtype, special=0, shrink_axes=k == 1)) for k in range(inputs)]
    result = theirs_of(name, *operands)
    if isinstance(result, Exception) or result.shape != shape:
        return
    types = [one for one in DTYPES if np.can_cast(result.dtype, one, "same_kind")]
    out_type = np.dtype(data.draw(st.one_of(st.just(result.dtype.name), st.sampled_from(types))))
    inexact = name in INEXACT or (name in ("divide", "reciprocal") and dtype[0] == "c")
    if inexact and result.dtype.kind in "fc" and out_type.kind in "fc":
        out_type = result.dtype  # a unit in the last place more or less must not be rounded again
    out, memory = place(values(shape, out_type, 5), **data.draw(layouts(len(shape), out_type.itemsize)))
    check_out(name, operands, out, memory, f"{name} of {dtype} into {out_type}")


OVERLAPS = {
    "shifted up": (slice(None, -1), slice(1, None)),
    "shifted down": (slice(1, None), slice(None, -1)),
    "reversed": (slice(None, None, -1), slice(None)),
    "onto reversed": (slice(None), slice(None, None, -1)),
    "in place": (slice(None), slice(None)),
    "in place, reversed": (slice(None, None, -1), slice(None, None, -1)),
    "spread": (slice(None, 30), slice(None, 60, 2)),
    "gathered": (slice(None, 60, 2), slice(None, 30)),
}


@pytest.mark.parametrize("how", OVERLAPS)
@pytest.mark.parametrize("dtype", ["int8", "uint16", "float32", "float64", "complex128"])
def test_overlapping_out(how, dtype):
    source, target = OVERLAPS[how]
    for name, numpy_name in BINARY + UNARY:
        for length in (61, 700):
            a = values((length,), dtype, 7, special=0.1)
            b = a.copy()
            binary = (name, numpy_name) in BINARY
            others = (values(a[source].shape, dtype, 8),) if binary else ()
            if isinstance(theirs := theirs_of(name, a[source], *others), Exception):
                continue
            if not np.can_cast(theirs.dtype, dtype, "same_kind"):
                continue
            with np.errstate(all="ignore"):
                a[target] = theirs
            r = raptors.asarray(b)
            getattr(raptors, name)(r[source], *map(raptors.asarray, others), out=r[target])
            skip = None
            if name == "floor_divide" and a.dtype.kind == "f":
                skip = np.isinf(b) | np.isnan(a)
            if name in INEXACT:
                given = values((length,), dtype, 7, special=0.1)[source]
                assert_matches(name, b[target], theirs, (given, *others), f"{name}, {how}, {dtype}")
                b[target] = a[target]
                assert_bits(b, a)
            elif a.dtype.kind != "c":
                assert_bits(b, a, name in SIGN_OF_ZERO_IS_FREE, skip, f"{name}, {how}, {dtype}")


def test_overlapping_rows_and_types():
    a = values((9, 9), "float64", 2, special=0)
    b = a.copy()
    r = raptors.asarray(b)
    np.add(a, a.T, out=a)
    raptors.add(r, r.T, out=r)
    assert_bits(b, a)
    np.multiply(a, a[3], out=a)  # a row of the output, broadcast
    raptors.multiply(r, r[3], out=r)
    assert_bits(b, a)
    np.subtract(a[:, :1], a, out=a)
    raptors.subtract(r[:, :1], r, out=r)
    assert_bits(b, a)
    ints, mine = np.arange(64, dtype="int64"), np.arange(64, dtype="int64")
    np.add(ints[:32].view("int32"), 1, out=ints)  # the same bytes in another type
    raptors.add(raptors.asarray(mine[:32].view("int32")), 1, out=raptors.asarray(mine))
    assert_bits(mine, ints)


IN_PLACE = [operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ifloordiv, operator.imod,
            operator.iand, operator.ior, operator.ixor, operator.ilshift, operator.irshift]  # fmt: skip


@settings(max_examples=120)
@given(st.data(), st.sampled_from(IN_PLACE), DTYPE, shapes())
def test_in_place_operators(data, op, dtype, shape):
    other_dtype = data.draw(st.one_of(st.just(dtype), DTYPE))
    a, _ = place(values(shape, dtype, 1, special=0), **data.draw(layouts(len(shape))))
    b, _ = place(a, **data.draw(layouts(len(shape))))
    other = data.draw(st.one_of(arrays(shape, other_dtype, special=0, shrink_axes=True), st.sampled_from([2, 3.5, 1j])))
    r = raptors.asarray(b)
    theirs = quietly(op, a, other)
    ours = call(op, r, raptors.asarray(other) if isinstance(other, np.ndarray) else other)
    if not alike(ours, theirs, f"{op.__name__} of {dtype} and {other!r}"):
        assert ours is r
        assert_matches("divide" if op is operator.itruediv else "multiply", b, a, (a,), op.__name__)


# ---- Integers that do not fit ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMPARISONS)
def test_int64_with_uint64(name):
    signed = np.array([-(2**63), -(2**63) + 1, -(2**53) - 1, -1, 0, 1, 2**53, 2**53 + 1, 2**63 - 2, 2**63 - 1])
    unsigned = np.array([0, 1, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 1], "uint64")
    for x, y in ((signed[:, None], unsigned), (unsigned[:, None], signed)):
        check(name, x, y)
        check(name, x[::-1], y)
        for one in x.ravel():
            check(name, np.array(one), y)
            check(name, y, np.array(one))
        for dtype in ("int8", "uint8", "int32", "uint32"):
            check(name, x, values((y.size,), dtype, 0))
        out = np.zeros(np.broadcast_shapes(x.shape, y.shape), bool)
        getattr(raptors, name)(raptors.asarray(x), raptors.asarray(y), out=raptors.asarray(out))
        assert_bits(out, theirs_of(name, x, y))


@pytest.mark.parametrize("dtype", [one for one in DTYPES if np.dtype(one).kind in "iu"])
def test_ints_out_of_range(dtype):
    x = specials(dtype)
    low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    for number in (low - 1, low, high, high + 1, -(10**25), 10**25):
        for name, _ in BINARY:
            for shaped in (x, x.reshape(1, -1)[:, ::2], x[:0], x[0:1].reshape(())):
                check(name, shaped, number)
                check(name, number, shaped)


@pytest.mark.parametrize("offset", [0, 1, 2, 4, 12, 16, 60])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64", "complex128"])
def test_results_may_begin_anywhere_in_a_line(dtype, offset):
    """Long results are begun up to their first whole line, and then go on."""
    count = 5003
    memory = np.zeros(16 * count + 256, np.uint8)
    start = -memory.ctypes.data % 64 + offset
    out = memory[start : start + count * np.dtype(dtype).itemsize].view(dtype)
    x = np.arange(count).astype(dtype)
    raptors.add(x, x[::-1].copy(), out=out)
    assert np.array_equal(out, x + x[::-1])
    raptors.multiply(out, 3, out=out)
    assert np.array_equal(out, ((x + x[::-1]) * np.array(3, dtype)).astype(dtype))
    assert not memory[:start].any()
    assert not memory[start + out.nbytes :].any()


def window(dtype="f8", rows=5):
    """Rows that each begin one element behind the one before: elements in several places at once."""
    memory = np.arange(rows + 3).astype(dtype)
    return np.lib.stride_tricks.as_strided(memory, (rows, 4), (memory.itemsize, memory.itemsize))


@pytest.mark.parametrize("dtype", ["i2", "f8", "c16"])
def test_outputs_whose_elements_share_memory(dtype):
    def add(x):
        x += 1

    def subtract(x):
        x -= np.arange(20).reshape(5, 4).astype(dtype)

    def assign(x):
        x[...] = np.arange(20).reshape(5, 4)

    def fill(x):
        x[:, ::-1] = 7

    for change in add, subtract, assign, fill:
        want, got = window(dtype), window(dtype)
        change(want)
        change(raptors.asarray(got))
        assert got.tolist() == want.tolist(), change.__name__
    large = window("f8", 1 << 18)
    x = raptors.asarray(large)
    x += 1
    assert large[:, 0].tolist() == list(range(1, (1 << 18) + 1))
