# SPDX-License-Identifier: BSD-3-Clause
"""The command `raptors trace [--json F] -- COMMAND...`: which BLAS, LAPACK, VML, vDSP and vForce functions a program
calls, how often, from which library.

A small library counts, loaded into the program and the programs it starts: src/trace/ says how. The report goes to
standard error, as the program's own output may be piped. The exit status is the command's: 128 and the signal when one
ended it, 127 when there is no such program, 126 when it cannot be run, 2 for a bad option. A static program is run all
the same, and the report says why nothing could be counted.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import stat
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from .console import USAGE, Parser, Stopped, printable, say

MACOS = sys.platform == "darwin"
LIBRARY = "libraptors-interpose.dylib" if MACOS else "libraptors-audit.so"
VARIABLE = "DYLD_INSERT_LIBRARIES" if MACOS else "LD_AUDIT"
ROW = struct.Struct("=Q504s")  # as in src/trace/audit.c
MOST_ROWS = 16384
MOST_BYTES = 1 << 22  # of the kernels of one process
COUNT = re.compile(r"[0-9]{1,20}")
PYTHON = re.compile(r"(python|pypy)[\d.]*t?")
ELEMENTWISE = re.compile(r"vv|vDSP_|vm?[sdcz]")
DTYPES = ("float32", "float64")
LOOPS_TIMEOUT = 60.0  # seconds for another interpreter to import NumPy
ASK_LOOPS = """
import json
from numpy.lib.introspect import opt_func_info
loops = {}
for operation in ("multiply", "add", "divide", "sqrt"):
    found = opt_func_info(func_name=f"^{operation}$").get(operation, {})
    in_use = {letters[0]: loop["current"] for letters, loop in found.items() if len(set(letters)) == 1}
    loops[operation] = {"float32": in_use.get("f"), "float64": in_use.get("d")}
print(json.dumps(loops))
"""

NOTES = [
    "Not seen: calls within one object that bypass its symbol table, as those of a BLAS linked into a program may;",
    "programs that the command leaves running. Caller: the object that the call returns to.",
]
NOTES_MACOS = ["Seen: Accelerate's functions alone, of any caller, in programs that accept inserted libraries."]
NOTES_NOTHING = [
    "Nothing could be traced. A static program binds no symbols; one with raised privileges, for another kind of",
    "machine or without glibc loads no audit library; and the counts need a temporary folder that is not full.",
]


class _NotRunError(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def _library() -> Path:
    path = Path(os.environ.get("RAPTORS_AUDIT_LIBRARY") or Path(__file__).with_name(LIBRARY)).absolute()
    if not path.is_file():
        raise _NotRunError(2, f"no {path.name}: there is one for glibc on x86-64 and aarch64, and for macOS")
    return path


def _run(command: Sequence[str], library: Path, directory: str | None) -> int:
    """Run the command with the library inside, or as it is without a directory to count in; its exit status as a shell
    gives it."""
    others = os.environ.get(VARIABLE)
    libraries = f"{library}:{others}" if others else str(library)
    added = {VARIABLE: libraries, "RAPTORS_TRACE_DIR": directory} if directory else {}
    try:
        process = subprocess.Popen(command, env=os.environ | added)
    except FileNotFoundError:
        raise _NotRunError(127, f"{command[0]}: not found") from None
    except OSError as error:
        raise _NotRunError(126, f"{command[0]}: {error.strerror}") from None
    while True:
        try:
            status = process.wait()
        except KeyboardInterrupt as stop:  # the command decides; it has Ctrl-C too, but not what was sent to us alone
            if isinstance(stop, Stopped) and stop.number != signal.SIGINT:
                process.send_signal(stop.number)
            continue
        return status if status >= 0 else 128 - status


def _files(directory: str, pattern: str) -> list[Path]:
    """Regular files alone: the program may have put anything there."""
    return sorted(path for path in Path(directory).glob(pattern) if stat.S_ISREG(path.lstat().st_mode))


def _rows(file: Path) -> list[tuple[int, list[str]]] | None:
    """The rows of one program image; None where the file has no whole one."""
    data = file.read_bytes() if file.stat().st_size <= MOST_ROWS * ROW.size else b""
    rows = [ROW.unpack_from(data, start) for start in range(0, len(data) - ROW.size + 1, ROW.size)]
    if not rows:
        return None
    used, _ = rows[0]
    return [(count, os.fsdecode(text.split(b"\0", 1)[0]).split("\t")) for count, text in rows[1 : 1 + used]]


def _calls(images: Iterable[list[tuple[int, list[str]]]]) -> tuple[list[dict[str, Any]], list[str]]:
    """The calls of all program images, most frequent first, and the paths of the objects that they loaded."""
    calls: Counter[tuple[str, str, str]] = Counter()
    objects = set()
    for rows_of_image in images:
        for count, texts in rows_of_image:
            match texts:
                case [function, library, caller] if count:
                    calls[function, library, caller] += count
                case ["", path]:
                    objects.add(path)
    rows = sorted(calls.items(), key=lambda item: (-item[1], item[0]))
    return [{"function": f, "calls": n, "library": library, "caller": c} for (f, library, c), n in rows], sorted(
        objects
    )


def _kernels(directory: str) -> list[dict[str, Any]]:
    """What Raptors itself ran: it writes raptors-<pid>.kernels, of lines `count<TAB>kernel`."""
    kernels: Counter[str] = Counter()
    for file in _files(directory, "raptors-*.kernels"):
        with file.open(encoding="utf-8", errors="replace") as stream:
            text = stream.read(MOST_BYTES)
        for line in text[: text.rfind("\n") + 1].split("\n"):  # a line that was cut off counts for nothing
            count, _, name = line.partition("\t")
            if COUNT.fullmatch(count) and name:
                kernels[name] += int(count)
    return [{"kernel": name, "calls": count} for name, count in kernels.most_common()]


def _loops(program: str) -> dict[str, dict[str, str | None]] | None:
    """The loops that this interpreter's NumPy has chosen, by operation and dtype; None when it cannot tell."""
    if not PYTHON.fullmatch(Path(program).name):
        return None
    try:
        answer = subprocess.run([program, "-c", ASK_LOOPS], capture_output=True, timeout=LOOPS_TIMEOUT, check=True)
        loops: dict[str, dict[str, str | None]] = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return loops


def _numpy(program: str, calls: Iterable[dict[str, Any]], objects: Iterable[str]) -> dict[str, Any] | None:
    """When NumPy was loaded: its module, what that module called of the functions above, the loops in use."""
    path = next((path for path in objects if Path(path).name.startswith("_multiarray_umath.")), None)
    if path is None:
        return None
    module = Path(path).name
    called = {call["function"]: call["calls"] for call in calls if call["caller"] == module}
    return {"module": module, "path": path, "called": called, "loops": _loops(program)}


@contextlib.contextmanager
def _temporary_directory() -> Iterator[str | None]:
    """None where there is none to be had: the command runs all the same."""
    try:
        directory = tempfile.TemporaryDirectory(prefix="raptors-trace-", ignore_cleanup_errors=True)
    except OSError:
        yield None
        return
    with directory as name:
        yield name


def _trace(command: Sequence[str], library: Path) -> dict[str, Any]:
    images, kernels = [], []
    with _temporary_directory() as directory:
        status = _run(command, library, directory)
        if directory:
            images = [rows for rows in map(_rows, _files(directory, "calls-*")) if rows is not None]
            kernels = _kernels(directory)
    calls, objects = _calls(images)
    return {
        "command": list(command),
        "status": status,
        "programs": len(images),
        "calls": calls,
        "notes": (NOTES_MACOS if MACOS else []) + (NOTES if images else NOTES_NOTHING),
        "numpy": _numpy(command[0], calls, objects),
        "raptors_kernels": kernels,
    }


def _print_table(header: Sequence[str], rows: Iterable[Sequence[object]], stream: TextIO) -> None:
    """Text to the left, each column as wide as it must be."""
    table = [list(header), *([printable(str(cell)) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in table) for i in range(len(header))]
    for row in table:
        print(
            "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip(), file=stream
        )


def _print_numpy(numpy: dict[str, Any], stream: TextIO) -> None:
    elementwise = ", ".join(name for name in numpy["called"] if ELEMENTWISE.match(name))
    others = ", ".join(name for name in numpy["called"] if not ELEMENTWISE.match(name))
    print("\nNumPy's own loops", file=stream)
    print(f"  Elementwise ufuncs run in NumPy's own inner loops, inside {printable(numpy['module'])},", file=stream)
    print(f"  and call {'none of the above' if not elementwise else 'of the above only ' + elementwise}.", file=stream)
    if others:
        print(f"  What that module did call is for matmul, dot and the like: {others}.", file=stream)
    if "sdot" in others:
        print("  (NumPy checks its BLAS with one sdot when it is imported.)", file=stream)
    if numpy["loops"]:
        print("\n  The loops in use:", file=stream)
        rows = [[name, *(loop[dtype] or "not told" for dtype in DTYPES)] for name, loop in numpy["loops"].items()]
        _print_table(["ufunc", *DTYPES], rows, stream)


def _total(calls: Iterable[dict[str, Any]]) -> int:
    return sum(call["calls"] for call in calls)


def _print_report(report: dict[str, Any], stream: TextIO) -> None:
    libraries = {call["library"] for call in report["calls"]}
    inside = [call for call in report["calls"] if call["caller"] in libraries]
    calls = [call for call in report["calls"] if call["caller"] not in libraries]
    print(f"\nraptors trace: {_total(calls)} calls of BLAS, LAPACK, VML, vDSP and vForce functions", file=stream)
    if calls:
        header = ("function", "calls", "library", "caller")
        _print_table(header, [[call[column] for column in header] for call in calls], stream)
    if inside:
        print(
            f"  And {_total(inside)} calls that these libraries made of their own functions: see --json.", file=stream
        )
    for note in report["notes"]:
        print(f"  {note}", file=stream)
    if report["numpy"]:
        _print_numpy(report["numpy"], stream)
    if report["raptors_kernels"]:
        print("\nRaptors kernels", file=stream)
        _print_table(("kernel", "calls"), [[row["kernel"], row["calls"]] for row in report["raptors_kernels"]], stream)


def main(arguments: Sequence[str]) -> int:
    """Run the command that follows `--`, report on standard error, and return the command's exit status."""
    parser = Parser(
        prog="raptors trace",
        usage="raptors trace [--json FILE] -- COMMAND...",
        description="Which BLAS, LAPACK, VML, vDSP and vForce functions a program calls, and how often.",
        epilog="The report goes to standard error; the exit status is the command's. Programs that it starts count too.",
        example="raptors trace -- python program.py",
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="the same in JSON, into FILE")
    given = list(arguments)
    end = given.index("--") if "--" in given else len(given)
    options, misplaced = parser.parse_known_args(given[:end])
    command = given[end + 1 :]
    if misplaced and misplaced[0].startswith("-"):
        parser.refuse(misplaced[0])
    if misplaced or not command:
        parser.error(f"the command goes after `--`: {parser.usage}")
    try:
        library = _library()
        with options.json.open("w", encoding="utf-8") if options.json else contextlib.nullcontext() as stream:
            report = _trace(command, library)
            with contextlib.suppress(
                OSError
            ):  # the exit status is the command's, whether the report can be written or not
                _print_report(report, sys.stderr)
            if stream:
                stream.write(json.dumps(report, indent=1) + "\n")
    except _NotRunError as error:
        say(f"{parser.prog}: {error}")
        return error.status
    except OSError as error:
        say(f"{parser.prog}: {error.filename}: {error.strerror}")
        return USAGE
    return int(report["status"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
