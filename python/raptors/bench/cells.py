# SPDX-License-Identifier: BSD-3-Clause
"""What a suite hands to the runner (cells: its benchmark cases), and what the runner hands back (results)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .timing import Block, Timed

OK, WRONG, ERROR = "ok", "WRONG", "error"
PAGE, LINE = 4096, 64  # bytes
_places = itertools.count()


class Wrong(Exception):  # noqa: N818 - an answer's state
    """Says what is wrong with an answer that was found wrong while it was timed."""


@dataclass
class Work:
    """A cell made ready: the same statement for both libraries, with the names that each is to see.

    check returns "" or what is wrong with Raptors' answer. reset, where there is one, undoes what the statement
    does to its operands; it is called, outside the clock, at least every `reset_after` calls. measure, where there is
    one, makes a block in another way than by rounds A B B A: it is told seconds, and how many rounds to make at least.
    movers move the same bytes: the fastest is the roof.
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
    measure: Callable[[float, int], Block] | None = None


@dataclass(frozen=True)
class Cell:
    """One comparison. Nothing is allocated before prepare() is called, and each call allocates anew.

    section is the table that the cell belongs to; operation, detail and dtype are its labels there. threads: 0 is
    all that Raptors may use. weight is the cell's share of the time budget, relative to the others'. Ratios from par to 1 are
    even: par is below 1 where so much slower is what was asked for.
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
    par: float = 1.0


def cells_of(
    suite: str,
    section: str,
    operations: Mapping[str, str],
    sizes: Iterable[int],
    prepare: Callable[[str, str, int], Work],
    *,
    detail: Callable[[int], str] = "{:,}".format,
    elements: Callable[[int], int] = int,
) -> list[Cell]:
    """A cell for each of `operations` (name and statement) at each of `sizes`, of float64 and on all threads; prepare is
    called with name, statement and number of elements."""
    return [
        Cell(
            name=f"{suite}/{name}/{size}",
            section=section,
            operation=statement,
            detail=detail(size),
            dtype="float64",
            elements=elements(size),
            threads=0,
            weight=1.0,
            prepare=partial(prepare, name, statement, elements(size)),
        )
        for size in sizes
        for name, statement in operations.items()
    ]


def fresh(values: NDArray[Any]) -> NDArray[Any]:
    """A copy of `values` in new memory, each time at another place within a page: how operands lie to one another and to
    the result must not be the same in all of a run's blocks."""
    offset = LINE * (29 * next(_places) % (PAGE // LINE))  # 29 and 64 have no factor in common: all places come
    memory = np.empty(values.nbytes + PAGE, np.uint8)
    start = -memory.__array_interface__["data"][0] % LINE + offset
    copy = memory[start : start + values.nbytes].view(values.dtype).reshape(values.shape)
    copy[...] = values
    return copy


@dataclass
class Result:
    """What came of a cell. Times are medians, in seconds a call, tails 99th percentiles; ratio is NumPy's time over Raptors'.

    low and high are the ends of the ratio's interval over `blocks` blocks, in which `samples` samples were taken.
    """

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
    blocks: int = 0
    samples: int = 0
    disturbed: int = 0
    numpy_tail: float = math.nan
    raptors_tail: float = math.nan
    roof_seconds: float = math.nan
    roof_mover: str = ""
    reproducer: str = ""
    par: float = 1.0

    @classmethod
    def of(cls, cell: Cell) -> Result:
        """An empty result for `cell`."""
        labels = (cell.name, cell.section, cell.operation, cell.detail, cell.dtype, cell.elements, cell.threads)
        return cls(*labels, par=cell.par)

    @property
    def verdict(self) -> str:
        """faster (than 1) or slower (than par) where the whole interval says so, else even; WRONG and error before all."""
        if self.status != OK:
            return self.status
        if self.low > 1.0:
            return "faster"
        return "slower" if self.high < self.par else "even"

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


def losses(rows: Sequence[Result]) -> list[Result]:
    """The cells whose whole interval is below par, worst first."""
    return sorted((row for row in rows if row.verdict == "slower"), key=lambda row: row.ratio)


def wrong_cells(rows: Sequence[Result]) -> list[Result]:
    """The cells with a wrong answer or an exception."""
    return [row for row in rows if row.status in (WRONG, ERROR)]


def sorted_rows(rows: Sequence[Result]) -> list[Result]:
    """Rows of one operation together, operations in the order measured, sizes and types within."""
    order = {name: place for place, name in enumerate(dict.fromkeys(row.operation for row in rows))}
    return sorted(rows, key=lambda row: (order[row.operation], row.dtype, row.elements))
