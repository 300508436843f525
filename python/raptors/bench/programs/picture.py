# SPDX-License-Identifier: BSD-3-Clause
"""A picture's filter: blur, sharpen and edges of an RGB image of bytes, with its contrast stretched."""

from typing import Any


def blur(np: Any, image: Any) -> Any:
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows = padded[:-2] + 2.0 * padded[1:-1] + padded[2:]
    return (rows[:, :-2] + 2.0 * rows[:, 1:-1] + rows[:, 2:]) / 16.0


def main(np: Any, size: int) -> Any:
    side = max(int((size / 3) ** 0.5), 8)
    rng = np.random.default_rng(11)
    image = rng.integers(0, 256, (side, side, 3), dtype=np.uint8)

    light = image.astype(np.float32) / 255.0
    soft = blur(np, light)
    sharp = np.clip(light + 0.8 * (light - soft), 0.0, 1.0)

    grey = sharp @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    across = grey[1:-1, 2:] - grey[1:-1, :-2]
    down = grey[2:, 1:-1] - grey[:-2, 1:-1]
    edges = np.hypot(across, down)

    low, high = np.percentile(grey, [2, 98])
    stretched = np.clip((sharp - low) / (high - low), 0.0, 1.0) ** 0.8
    result = (stretched * 255.0 + 0.5).astype(np.uint8)
    result[1:-1, 1:-1][edges > edges.mean() + 2.0 * edges.std()] = [255, 0, 0]
    return result
