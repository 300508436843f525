# SPDX-License-Identifier: BSD-3-Clause
"""Was the machine idle but for the benchmark? What other programs take of the processors, and waiting until they are done.

Linux counts each processor's time in /proc/stat. Elsewhere there is the load average alone: it is shown, and nothing is
waited for, since it falls for minutes after the work is done.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

STAT = "/proc/stat"
QUIET = 0.1  # of the processors, for the share of other programs
WINDOW = 0.5  # seconds; the kernel counts in hundredths
QUIET_WINDOWS = 2  # one after another: a compiler's processes come in turn


@dataclass(frozen=True)
class Clock:
    """Seconds since some time in the past, summed over the processors that this process may use: of all, of those that
    something ran, of those that the hypervisor gave to other guests; and those that this process and its children ran."""

    total: float
    busy: float
    stolen: float
    own: float


@dataclass(frozen=True)
class Use:
    """Shares of the processors' time: other programs', and other guests'."""

    others: float
    stolen: float


def read_clock() -> Clock | None:
    """None where the system has no such count."""
    try:
        with open(STAT, encoding="ascii") as file:
            total, busy, stolen = parse_stat(file.read(), os.sched_getaffinity(0))
    except (OSError, ValueError, IndexError):
        return None
    tick, own = 1.0 / os.sysconf("SC_CLK_TCK"), os.times()
    return Clock(
        total * tick, busy * tick, stolen * tick, own.user + own.system + own.children_user + own.children_system
    )


def parse_stat(text: str, processors: set[int]) -> tuple[int, int, int]:
    """Ticks of all, busy and stolen time of these processors, from the text of /proc/stat."""
    total = busy = stolen = 0
    for line in text.splitlines():
        name, *words = line.split()
        if not name.startswith("cpu") or name == "cpu" or int(name[3:]) not in processors:
            continue
        user, nice, system, idle, waiting, interrupts, soft, steal = (int(word) for word in words[:8])
        busy += user + nice + system + interrupts + soft
        stolen += steal
        total += user + nice + system + idle + waiting + interrupts + soft + steal
    return total, busy, stolen


def use_between(before: Clock | None, after: Clock | None) -> Use | None:
    """Who else had the processors; None where it is not known."""
    if before is None or after is None or after.total <= before.total:
        return None
    total = after.total - before.total
    others = (after.busy - before.busy) - (after.own - before.own)
    return Use(max(others, 0.0) / total, (after.stolen - before.stolen) / total)


def wait_until_idle(
    limit: float,
    say: Callable[[str], None],
    read: Callable[[], Clock | None] = read_clock,
    sleep: Callable[[float], None] = time.sleep,
) -> float:
    """Wait until other programs leave the processors alone, a second at least and `limit` seconds at most; return the
    seconds. It says that it waits, and when it gave up."""
    waited, quiet, said = 0.0, 0, False
    before = read()
    while before is not None and quiet < QUIET_WINDOWS:
        if waited >= limit:
            if said:
                say(f"other programs are still busy after {limit:.0f} s: measuring all the same")
            break
        sleep(WINDOW)
        waited += WINDOW
        after = read()
        use = use_between(before, after)
        if use is None:
            break
        before = after
        quiet = quiet + 1 if use.others + use.stolen < QUIET else 0
        if quiet == 0 and not said:
            said = True
            say(
                f"other programs take {use.others + use.stolen:.0%} of the processors: waiting for them to end, at most {limit:.0f} s"
            )
    return waited


def idle_note(use: Use | None, load: float | None, cores: int | None) -> str:
    """A warning for the report where the machine was not idle; "" where it was, or where nothing is known.

    `load` is the load average when measuring began, and counts where there is nothing better.
    """
    if use is not None:
        parts = [f"other programs took {use.others:.0%} of the processors' time"] * (use.others >= QUIET / 2)
        parts += [f"other guests of the machine's {use.stolen:.0%}"] * (use.stolen >= QUIET / 5)
        words = " and ".join(parts)
    else:
        words = f"the load average was {load:.1f}" if load and cores and load > 0.5 * cores else ""
    return f"The machine was not idle: {words}. On an idle machine they would be steadier." if words else ""
