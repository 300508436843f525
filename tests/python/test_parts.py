# SPDX-License-Identifier: BSD-3-Clause
"""real, imag and angle: types, values and layouts against NumPy's, which knows the angles less exactly."""

import numpy as np
import pytest

import raptors
from strategies import DTYPES, assert_bits

CORNERS = np.array([0.0, -0.0, 1.0, -1.0, 3.0, -0.1, np.inf, -np.inf, np.nan])


def numbers(dtype):
    rng = np.random.default_rng(17)
    grid = CORNERS[:, None] + 0j
    grid = np.broadcast_to(grid, (9, 9)).copy()
    grid.imag = CORNERS
    return np.concatenate([rng.standard_normal(3000) + 1j * rng.standard_normal(3000), grid.ravel()]).astype(dtype)


def nearest(z, degrees=False):
    """The angles in longdouble, rounded to the parts' type."""
    wide = np.arctan2(z.imag.astype("longdouble"), z.real.astype("longdouble"))
    return (np.degrees(wide) if degrees else wide).astype(z.real.dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_types_are_numpys(dtype):
    with np.errstate(invalid="ignore"):
        x = np.array([0, 1, 2, 5]).astype(dtype)
    for shape in ((4,), (2, 2), (1, 4), (0, 4)):
        a = x[:0].reshape(shape) if 0 in shape else x.reshape(shape)
        for name in ("real", "imag", "angle"):
            for function in (getattr(raptors, name), getattr(np, name)):
                ours, theirs = function(raptors.asarray(a)), getattr(np, name)(a)
                assert type(ours) is raptors.Array
                assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
                np.testing.assert_allclose(np.asarray(ours), theirs, rtol=1e-3)
    number = raptors.angle(x[3])
    assert type(number) is type(np.angle(x[3]))
    assert number == np.angle(x[3])


def test_float32_angles_are_the_nearest():
    z = numbers("complex64")
    for ours in (raptors.angle(z), raptors.angle(raptors.asarray(z)), np.angle(raptors.asarray(z))):
        assert_bits(ours, nearest(z))
    np.testing.assert_array_max_ulp(np.asarray(raptors.angle(z, deg=True))[:3000], nearest(z, True)[:3000], 1)


def test_float64_angles_are_within_one_unit():
    z = numbers("complex128")
    np.testing.assert_array_max_ulp(np.asarray(raptors.angle(z))[:3000], nearest(z)[:3000], 1)
    corners = z[3000:]
    assert_bits(raptors.angle(corners), nearest(corners))
    np.testing.assert_array_max_ulp(np.asarray(raptors.angle(z, True))[:3000], nearest(z, True)[:3000], 2)


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_angles_do_not_depend_on_the_layout(dtype):
    z = numbers(dtype)[:3000]
    whole = np.asarray(raptors.angle(z))
    assert_bits(raptors.angle(z[::-1]), whole[::-1])
    assert_bits(raptors.angle(z[1::7]), whole[1::7])
    assert_bits(raptors.angle(z.reshape(50, 60).T), whole.reshape(50, 60).T)
    assert_bits(raptors.angle(z=z, deg=False), whole)


def test_parts_are_views():
    a = raptors.asarray(np.arange(6, dtype="complex64").reshape(2, 3))
    raptors.real(a)[0] = 7
    raptors.imag(a)[1] = 2
    assert np.asarray(a).tolist() == [[7, 7, 7], [3 + 2j, 4 + 2j, 5 + 2j]]
    b = raptors.arange(3)
    assert raptors.real(b) is b
    with pytest.raises(ValueError, match="read-only"):
        raptors.imag(b)[0] = 1


def test_what_is_no_array():
    assert raptors.real(3) == 3
    assert raptors.imag(2.5) == 0
    assert raptors.real(1 + 2j) == 1
    assert raptors.angle(1j) == np.pi / 2
    assert raptors.angle([1, -1]).tolist() == [0, np.pi]
    with pytest.raises(TypeError):
        raptors.angle("x")
    with pytest.raises(TypeError):
        raptors.angle()
    with pytest.raises(TypeError):
        raptors.angle([1j], degrees=True)
