# SPDX-License-Identifier: BSD-3-Clause
"""float16 goes through blocks of float32, several short rows at a time: against NumPy, bit by bit."""

import numpy as np
import pytest

import raptors

VALUES = np.array([0.0, -0.0, 1.5, -2.25, 6e-8, 6e-5, 65504, np.inf, -np.inf, np.nan, 0.1, -7.0, 3.0], "float16")


def window(rows, columns):
    """Rows that lie apart in memory."""
    whole = np.resize(VALUES, (rows + 2, columns + 3))
    return whole[1:-1, 1 : columns + 1]


@pytest.mark.parametrize("columns", [1, 2, 3, 7, 8, 9, 17, 500, 600])
@pytest.mark.parametrize("rows", [1, 5, 300])
def test_rows(rows, columns):
    x = window(rows, columns)
    a = raptors.asarray(x)
    for dtype in ("float32", "float64", "bool"):
        assert np.array_equal(np.asarray(a.astype(getattr(raptors, dtype))), x.astype(dtype), equal_nan=dtype != "bool")
    finite = np.where(np.isfinite(x) & (abs(x) < 100), x, np.float16(5))
    assert np.array_equal(np.asarray(raptors.asarray(finite).astype(raptors.int8)), finite.astype("int8"))
    for dtype in ("float32", "float64", "int16"):
        source = np.resize(VALUES[:6], (rows + 2, columns + 3)).astype(dtype)[1:-1, 1 : columns + 1]
        back = np.asarray(raptors.asarray(source).astype(raptors.float16))
        assert back.tobytes() == source.astype("float16").tobytes()
    column = x[:, :1]
    with np.errstate(all="ignore"):
        for own, expected in (
            (a + a, x + x),
            (a * raptors.asarray(column), x * column),
            (a - 2.0, x - np.float16(2)),
            (a < raptors.asarray(column), x < column),
            (raptors.sqrt(a), np.sqrt(x)),
        ):
            assert np.array_equal(np.asarray(own), expected, equal_nan=expected.dtype != bool)
