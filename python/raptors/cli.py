# SPDX-License-Identifier: BSD-3-Clause
"""The command: raptors info, bench, explain, race, tune, regret, accuracy, trace; or a program to run with NumPy patched."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from . import __version__, console, running
from ._patching import unpatch_numpy
from .console import Parser

# What a user may set; `raptors info --help` lists it.
ENVIRONMENT = {
    "RAPTORS_NUM_THREADS": "threads that a call may use; else OMP_NUM_THREADS, else as many as there are processors",
    "RAPTORS_NUMPY": "1: NumPy's own calls run on Raptors; quiet: without saying so; check: both ways, compared",
    "RAPTORS_CPU": "no instructions beyond scalar, sse2, avx2, avx512 or neon",
    "RAPTORS_ACCURACY": "accurate or fast: mathematical functions at most one unit in the last place off, or at most four",
    "RAPTORS_TUNE": "off: calls of the program are not timed to find the fastest way",
    "RAPTORS_PROFILE": "the file that `raptors tune` writes; off: none",
    "RAPTORS_BACKENDS": "vendor libraries to try too: openblas,blis,mkl,vml,libmvec,sleef,accelerate or all",
    "RAPTORS_ACCELERATE": "the file to load as Accelerate",
    "RAPTORS_KERNEL": "use kernels of such names where there are some, such as '*.numpy'",
    "RAPTORS_REDUCTIONS": "kernels of such names may add up in an order of their own, such as '*.openblas*'",
    "RAPTORS_POOL": "the most unused memory to keep for later arrays, such as 512M; 0: none",
}


def _info(arguments: Sequence[str]) -> int:
    from . import _raptors, info, libraries, patch_report

    width = max(map(len, ENVIRONMENT))
    parser = Parser(
        prog="raptors info",
        description="What Raptors knows of this machine, which settings are in force, and where its profile is.",
        epilog="environment variables:\n"
        + "\n".join(f"  {name:{width}}  {text}" for name, text in ENVIRONMENT.items()),
        example="raptors info\nraptors info --backends",
    )
    parser.add_argument(
        "--backends",
        nargs="?",
        const="",
        metavar="NAMES",
        help="instead, look for vendor libraries, and list which of their functions may be used and why others are refused: "
        f"{libraries.NAMES} (default: RAPTORS_BACKENDS, or all)",
    )
    options = parser.parse_args(arguments)
    if options.backends is None:
        libraries.load(parser)
        libraries.tell_missing(parser)
        print(info().rstrip("\n"))
        print(
            patch_report()
            + "That is said of this command; within a program raptors.patch_report() says it of the program."
        )
        return 0
    libraries.load(parser, options.backends or os.environ.get("RAPTORS_BACKENDS") or "all")
    print(_raptors._backends_info().rstrip("\n"))
    return 0


def _bench(arguments: Sequence[str]) -> int:
    from .bench import main

    return main(list(arguments)) or 0


def _accuracy(arguments: Sequence[str]) -> int:
    from .exactness import run_accuracy

    return run_accuracy(arguments)


def _trace(arguments: Sequence[str]) -> int:
    from .tracing import main

    return main(list(arguments))


def _choosing(name: str) -> Callable[[Sequence[str]], int]:
    def run(arguments: Sequence[str]) -> int:
        from .choosing import command

        function: Callable[[Sequence[str]], int] = getattr(command, "run_" + name)
        return function(arguments)

    return run


COMMANDS: dict[str, tuple[Callable[[Sequence[str]], int], str]] = {
    "info": (_info, "what Raptors knows of this machine, and where its profile is"),
    "bench": (_bench, "time Raptors against the installed NumPy"),
    "explain": (_choosing("explain"), "how a call will be computed, and why so"),
    "race": (_choosing("race"), "time every way to compute a call, now"),
    "tune": (_choosing("tune"), "time many kinds of calls, and keep the fastest ways for later programs"),
    "regret": (_choosing("regret"), "how much slower the chosen ways are than the fastest, over random calls"),
    "accuracy": (_accuracy, "how exact the mathematical functions are, beside the installed NumPy's"),
    "trace": (_trace, "which functions of BLAS, LAPACK and the like a program calls"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command, or a program; its own arguments are its own affair. Returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if running.is_program(given, COMMANDS):
        return running.run_program(given)
    if given and given[0] == "help":  # raptors help tune
        given = [*given[1:2], "--help"]
    name = f"raptors {given[0]}" if given and given[0] in COMMANDS else "raptors"
    return console.run(name, lambda: _dispatch(given))


def _dispatch(given: Sequence[str]) -> int:
    width = max(map(len, COMMANDS))
    parser = Parser(
        prog="raptors",
        usage="raptors COMMAND ... | [-m MODULE | -c CODE | SCRIPT.py] ...",
        description="Computes on arrays as NumPy does, and finds the fastest way to do so on this machine.",
        epilog="commands:\n"
        + "\n".join(f"  {name:{width}}  {summary}" for name, (_, summary) in COMMANDS.items())
        + "\n\n`raptors COMMAND --help` explains one, with an example."
        + "\n`python -m raptors script.py ...`, `-m module ...` and `-c code ...` run a program as Python does, with NumPy patched.",
    )
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("--version", action="version", version=f"raptors {__version__}")
    options = parser.parse_args(given[:1])
    if options.command is None:
        parser.print_help()
        return 0
    if options.command not in COMMANDS:
        parser.error(console.unknown("command", options.command, COMMANDS))
    _say_what_is_ignored(options.command)
    if options.command not in ("info", "trace"):  # they measure NumPy as it is, in processes of their own too
        unpatch_numpy()
        os.environ.pop("RAPTORS_NUMPY", None)
    run, _ = COMMANDS[options.command]
    return run(given[1:])


def _say_what_is_ignored(command: str) -> None:
    from ._raptors import _ignored_variables, _profile_path

    for line in _ignored_variables().splitlines():
        if not line.startswith("RAPTORS_NUMPY: "):  # importing raptors has said so
            console.say(f"raptors: {line}")
    path = _profile_path() if os.environ.get("RAPTORS_PROFILE") else None
    if command not in ("info", "tune") and path is not None and not os.path.exists(path):  # these two say it themselves
        console.say(f"raptors: RAPTORS_PROFILE: there is no file {path}; raptors tune writes it")
