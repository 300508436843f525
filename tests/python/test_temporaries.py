# SPDX-License-Identifier: BSD-3-Clause
"""In a*b + c the sum goes into the memory of a*b, which nobody else knows; and no memory that somebody knows is written."""

import functools
import operator
import sys
import tracemalloc
import weakref

import numpy as np
import pytest

import raptors as rp

N = 1 << 20
A = np.linspace(0.5, 3.0, N)
B = np.linspace(-1.0, 1.0, N)


def peak_blocks(call):
    """The most memory that the call held at once beyond what it began with, in blocks of N float64."""
    call()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        call()
        return (tracemalloc.get_traced_memory()[1] - before) / (8 * N)
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(
    sys.platform == "win32" or sys.version_info >= (3, 14),
    reason="not run on 3.14; where Python hides its loop from us nothing is a temporary, which is allowed",
)
@pytest.mark.parametrize(
    "expression",
    [
        "a*b + a",
        "a + a*b",
        "(a + 1) * (b + 1) - (a - b) / 2",
        "(a + b) / 3.0",
        "a*b + a[:1]",
        "1.0 - a*b",
    ],
)
def test_temporaries_are_written_again(expression):
    a, b = rp.asarray(A), rp.asarray(B)
    code = compile(expression, "<test>", "eval")
    scope = {"a": a, "b": b}
    blocks = peak_blocks(lambda: eval(code, scope))
    assert blocks < (2.5 if expression.count("(") > 2 else 1.5)
    result = np.asarray(eval(code, scope))
    np.testing.assert_array_equal(result, eval(code, {"a": A, "b": B}))


def holders():
    """Each makes an array of which C code or a variable knows, and an operator on it; NumPy's answer must stay."""
    a, b = rp.asarray(A), rp.asarray(B)
    bound = functools.partial(operator.add, a * b)
    yield "partial", bound.args[0], lambda: bound(1)
    call = operator.methodcaller("__add__", 1)
    kept = a * b
    yield "methodcaller", kept, lambda: call(kept)
    yield "variable", kept, lambda: kept + 1
    box = [a * b]
    yield "list", box[0], lambda: box[0] + 1
    view = (a * b)[:]
    yield "view", view, lambda: view + 1
    product = a * b
    shared = np.asarray(product)
    cell = [product]
    del product
    yield "ndarray", shared, lambda: cell[0] + 1


@pytest.mark.parametrize("index", range(6))
def test_memory_that_is_known_is_not_written(index):
    name, array, call = list(holders())[index]
    before = np.array(array)
    for _ in range(3):
        np.testing.assert_array_equal(np.asarray(call()), before + 1, err_msg=name)
    np.testing.assert_array_equal(np.asarray(array), before, err_msg=name)


def test_partial_holds_the_only_reference():
    """No name of the test's own keeps the array: the one reference is functools.partial's."""
    a, b = rp.asarray(A), rp.asarray(B)
    bound = functools.partial(operator.add, a * b)
    first, second = bound(1), bound(1)
    np.testing.assert_array_equal(np.asarray(first), np.asarray(second))


def test_a_list_of_one_ends_before_the_operator():
    a, b = rp.asarray(A), rp.asarray(B)
    np.testing.assert_array_equal(np.asarray([a * b][0] + 1), A * B + 1)


def test_a_view_and_a_memoryview_of_a_temporary():
    a = rp.asarray(A)

    def keep_view(x):
        views.append(x[::2])
        return x

    def keep_buffer(x):
        views.append(memoryview(x))
        return x

    def keep_weakly(x):
        views.append(weakref.ref(x))
        return x

    for keep in (keep_view, keep_buffer):
        views = []
        result = keep(a * 2) + 1
        np.testing.assert_array_equal(np.asarray(views[0]).ravel(), (A * 2)[:: 2 if keep is keep_view else 1])
        np.testing.assert_array_equal(np.asarray(result), A * 2 + 1)
    views = []
    result = keep_weakly(a * 2) + 1
    assert views[0]() is None
    np.testing.assert_array_equal(np.asarray(result), A * 2 + 1)


def test_other_types_and_shapes_get_memory_of_their_own():
    a, b = rp.asarray(A), rp.asarray(B)
    assert ((a * b) > 0).dtype == np.bool_
    row = rp.asarray(np.arange(1024.0))
    single = a.astype(np.float32)
    assert ((single + single) * a).dtype == np.float64
    np.testing.assert_array_equal(
        np.asarray((row + row) + a.reshape(1024, 1024)), (np.arange(1024.0) * 2) + A.reshape(1024, 1024)
    )


def test_an_error_leaves_no_trace():
    a = rp.asarray(A)
    with pytest.raises(ValueError):
        (a + a) + rp.asarray(np.zeros(3))
    with pytest.raises(TypeError):
        (a + a) << 1
