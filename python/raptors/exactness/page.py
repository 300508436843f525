# SPDX-License-Identifier: BSD-3-Clause
"""What was found, as a table for the terminal and as a page in Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from .functions import BITS, FORMS, LONG_IS_LONGER, gmpy2
from .measure import Effort, Found

Table = Mapping[tuple[str, str], Mapping[str, Found]]  # by function and type, of "raptors" and "numpy"
HEAD = ["function", "type", "kernel", "arguments", "units of", "largest error", "at", "not nearest"]
HEAD += ["NumPy's", "at", "not nearest"]

PAGE = """# How exact the mathematical functions are

This page is written by `{command}`. With `--quick` fewer arguments are tried, in a minute or two.
An error is the distance from the true value, in units of the last place (ULP) of a number of the type that is as large as the
true one. A result that is the nearest number to the truth is at most 0.5 off. A wrong sign of 0, or NaN where there is a
number, counts as infinitely far. A complex result is as far off as the farther of its parts: in units of the last place of
that part, or where `units of` says `norm`, of a number as large as the true result's norm, |z|.

What Raptors promises: **float16 and float32 results are the nearest numbers** (`not nearest` is 0), **float64 results are at
most 1 ULP off**, and the bits are the same on every machine. Of complex numbers:

- **each part of a complex64 result is at most 0.501 ULP off, each part of a complex128 result at most 2 ULP**;
- but in units of the norm's last place the parts of `pow` and `exp2` and the real part of `expm1`, because what they are the sum
  of may cancel; and those of `exp2(z)` only where |imag(z)| < 2^20, those of `pow(z, w)` where |w log z| < 1000;
- `multiply`, `square`, `abs`, `reciprocal` and `divide` are short formulas in the type itself, as in NumPy: of both types `abs` is
  at most 2 ULP off, `multiply`, `square` and `reciprocal` at most 2 of the norm's, `divide` at most 4. For `reciprocal` and `divide`
  that holds where each part is 0 or lies between the fourth roots of the smallest normal and of the largest number. Beyond,
  a step of theirs may be infinite or lose its digits where the result would not.

## What was tried

- float16 and float32 of one operand: {singles}.
- All others: {count:,} arguments by chance, for each function and type: by bit pattern, by size, evenly in ranges, near multiples of
  pi/2; of pairs also such of like size, and powers that are neither 0 nor infinite.
- Everywhere besides: powers of two, whole numbers, sixty-fourths, multiples of log(2)/2, log(10) and pi/4, the float64 numbers
  that lie nearest to a multiple of pi/2 for each exponent, subnormal numbers, the smallest and the largest ones, and
  arguments at which some library was far off; each with its two neighbours to both sides and with both signs.
- Complex: {complex_count:,} arguments by chance, for each function and type: parts as above, of like size, or one of them 0; on the
  unit circle, near 1, -1, i and -i, and where log(1 + z) or e^z - 1 cancels; second operands also like the first one, or whole.
  Besides, all pairs of 23 parts, from 0 and the smallest subnormal number to the largest one, with all signs. All are finite,
  and those of which nothing is promised above are left out, as are results past the largest number where the norm has the
  unit. What infinities and NaN give is C17's annex G, which the tests compare. `angle(z)` is `atan2` of the parts: its row holds.

How it was judged: each float16 and float32 result by NumPy's float64 function (of sin and cos long double's where that is not
good enough, of erf and erfc the C library's), each float64 result by NumPy's function on long double{long}; those of erf and
erfc, of which there are a hundredth as many, by MPFR. Where that could not tell (the result lies near the middle of two numbers,
or may be the farthest off), MPFR decided, with {bits} bits. So every largest error below is MPFR's (others within 0.004 ULP of it
may have gone unnoticed), and every 0 of `not nearest` is exact. Each complex result was judged by MPC, which is MPFR's for
complex numbers. NumPy's functions were
measured in the same way on the same arguments. The counts of float64 results that are not nearest come from long double alone.

{machine}

{tables}"""


def rows(table: Table, kernels: Mapping[tuple[str, str], str], form: str | None = None) -> list[list[str]]:
    """The rows of the table, as words; of one type, or of all."""
    found = []
    for (function, dtype), ways in table.items():
        if form is not None and dtype != form:
            continue
        ours = ways["raptors"]
        kernel, units = kernels.get((function, dtype), ""), _units(function, dtype)
        line = [function, dtype, kernel, f"{ours.tried:,}", units, *_words(ours)]
        found.append([*line, *(_words(ways["numpy"]) if "numpy" in ways else ["", "", ""])])
    return found


def _units(function: str, form: str) -> str:
    """Of whose last place an error is in units; nothing of real types."""
    parts = ["norm" if norm else "part" for norm in FORMS[form].functions[function].by_norm]
    return "" if not FORMS[form].part else parts[0] if parts[0] == parts[1] else ", ".join(parts)


def _words(found: Found) -> list[str]:
    share = found.wrong / max(found.tried, 1)
    count = "0" if not found.wrong else f"{found.wrong:,}" if share < 1e-4 else f"{100 * share:.2g} %"
    return [_ulp(found.worst), ", ".join(found.at), count]


def _ulp(error: float) -> str:
    if math.isinf(error):
        return "infinite"
    return f"{math.ceil(error * 1000) / 1000:.3f}" if error < 1000 else f"{error:.2g}"


def as_text(table: Table, kernels: Mapping[tuple[str, str], str]) -> str:
    """For the terminal."""
    lines = [HEAD, *rows(table, kernels)]
    kept = _columns(lines[1:])
    widths = {i: max(len(line[i]) for line in lines) for i in kept}
    return "\n".join("  ".join(f"{line[i]:{width}}" for i, width in widths.items()).rstrip() for line in lines)


def _columns(lines: Iterable[list[str]]) -> list[int]:
    """Those in which there is a word."""
    return [i for i in range(len(HEAD)) if any(line[i] for line in lines)]


def as_page(
    table: Table,
    kernels: Mapping[tuple[str, str], str],
    machine: Mapping[str, Any],
    command: str,
    effort: Effort,
) -> str:
    """The page of the documentation."""
    singles = (
        "every argument"
        if effort.step == 1
        else f"every float16 argument, and every {effort.step}th of float32's by bit pattern"
    )
    words = {
        "command": command,
        "singles": singles,
        "count": effort.count,
        "complex_count": effort.complex_count,
        "long": "" if LONG_IS_LONGER else " (which this machine has not: there MPFR judged each)",
        "bits": BITS,
        "machine": f"Measured on {machine['cpu']}, {machine['system']}, {machine['date'][:10]}, with Raptors {machine['raptors']}, NumPy "
        f"{machine['numpy']}, Python {machine['python']}, {gmpy2.mpfr_version()}, {gmpy2.mpc_version()}.",
        "tables": "\n".join(
            f"## {form}\n\n{_markdown(rows(table, kernels, form))}" for form in FORMS if _has(table, form)
        ),
    }
    return PAGE.format(**words)


def _has(table: Table, form: str) -> bool:
    return any(dtype == form for _, dtype in table)


def _markdown(lines: list[list[str]]) -> str:
    kept = [i for i in _columns(lines) if HEAD[i] != "type"]
    text = [f"| {' | '.join(HEAD[i] for i in kept)} |", "|" + "---|" * len(kept)]
    for line in lines:
        words = [f"`{line[i]}`" if HEAD[i] in ("kernel", "at") and line[i] else line[i] for i in kept]
        text.append(f"| {' | '.join(words)} |")
    return "\n".join(text) + "\n"
