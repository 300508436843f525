# SPDX-License-Identifier: BSD-3-Clause
"""NumPy and Raptors on the same memory: nothing is copied in either direction."""

import numpy as np

import raptors

image = np.arange(12, dtype="float32").reshape(3, 4)

# An Array on NumPy's memory, whatever the strides: here every second column, from right to left.
columns = raptors.asarray(image[:, ::-2])
columns *= 10
print(image)
assert image.tolist() == [[0, 10, 2, 30], [4, 50, 6, 70], [8, 90, 10, 110]]

# And back. The ndarray keeps the memory alive after the Array is gone.
result = raptors.multiply(image, 0.5)
view = np.asarray(result)
result[0, 0] = -1
del result
assert view[0, 0] == -1
assert view.dtype == np.float32

# out= may be an ndarray, and NumPy's functions take an Array: what Raptors does not have, NumPy computes.
target = np.empty((3, 4), dtype="float32")
raptors.add(image, image[0], out=target)
assert np.array_equal(target, image + image[0])
roots = np.sqrt(raptors.asarray(image))
waves = np.sinc(raptors.asarray(image))
assert isinstance(roots, raptors.Array)
assert isinstance(waves, raptors.Array)
assert np.array_equal(waves, np.sinc(image))

# DLPack, for every other library.
assert np.shares_memory(np.from_dlpack(roots), np.asarray(roots))

# A single element is an Array of no dimensions: a copy, as a number is. float() and .item() make Python numbers of it.
corner = raptors.asarray(image)[0, 1]
before = float(image[0, 1])
image[0, 1] = 7
assert corner.shape == ()
assert float(corner) == before
print(f"mean {float(raptors.mean(image)):.4f}, corner {corner.item()}")
