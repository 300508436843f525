# SPDX-License-Identifier: BSD-3-Clause
"""What a suite hands to the runner (cells), and what the runner hands back (results)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .timing import Comparison, Timed

OK, WRONG, ERROR = "ok", "WRONG", "error"


@dataclass(frozen=True)
class Roof:
    """The least time that this machine needs for a cell's traffic, and which mover reached it: see roof.py."""

    seconds: float
    mover: str


@dataclass
class Work:
    """A cell made ready: the same statement for both libraries, with the names that each is to see.

    check returns "" or what is wrong with Raptors' answer. reset, where there is one, undoes what the statement
    does to its operands; it is called, outside the clock, at least every `reset_after` calls. compare, where there is
    one, measures in another way than in quads: it is told seconds, and how many rounds to make at least. movers move the
    same bytes: the fastest is the roof.
    """

    statement: str
    raptors_names: dict[str, Any]
    numpy_names: dict[str, Any]
    check: Callable[[], str]
    numpy_statement: str = ""
    reset: Callable[[], None] | None = None
    reset_after: int = 0
    movers: Mapping[str, Timed] = field(default_factory=dict)
    reproducer: str = ""
    compare: Callable[[float, int], Comparison] | None = None


@dataclass(frozen=True)
class Cell:
    """One comparison. Nothing is allocated before prepare() is called.

    section is the table that the cell belongs to; operation, detail and dtype are its labels there. threads: 0 is
    all that Raptors may use. weight is the cell's share of the time budget, relative to the others'.
    """

    name: str
    section: str
    operation: str
    detail: str
    dtype: str
    elements: int
    threads: int
    weight: float
    prepare: Callable[[], Work]


@dataclass
class Result:
    """What came of a cell. Times are medians, in seconds a call, tails 99th percentiles; ratio is NumPy's time over Raptors'."""

    name: str
    section: str
    operation: str
    detail: str
    dtype: str
    elements: int
    threads: int
    status: str = OK
    message: str = ""
    numpy_seconds: float = math.nan
    raptors_seconds: float = math.nan
    ratio: float = math.nan
    low: float = math.nan
    high: float = math.nan
    quads: int = 0
    disturbed: int = 0
    numpy_tail: float = math.nan
    raptors_tail: float = math.nan
    roof_seconds: float = math.nan
    roof_mover: str = ""
    reproducer: str = ""

    @classmethod
    def of(cls, cell: Cell) -> Result:
        """An empty result for `cell`."""
        labels = (cell.name, cell.section, cell.operation, cell.detail, cell.dtype, cell.elements, cell.threads)
        return cls(*labels)

    @property
    def verdict(self) -> str:
        """faster or slower where the whole interval says so, else even; WRONG and error before all."""
        if self.status != OK:
            return self.status
        if self.low > 1.0:
            return "faster"
        return "slower" if self.high < 1.0 else "even"

    @property
    def timed(self) -> bool:
        """Whether there is a ratio to count."""
        return self.status == OK and math.isfinite(self.ratio)

    @property
    def roof_fraction(self) -> float:
        """The roof's time over Raptors': 1 is as fast as the memory; NaN where no roof was measured."""
        return self.roof_seconds / self.raptors_seconds

    @property
    def tail_ratio(self) -> float:
        """NumPy's 99th percentile over Raptors'; NaN where none was asked for."""
        return self.numpy_tail / self.raptors_tail

    def as_json(self) -> dict[str, Any]:
        """The fields and the verdict, with None for what was not measured."""
        fields = asdict(self) | {
            "verdict": self.verdict,
            "roof_fraction": self.roof_fraction,
            "tail_ratio": self.tail_ratio,
        }
        return {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in fields.items()
        }
