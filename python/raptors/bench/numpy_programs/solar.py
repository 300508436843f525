# SPDX-License-Identifier: BSD-3-Clause
"""The sun's place in the sky, and the power on a tilted panel, at many times: trigonometry on long vectors."""

from typing import Any


def main(np: Any, size: int) -> Any:
    latitude, longitude, zone = np.deg2rad(48.2), 16.4, 1.0
    tilt, facing, turbidity = np.deg2rad(35.0), np.deg2rad(190.0), 0.32

    minutes = np.linspace(0.0, 365.0 * 24.0 * 60.0, size, endpoint=False)
    hours = (minutes / 60.0) % 24.0
    year = 2.0 * np.pi / 365.0 * (np.floor(minutes / 1440.0) + (hours - 12.0) / 24.0)

    equation = 229.18 * (
        0.000075
        + 0.001868 * np.cos(year)
        - 0.032077 * np.sin(year)
        - 0.014615 * np.cos(2.0 * year)
        - 0.040849 * np.sin(2.0 * year)
    )
    declination = (
        0.006918
        - 0.399912 * np.cos(year)
        + 0.070257 * np.sin(year)
        - 0.006758 * np.cos(2.0 * year)
        + 0.000907 * np.sin(2.0 * year)
    )
    solar_time = hours * 60.0 + equation + 4.0 * longitude - 60.0 * zone
    angle = np.deg2rad(solar_time / 4.0 - 180.0)

    sine = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(angle)
    elevation = np.arcsin(np.clip(sine, -1.0, 1.0))
    east = -np.cos(declination) * np.sin(angle)
    north = np.sin(declination) * np.cos(latitude) - np.cos(declination) * np.sin(latitude) * np.cos(angle)
    azimuth = np.arctan2(east, north) % (2.0 * np.pi)

    up = elevation > 0.0
    mass = 1.0 / np.maximum(sine, 0.01)
    beam = np.where(up, 1361.0 * np.exp(-turbidity * mass**0.678), 0.0)
    onto = np.sin(elevation) * np.cos(tilt) + np.cos(elevation) * np.sin(tilt) * np.cos(azimuth - facing)
    power = beam * np.maximum(onto, 0.0)
    return elevation, azimuth, power.sum(), power.max(), np.degrees(elevation[up]).mean()
