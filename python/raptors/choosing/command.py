# SPDX-License-Identifier: BSD-3-Clause
"""The commands raptors explain, race, regret and tune."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from typing import Any

from .. import _raptors
from ..console import Parser, say, status_of
from .calls import Call, parse_call
from .race import BLOCK_ROUNDS, BLOCKS, Contender, Race, explain, race
from .regret import Row, draw_calls, measure_regret
from .tables import reasons, regret_row, regret_summary, table
from .tune import profile_path, tune


def _call_parser(name: str, description: str) -> Parser:
    parser = Parser(prog=f"raptors {name}", description=description)
    parser.add_argument("op", help="multiply, add, sqrt, sum, ...")
    parser.add_argument("dtype", help="float32 or f32, int64 or i64, ...")
    parser.add_argument("shape", help="2048x2048")
    parser.add_argument("--scalar", action="store_true", help="the second operand is a number")
    parser.add_argument("--second", metavar="SHAPE", help="the second operand's shape, as of a row: 1x2048 or 2048")
    parser.add_argument("--axis", type=int, help="of a reduction; without it, over all elements")
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--out",
        dest="form",
        action="store_const",
        const="out",
        default="allocating",
        help="into an array that is there",
    )
    form.add_argument("--in-place", dest="form", action="store_const", const="in place", help="over the first operand")
    layout = parser.add_mutually_exclusive_group()
    layout.add_argument(
        "--strided",
        dest="layout",
        action="store_const",
        const="strided",
        default="contiguous",
        help="every other element of longer operands",
    )
    layout.add_argument(
        "--transposed", dest="layout", action="store_const", const="transposed", help="operands in column-major order"
    )
    parser.add_argument("--json", action="store_true", help="JSON on standard output")
    return parser


def _call_of(parser: Parser, options: argparse.Namespace) -> Call:
    try:
        return parse_call(
            options.op,
            options.dtype,
            options.shape,
            scalar=options.scalar,
            form=options.form,
            layout=options.layout,
            second=options.second,
            axis=options.axis,
        )
    except ValueError as error:
        parser.error(str(error))


def _attempt(parser: Parser, function: Any, *arguments: Any, **named: Any) -> Any:
    try:
        return function(*arguments, **named)
    except (TypeError, ValueError) as error:
        parser.error(str(error))


def _load_backends(parser: Parser, names: str) -> None:
    """Says on standard error which of them cannot be had."""
    if not names:
        return
    _attempt(parser, _raptors._load_backends, names)
    for line in _raptors._backends_info().splitlines():
        if re.match(r"\S+: (refused|not found): ", line):
            say(f"{parser.prog}: {line}")


def run_explain(arguments: Sequence[str]) -> int:
    """raptors explain multiply f32 2048x2048 --scalar"""
    parser = _call_parser("explain", "Which kernel, threads and stores a call gets, and why.")
    options = parser.parse_args(arguments)
    result: Race = _attempt(parser, explain, _call_of(parser, options))
    print(json.dumps(as_dict(result), indent=1) if options.json else explanation(result))
    return 0


def run_race(arguments: Sequence[str]) -> int:
    """raptors race multiply f32 2048x2048 --scalar --in-place"""
    parser = _call_parser("race", "Measures every candidate of a call now, beside NumPy and the memory's speed.")
    parser.add_argument("--kernels", default="*", metavar="GLOB", help="race these alone")
    parser.add_argument(
        "--backends", default="", metavar="NAMES", help="vendor libraries to let in: openblas,blis or all"
    )
    options = parser.parse_args(arguments)
    call = _call_of(parser, options)
    _raptors._measure_variants()
    _load_backends(parser, options.backends)
    result: Race = _attempt(
        parser, race, call, rounds=BLOCK_ROUNDS, blocks=BLOCKS, only=options.kernels, keep=True, roof=True
    )
    if result.site is None and options.kernels != "*":
        parser.error("a call so small takes the kernel of the highest instruction set, and no other")
    if not any(c.seconds for c in result.contenders):
        names = ", ".join(sorted({c.name for c in result.contenders}))
        parser.error(f"no kernel matches {options.kernels!r}; known here are {names}")
    print(json.dumps(as_dict(result), indent=1) if options.json else table(result))
    return result.stopped


def run_regret(arguments: Sequence[str]) -> int:
    """raptors regret --sites 60 --seed 1"""
    parser = Parser(prog="raptors regret", description="Draws calls, and measures what was chosen against the best.")
    parser.add_argument("--sites", type=int, default=60, help="how many (default 60)")
    parser.add_argument("--seed", type=int, default=0, help="of the draw (default 0)")
    parser.add_argument("--calls", type=int, default=0, help="calls of each before it is judged: online measuring")
    parser.add_argument("--least", type=float, default=0, metavar="US", help="leave out calls shorter than this")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if options.sites < 1:
        parser.error("--sites must be at least 1")
    if not options.json:
        print(
            "    loss   lowest, highest  the best's time  call: kernel, threads and stores chosen; the best ones",
            flush=True,
        )
    rows: list[Row] = []
    stopped = 0
    try:
        for call in draw_calls(options.seed):
            row = measure_regret(call, options.calls, 1e-6 * options.least)
            if row is None:
                continue
            rows.append(row)
            if not options.json:
                print(regret_row(row), flush=True)
            if len(rows) == options.sites:
                break
    except KeyboardInterrupt as stop:
        if not rows:
            raise
        stopped = status_of(stop)
    summary = regret_summary(rows)
    if options.json:
        print(json.dumps({"summary": summary, "sites": [row.as_dict() for row in rows]}, indent=1))
    else:
        print(
            f"{len(rows)} calls, {summary['best_or_even']} with the best choice or one even with it. Loss: median {100 * summary['median']:.1f} %, 95th percentile {100 * summary['p95']:.1f} %, "
            f"worst {100 * summary['worst']:.1f} %"
        )
    return stopped


def run_tune(arguments: Sequence[str]) -> int:
    """raptors tune --budget 120"""
    parser = Parser(prog="raptors tune", description="Measures this machine, and keeps the winners in the profile.")
    parser.add_argument("--budget", type=float, default=120, metavar="SECONDS", help="to measure for (default 120)")
    parser.add_argument("--ops", default="", help="these alone: add,multiply,...")
    parser.add_argument("--dtypes", default="", help="these alone: float32,...")
    parser.add_argument(
        "--backends", default="", metavar="NAMES", help="vendor libraries to let in: openblas,blis or all"
    )
    parser.add_argument("--only-missing", action="store_true", help="leave alone what the profile has")
    parser.add_argument(
        "--variants",
        action="store_true",
        help="libraries' own threads contend too, and unrolled and prefetching loops in a build with -Dvariants=true",
    )
    options = parser.parse_args(arguments)
    if not options.budget > 0:
        parser.error("--budget must be more than 0")
    ops = [word for word in options.ops.split(",") if word]
    dtypes = [word for word in options.dtypes.split(",") if word]
    for op in ops or ["add"]:
        for dtype in dtypes or ["float32"]:
            try:
                parse_call(op, dtype, "1")
            except ValueError as error:
                parser.error(str(error))
    if options.variants:
        _raptors._measure_variants()
    path = profile_path()
    if path is None:
        parser.error("there is no file to keep the winners in: RAPTORS_PROFILE is off, or the user has no home")
    _load_backends(parser, options.backends)
    return tune(path, options.budget, ops, dtypes, options.only_missing, sys.stderr)


def explanation(result: Race) -> str:
    """The answer of explain, as text."""
    taken = result.contenders[result.chosen]
    lines = [f"{result.call}"]
    if result.site is None:
        return lines[0] + "\n  too small to have a choice: the highest tier's kernel, one thread, ordinary stores"
    why = {
        "rank": "by the built-in rank: nothing has measured this site yet",
        "environment": "held by RAPTORS_KERNEL, and by the built-in rank where it names nothing",
        "near": "raptors tune has not measured this site: as it found for other sizes",
        "online": "measured on this process's own calls",
        "profile": "measured by raptors tune",
        "held": "held",
    }
    lines += [
        f"  kernel   {taken.name}",
        f"  threads  {taken.threads}",
        f"  stores   {taken.stores}",
        f"  source   {result.site['source']}: {why[result.site['source']]}",
        f"  site     {result.site['op']} {result.site['dtype']} {result.site['operands']} {result.site['layout']}, "
        f"{result.site['least_bytes']} bytes and more",
    ]
    lines += ["  others"] + [f"    {_row(c)}" for i, c in enumerate(result.contenders) if i != result.chosen]
    return "\n".join(lines)


def _row(c: Contender) -> str:
    if not c.admitted:
        return f"{'refused':>13}  {c.name}: {c.reason}"
    time = f"{1e6 * c.median:10.1f} us" if c.seconds else f"{'not timed':>13}"
    return f"{time}  {c.name}, {c.threads} thread{'s' * (c.threads != 1)}, {c.stores} stores"


def as_dict(result: Race) -> dict[str, Any]:
    """The JSON of explain and race."""
    from ..bench.machine import describe_machine

    site = {k: v for k, v in (result.site or {}).items() if k not in ("candidates", "refused")}
    return {
        "site": {"call": str(result.call), **site},
        "machine": describe_machine(),
        "candidates": [c.as_dict() for c in result.contenders + ([result.numpy] if result.numpy else [])],
        "chosen": result.contenders[result.chosen].as_dict(),
        "best": result.contenders[result.best].as_dict() if result.blocks else None,
        "reasons": reasons(result) if result.blocks and result.site else [],
        "roof_ns": result.roof * 1e9 if result.roof else None,
    }
