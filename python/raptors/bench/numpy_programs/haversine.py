# SPDX-License-Identifier: BSD-3-Clause
"""Distances on the globe: each of many places to each of some stations, and the nearest station."""

from typing import Any


def main(np: Any, size: int) -> Any:
    stations = 64
    places = max(size // stations, 4)
    rng = np.random.default_rng(5)
    latitude, longitude = rng.uniform(-60.0, 70.0, places), rng.uniform(-180.0, 180.0, places)
    of_stations = np.radians(np.array([rng.uniform(-60.0, 70.0, stations), rng.uniform(-180.0, 180.0, stations)]))

    latitude, longitude = np.radians(latitude)[:, None], np.radians(longitude)[:, None]
    half_north = np.sin((of_stations[0] - latitude) / 2.0)
    half_east = np.sin((of_stations[1] - longitude) / 2.0)
    part = half_north**2 + np.cos(latitude) * np.cos(of_stations[0]) * half_east**2
    kilometres = 2.0 * 6371.0088 * np.arcsin(np.sqrt(np.minimum(part, 1.0)))

    nearest = kilometres.argmin(axis=1)
    least = kilometres.min(axis=1)
    near = kilometres < 2000.0
    served = np.bincount(nearest, minlength=stations)
    return kilometres, nearest, least.mean(), near.sum(axis=1), kilometres[near].mean(), served
