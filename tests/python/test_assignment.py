# SPDX-License-Identifier: BSD-3-Clause
"""One value or several, assigned in every way: what an Array takes, what NumPy casts for it, and what neither does."""

import decimal
import fractions
import warnings

import numpy as np
import pytest

import raptors

WAYS = {
    "integer": lambda x, value: x.__setitem__(1, value),
    "slice": lambda x, value: x.__setitem__(slice(1, 3), value),
    "ellipsis": lambda x, value: x.__setitem__(..., value),
    "list": lambda x, value: x.__setitem__([0, 2], value),
    "mask": lambda x, value: x.__setitem__(np.array([True, False, True]), value),
    "mask of ours": lambda x, value: x.__setitem__(x == x, value),
    "fill": lambda x, value: x.fill(value),
    "full": lambda x, value: raptors._raptors.full(3, value, dtype=x.dtype),
    "full_like": lambda x, value: raptors._raptors.full_like(x, value),
    "real": lambda x, value: setattr(x, "real", value),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", [np.generic, np.asarray, raptors.asarray])
def test_one_value_must_fit(way, kind):
    """As a Python number must, whether it is one, NumPy's, or an array without dimensions."""
    for dtype, value, error in (("int64", np.uint64(2**63), OverflowError), ("int64", np.float32(1e19), OverflowError),
                                ("int32", np.float32("nan"), ValueError), ("uint8", np.float64("nan"), ValueError),
                                ("int16", np.float16("inf"), OverflowError), ("uint64", np.int8(-1), OverflowError),
                                ("int8", np.int64(128), OverflowError), ("int8", np.float32(-129.0), OverflowError),
                                ("uint8", np.int16(256), OverflowError), ("float64", np.complex64(1j), TypeError),
                                ("int8", np.complex128(1), TypeError)):  # fmt: skip
        x = raptors.asarray([1, 2, 3], dtype=dtype)
        with pytest.raises(error):
            WAYS[way](x, value if kind is np.generic else kind(value))
        assert x.tolist() == [1, 2, 3]
    for dtype, value, stored in (("int8", np.float32(-128.9), -128), ("uint64", np.uint64(2**64 - 1), 2**64 - 1),
                                 ("int64", np.float16(-0.5), 0), ("bool", np.float32("nan"), True),
                                 ("uint8", np.bool_(True), 1), ("float32", np.int64(2**24), 2.0**24)):  # fmt: skip
        x = raptors.zeros(3, dtype=dtype)
        result = WAYS[way](x, value if kind is np.generic else kind(value))
        assert stored in (x if result is None else result).tolist()


def test_many_values_are_cast():
    """As in NumPy, where an array is assigned."""
    x = raptors.zeros(2, dtype="int8")
    x[...] = np.array([300, -200])
    assert x.tolist() == [44, 56]
    x[[1]] = raptors.asarray([1000])
    assert x.tolist() == [44, -24]


NUMPYS = [np.longdouble(2.5), np.array(2.5, "g"), np.array([1, 2, 3], "g"), np.array([1, 2.5, 3], object),
          np.clongdouble(1 + 2j), np.array([1, 2, 3j], "G"), decimal.Decimal("2.5"), fractions.Fraction(1, 3),
          np.timedelta64(7, "s"), np.array([1, 2, 3], "m8[s]"), np.datetime64("2020-01-01"),
          np.array([(1, 2.0)], "i4,f8"),
          np.ma.masked, np.ma.array(2.0), np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0]), np.array([None] * 3),
          np.array(["1", "2", "3"], object), object(), {}, {1, 2}, 1 + 2j]  # fmt: skip


def outcome(x, way, value):
    """What x is after it, or the exception's class; and what was warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            WAYS[way](x, value)
        except Exception as error:
            return type(error)
    return np.asarray(x).tobytes(), [str(one.message) for one in caught]


@pytest.mark.parametrize("way", [way for way in WAYS if way not in ("full", "full_like", "real")])
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32", "float64", "complex64"])
def test_values_of_numpys_own_types(way, dtype):
    """NumPy casts them, with its errors and warnings; one complex number becomes no real one."""
    for value in NUMPYS:
        n = np.array([4, 5, 6], dtype)
        expected = outcome(n, way, value)
        if np.iscomplexobj(value) and np.ndim(value) == 0 and dtype != "complex64":
            expected = TypeError
        a = raptors.asarray(np.array([4, 5, 6], dtype))
        ours = outcome(a, way, value)
        sequence = np.ndim(value) > 0 and way in (
            "integer",
            "fill",
        )  # which older versions of NumPy take for an element
        assert ours == expected or (sequence and isinstance(ours, type)), (value, ours, expected)


@pytest.mark.parametrize("way", WAYS)
def test_numbers_of_numpys_own_types_must_fit(way):
    for value, error in ((np.longdouble("nan"), ValueError), (np.longdouble("inf"), OverflowError),
                         (np.longdouble(300), OverflowError), (np.array(-1, "g"), OverflowError),
                         (np.clongdouble(1), TypeError)):  # fmt: skip
        x = raptors.asarray([1, 2, 3], dtype="uint8")
        with pytest.raises(error):
            WAYS[way](x, value)
        assert x.tolist() == [1, 2, 3]
    x = raptors.zeros(3, dtype="int64")
    if not way.startswith("full"):
        WAYS[way](x, np.longdouble(2**62) + 1)
        assert 2**62 + (np.finfo("g").nmant >= 62) in x


def test_masked_elements():
    """As NumPy: an element becomes nan, with a warning."""
    x = raptors.ones(3)
    for set_element in (lambda: x.__setitem__(1, np.ma.masked), lambda: x.fill(np.ma.masked)):
        with pytest.warns(UserWarning, match="converting a masked element to nan"):
            set_element()
        assert np.isnan(x[1])
    with pytest.raises(np.ma.MaskError):
        raptors.ones(3, dtype="int64")[0] = np.ma.masked
    x = raptors.ones(3, dtype="complex64")
    x.real = decimal.Decimal("2.5")
    x.imag = [1, np.longdouble(2), fractions.Fraction(1, 2)]
    assert x.tolist() == [2.5 + 1j, 2.5 + 2j, 2.5 + 0.5j]


SEQUENCES = (
    [5.0],
    (5.0,),
    [[5.0]],
    [],
    [1, 2],
    np.ones(1),
    np.ones((1, 1)),
    np.ones(0),
    raptors.ones(1),
    raptors.ones(2),
)


@pytest.mark.parametrize("dtype", ["bool", "int32", "float16", "float64", "complex64"])
@pytest.mark.parametrize(
    "key", [(1, 0), (-1, 0), (np.int64(1), 0), (np.array(1), 0), (raptors.asarray(1), raptors.asarray(0))]
)
def test_an_element_takes_one_number(dtype, key):
    """As in NumPy from 2.4 on (there type bool takes lists): what has dimensions is no element, however few it holds."""
    x, one, none = raptors.zeros((2, 1), dtype), raptors.zeros(1, dtype), raptors.zeros((), dtype)
    for value in SEQUENCES:
        for set_element in (lambda v: x.__setitem__(key, v), lambda v: one.__setitem__(0, v), x.fill, none.fill,
                            lambda v: none.__setitem__((), v)):  # fmt: skip
            with pytest.raises(ValueError, match="sequence"):
                set_element(value)
    assert [x.tolist(), one.tolist(), none.tolist()] == [[[0], [0]], [0], 0]
    for value in (np.asarray(1), raptors.asarray(1), np.float16(1), True):
        x[key] = one[0] = none[()] = 0
        x[key] = one[0] = none[()] = value
        assert (x[key], one[0], none[()]) == (1, 1, 1)


def test_views_and_selections_of_one_element_take_sequences():
    mask = np.array([[False], [True]])
    for key in (slice(1, 2), (1, slice(0, 1)), (1, None, 0), ([1], 0), ([1], [0]), mask, raptors.asarray(mask)):
        for value in ([5], np.array([5]), raptors.asarray([5])):
            a, r = np.zeros((2, 1)), raptors.zeros((2, 1))
            a[key] = np.asarray(value)
            r[key] = value
            assert r.tolist() == a.tolist() == [[0], [5]]
    for key in ((1, 0, ...), (..., 1, 0), (np.array(1), ..., 0)):  # views without dimensions: arrays, not lists
        a, r = np.zeros((2, 1)), raptors.zeros((2, 1))
        a[key] = np.array([[5]])
        r[key] = raptors.asarray([[5]])
        assert r.tolist() == a.tolist() == [[0], [5]]
        for x in (a, r):
            with pytest.raises(ValueError, match="sequence"):
                x[key] = [6]
    for x in (a, r):
        with pytest.raises(ValueError, match="sequence"):
            x[0] = [[6]]
