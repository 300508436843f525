# SPDX-License-Identifier: BSD-3-Clause
"""The command: raptors info, bench, explain, race, tune, regret, trace."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import metadata

from . import console
from .console import Parser


def _info(arguments: Sequence[str]) -> int:
    parser = Parser(prog="raptors info", description="The machine, and how Raptors uses it.")
    parser.add_argument(
        "--backends",
        nargs="?",
        const=os.environ.get("RAPTORS_BACKENDS") or "all",
        metavar="NAMES",
        help="look for vendor libraries too (openblas,blis,mkl,vml,accelerate; RAPTORS_BACKENDS or all), and say what they have",
    )
    options = parser.parse_args(arguments)
    from . import _raptors, info

    if options.backends is not None:
        try:
            _raptors._load_backends(options.backends)
        except ValueError as error:
            parser.error(str(error))
        print(_raptors._backends_info().rstrip("\n"))
        return 0
    print(info().rstrip("\n"))
    return 0


def _bench(arguments: Sequence[str]) -> int:
    from .bench import main

    return main(list(arguments)) or 0


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
    "info": (_info, "the machine, and how Raptors uses it"),
    "bench": (_bench, "Raptors against the installed NumPy"),
    "explain": (_choosing("explain"), "which kernel, threads and stores a call gets, and why"),
    "race": (_choosing("race"), "measure every candidate of a call now"),
    "tune": (_choosing("tune"), "measure this machine, and keep the winners in the profile"),
    "regret": (_choosing("regret"), "what was chosen against what is best, over random calls"),
    "trace": (_trace, "which BLAS, LAPACK, vDSP, vForce and VML functions a program calls"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command; its own arguments are its own affair. Returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    name = f"raptors {given[0]}" if given and given[0] in COMMANDS else "raptors"
    return console.run(name, lambda: _dispatch(given))


def _dispatch(given: Sequence[str]) -> int:
    parser = Parser(
        prog="raptors",
        description="An n-dimensional array engine.",
        epilog="commands: " + "; ".join(f"{name}: {summary}" for name, (_, summary) in COMMANDS.items()),
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command", help=" or ".join(COMMANDS))
    parser.add_argument("--version", action="version", version=f"raptors {metadata.version('raptors')}")
    options = parser.parse_args(given[:1])
    from ._raptors import _ignored_variables

    for line in _ignored_variables().splitlines():
        console.say(f"raptors: {line}")
    run, _ = COMMANDS[options.command]
    return run(given[1:])
