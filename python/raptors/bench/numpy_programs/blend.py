# SPDX-License-Identifier: BSD-3-Clause
"""Films faded into one another: pictures of bytes, blended by a mask in float32, brightened by a table, back to bytes."""

from typing import Any


def main(np: Any, size: int) -> Any:
    height = max(int((size / 3 * 9 / 16) ** 0.5), 9)
    width = height * 16 // 9
    y, x = np.mgrid[0:height, 0:width]
    first = np.stack((x * 3 + y, x + y * 2, x ^ y), axis=-1).astype(np.uint8)
    second = np.stack((y * 5, x * 2 - y, x & y), axis=-1).astype(np.uint8)
    distance = np.sqrt(((x - width / 2) / width) ** 2 + ((y - height / 2) / height) ** 2).astype(np.float32)
    gamma = (255.0 * (np.arange(256) / 255.0) ** 0.8 + 0.5).astype(np.uint8)

    light = []
    for frame in range(4):
        mask = np.clip(3.0 * (distance - np.float32(0.15 * frame)), 0.0, 1.0)[:, :, None]
        mixed = first.astype(np.float32) * mask + second.astype(np.float32) * (1.0 - mask)
        picture = np.clip(mixed + 0.5, 0.0, 255.0).astype(np.uint8)
        picture = gamma[picture]
        grey = (picture[:, :, 0].astype(np.uint16) + picture[:, :, 1] + picture[:, :, 2]) // 3
        light.append((picture.mean(), int(grey.max()), np.count_nonzero(grey > 128)))
        first = np.maximum(picture, first // 2)
    return picture, grey, np.array(light)
