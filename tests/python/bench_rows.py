# SPDX-License-Identifier: BSD-3-Clause
"""What tests of the benchmark make results, blocks and cells of."""

import numpy as np

from raptors.bench import grid, small
from raptors.bench.cells import Cell, Result
from raptors.bench.timing import Block

MACHINE = {
    "cpu": "a <CPU>",
    "threads": 2,
    "python": "3",
    "numpy": "2",
    "raptors": "1",
    "date": "2026-01-01",
    "info": {},
}


def result(name="grid/sum/512/float32/all", section=grid.GRID_ALL, ratio=2.0, **fields):
    row = Result(name, section, "sum", "512²", "float32", 512 * 512, 0)
    row.ratio, row.low, row.high, row.blocks = ratio, ratio * 0.9, ratio * 1.1, 9
    row.raptors_seconds, row.numpy_seconds = 1e-4, 1e-4 * ratio
    for field, value in fields.items():
        setattr(row, field, value)
    return row


def blocks(*ratios):
    return [Block(ratio, np.full(2, 1e-3), np.full(2, ratio * 1e-3)) for ratio in ratios]


def cell_of(work, name="a", section=small.SMALL):
    def prepare():
        if isinstance(work, BaseException):
            raise work
        return work

    return Cell(name, section, name, "1", "float64", 1, 0, 1.0, prepare)


def silent(block, number, cell, outcome):
    pass


class Scripted:
    """Something whose times are written down."""

    def __init__(self, *times):
        self.times, self.batch, self.calibrated = list(times), 1, 0

    def calibrate(self):
        self.calibrated += 1

    def seconds_a_call(self):
        return self.times.pop(0)
