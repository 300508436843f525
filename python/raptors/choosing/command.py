# SPDX-License-Identifier: BSD-3-Clause
"""The commands raptors explain, race, regret and tune."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from .. import _raptors, libraries
from ..console import FAILED, MISSING, Parser, natural, positive, say, seconds, status_of
from .calls import Call, parse_call
from .patched import PatchedCall, explain_patched
from .race import BLOCK_ROUNDS, BLOCKS, Contender, Race, explain, race
from .regret import Row, draw_calls, measure_regret
from .tables import WHY, accuracy_of, reasons, regret_row, regret_summary, table
from .tune import calls_to_tune, check_place, profile_path, tune


def _call_parser(name: str, description: str, example: str, *, needed: bool = True) -> Parser:
    """A parser of a call's words. needed: without them there is nothing to do."""
    number = None if needed else "?"
    parser = Parser(prog=f"raptors {name}", description=description, example=example)
    parser.add_argument("op", nargs=number, help="the operation: multiply, add, sqrt, sum, ...")
    parser.add_argument("dtype", nargs=number, help="the elements' type: float32 or f32, int64 or i64, ...")
    parser.add_argument("shape", nargs=number, help="the operands' shape: 2048x2048, 1000000, ...")
    parser.add_argument("--scalar", action="store_true", help="the second operand is a number")
    parser.add_argument(
        "--second",
        metavar="SHAPE",
        help="the second operand's shape where it is another, such as a row's: 1x2048 or 2048",
    )
    parser.add_argument("--axis", type=int, help="the axis that a reduction goes along; without it, all of them")
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--out",
        dest="form",
        action="store_const",
        const="out",
        default="allocating",
        help="the result goes into an array that is there; without it, into a new one",
    )
    form.add_argument(
        "--in-place",
        dest="form",
        action="store_const",
        const="in place",
        help="the result overwrites the first operand",
    )
    layout = parser.add_mutually_exclusive_group()
    layout.add_argument(
        "--strided",
        dest="layout",
        action="store_const",
        const="strided",
        default="contiguous",
        help="operands are every other element of longer arrays",
    )
    layout.add_argument(
        "--transposed", dest="layout", action="store_const", const="transposed", help="operands in column-major order"
    )
    if needed:
        parser.add_argument("--json", action="store_true", help="write the answer as JSON")
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


def run_explain(arguments: Sequence[str]) -> int:
    """raptors explain multiply f32 2048x2048 --scalar"""
    parser = _call_parser(
        "explain",
        "Says how Raptors would compute a call, and why so. A kernel is a compiled loop; its name says operation, operands (v: "
        "an array, s: a number), type, and the instruction set or library that it uses.",
        "raptors explain multiply f32 2048x2048 --scalar",
    )
    parser.add_argument(
        "--patched", action="store_true", help="what becomes of NumPy's own call when NumPy is patched (docs/numpy.md)"
    )
    options = parser.parse_args(arguments)
    call = _call_of(parser, options)
    if options.patched:
        patched: PatchedCall = _attempt(parser, explain_patched, call)
        print(json.dumps(asdict(patched), indent=1, default=str) if options.json else patched)
        return 0
    libraries.load(parser)
    libraries.tell_missing(parser)
    result: Race = _attempt(parser, explain, call)
    print(json.dumps(as_dict(result), indent=1) if options.json else explanation(result))
    return 0


def run_race(arguments: Sequence[str]) -> int:
    """raptors race multiply f32 2048x2048 --scalar --in-place"""
    parser = _call_parser(
        "race",
        "Times every way to compute a call now, beside NumPy and the memory's speed.",
        "raptors race multiply f32 2048x2048 --scalar",
    )
    parser.add_argument("--kernels", default="*", metavar="GLOB", help="only kernels of such names, such as '*.avx2'")
    parser.add_argument("--backends", default="", metavar="NAMES", help=libraries.HELP)
    options = parser.parse_args(arguments)
    call = _call_of(parser, options)
    _raptors._measure_variants()
    libraries.load(parser, options.backends)
    libraries.tell_missing(parser, options.backends)
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
    parser = Parser(
        prog="raptors regret",
        description="Draws calls at random, and measures how much longer they take than in the fastest way that there is.",
        example="raptors regret --sites 60 --seed 1",
    )
    parser.add_argument("--sites", type=positive, default=60, metavar="N", help="how many calls to draw (default 60)")
    parser.add_argument(
        "--seed", type=natural, default=0, metavar="N", help="another seed draws other calls (default 0)"
    )
    parser.add_argument(
        "--calls",
        type=natural,
        default=0,
        metavar="N",
        help="make each call so often first, so that Raptors may find the fastest way by itself (default 0)",
    )
    parser.add_argument(
        "--least", type=natural, default=0, metavar="US", help="leave out calls of fewer microseconds (default 0)"
    )
    parser.add_argument("--json", action="store_true", help="write the answer as JSON")
    options = parser.parse_args(arguments)
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
    parser = _call_parser(
        "tune",
        "Times the ways to compute many kinds of calls, and keeps the fastest ones in a file, the profile, which later programs "
        "read. The commonest calls come first. Ctrl-C ends it, and keeps what was measured.",
        "raptors tune --budget 120\n"
        "raptors tune --budget 600 --only-missing\n"
        "raptors tune multiply f32 2048x2048 --scalar",
        needed=False,
    )
    parser.add_argument(
        "--budget", type=seconds, default=120, metavar="SECONDS", help="how long to measure (default 120)"
    )
    parser.add_argument("--ops", default="", metavar="NAMES", help="only these operations: add,multiply,...")
    parser.add_argument("--dtypes", default="", metavar="NAMES", help="only these types: float32,int64,...")
    parser.add_argument("--backends", default="", metavar="NAMES", help=libraries.HELP)
    parser.add_argument("--only-missing", action="store_true", help="go on: leave out what the profile has already")
    parser.add_argument(
        "--variants",
        action="store_true",
        help="try libraries' own threads too, and in a build with -Dvariants=true unrolled and prefetching loops",
    )
    options = parser.parse_args(arguments)
    _raptors.set_accuracy("accurate")  # a profile is of that class
    calls = _calls_to_tune(parser, options)
    path = profile_path()
    if path is None:
        parser.error("there is no file to keep the results in: RAPTORS_PROFILE is off, or this user has no home folder")
    try:
        check_place(path)
    except OSError as error:
        say(
            f"{parser.prog}: nothing was measured, since it cannot be kept in {path}: {error.strerror}; RAPTORS_PROFILE names another file"
        )
        return FAILED
    if options.variants:
        _raptors._measure_variants()
    libraries.load(parser, options.backends)
    libraries.tell_missing(parser, options.backends)
    if options.op is not None:
        result: Race = _attempt(parser, explain, calls[0])
        if result.site is None:
            print(explanation(result))
            return 0
    return tune(path, options.budget, calls, options.only_missing, sys.stderr)


def _calls_to_tune(parser: Parser, options: argparse.Namespace) -> list[Call]:
    if options.op is not None:
        missing = [name for name in ("dtype", "shape") if getattr(options, name) is None]
        if missing:
            parser.error(f"{MISSING}{', '.join(missing)}")
        if options.ops or options.dtypes:
            parser.error("--ops and --dtypes are for many calls, and here one is named")
        return [_call_of(parser, options)]
    of_a_call = options.scalar or options.second or options.axis is not None
    if of_a_call or options.form != "allocating" or options.layout != "contiguous":
        parser.error(f"{MISSING}op, dtype, shape")
    ops = [word for word in options.ops.split(",") if word]
    dtypes = [word for word in options.dtypes.split(",") if word]
    named = [_attempt(parser, parse_call, op, dtype, "1") for op in ops or ["add"] for dtype in dtypes or ["float32"]]
    return calls_to_tune(
        list(dict.fromkeys(call.op for call in named)) if ops else [],
        list(dict.fromkeys(call.dtype for call in named)) if dtypes else [],
    )


def explanation(result: Race) -> str:
    """The answer of explain, as text."""
    taken, site = result.contenders[result.chosen], result.site
    if site is None:
        return f"{result.call}\n  too small to have a choice: the kernel of the highest instruction set, on one thread"
    others = [c for i, c in enumerate(result.contenders) if i != result.chosen]
    lines = [
        f"{result.call}",
        f"  kernel   {taken.name}",
        f"  threads  {taken.threads}",
        f"  stores   {taken.stores}{' (past the caches)' if taken.stores == 'streaming' else ''}",
        f"  because  {WHY[site['source']]}",
        *(f"  {line}" for line in accuracy_of(site)),
        "  others",
        *(f"    {_row(c)}" for c in others),
    ]
    if not any(c.seconds for c in result.contenders):
        lines.append(f"  To time them now:        raptors race {result.call}")
    ours = site["election"] is None or site["election"][0] == "raptors"  # a profile has no others of class "fast"
    if site["source"] in ("rank", "near") and ours:
        lines.append(f"  To keep the fastest one: raptors tune {result.call}")
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
