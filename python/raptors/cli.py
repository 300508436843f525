# SPDX-License-Identifier: BSD-3-Clause
"""The command: raptors info, raptors bench, raptors trace."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def _info(arguments: Sequence[str]) -> int:
    parser = _Parser(prog="raptors info", description="The machine, and how Raptors uses it.")
    parser.parse_args(arguments)
    from . import info

    print(info().rstrip("\n"))
    return 0


def _bench(arguments: Sequence[str]) -> int:
    from .bench import main

    return main(list(arguments)) or 0


def _trace(arguments: Sequence[str]) -> int:
    from .trace import main

    return main(list(arguments))


COMMANDS: dict[str, tuple[Callable[[Sequence[str]], int], str]] = {
    "info": (_info, "the machine, and how Raptors uses it"),
    "bench": (_bench, "Raptors against the installed NumPy"),
    "trace": (_trace, "which BLAS, LAPACK, vDSP, vForce and VML functions a program calls"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command; its own arguments are its own affair. Returns the exit status."""
    parser = _Parser(
        prog="raptors",
        description="An n-dimensional array engine.",
        epilog="commands: " + "; ".join(f"{name}: {summary}" for name, (_, summary) in COMMANDS.items()),
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command", help=" or ".join(COMMANDS))
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = parser.parse_args(given[:1])
    run, _ = COMMANDS[options.command]
    return run(given[1:])
