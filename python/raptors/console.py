# SPDX-License-Identifier: BSD-3-Clause
"""What all commands share: errors of one line, what was meant by a word that is misspelt, exit statuses as shells have them,
and output that cannot be had.

A command that is asked to stop (Ctrl-C, SIGTERM, SIGHUP) gets a Stopped, which is a KeyboardInterrupt: it may keep and
show what it has measured, and returns status_of(stop).
"""

from __future__ import annotations

import argparse
import codecs
import contextlib
import difflib
import errno
import io
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NoReturn, TextIO

PLAIN = {"µ": "u", "²": "^2"}  # for terminals that have no such letters
STOPS = ("SIGINT", "SIGTERM", "SIGHUP")
FAILED, USAGE = 1, 2
MISSING = "the following arguments are required: "  # as argparse has it
STDERR = 2  # the last of the three file descriptors


class Stopped(KeyboardInterrupt):
    """A signal asked the command to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number
        self.status = 128 + number


class _Help(argparse.HelpFormatter):
    """A text of several lines keeps them; one of a single line is filled."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if "\n" in text else super()._fill_text(text, width, indent)


class Parser(argparse.ArgumentParser):
    """Errors are one line on standard error, and exit status 2. `example` stands at the end of the help: command lines."""

    def __init__(self, *, example: str = "", **options: Any) -> None:
        if example:
            options["epilog"] = f"{options.get('epilog', '')}\n\nexample:\n  ".lstrip() + example.replace("\n", "\n  ")
        super().__init__(formatter_class=_Help, **options)

    def error(self, message: str) -> NoReturn:
        if message.startswith(MISSING):
            message = f"missing: {message.removeprefix(MISSING)}; {self.prog} --help has an example"
        self.exit(USAGE, f"{self.prog}: {printable(message)}\n")

    def parse_args(  # type: ignore[override]  # (it has overloads by the class of the namespace)
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        options, extra = self.parse_known_args(args, namespace)
        if extra:
            self.refuse(extra[0])
        return options

    def refuse(self, word: str) -> NoReturn:
        """The error for a word that is no option, or one argument too many."""
        if word.startswith("-"):
            self.error(unknown("option", word.partition("=")[0], self._option_string_actions))
        self.error(f"{word!r} is one argument too many; {self.prog} --help has an example")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            raise argparse.ArgumentError(action, unknown("choice", value, action.choices))

    def _print_message(self, message: str, file: Any = None) -> None:
        """argparse says nothing where help cannot be written."""
        if file is sys.stdout:
            file.write(message)
        else:
            super()._print_message(message, file)


def unknown(kind: str, word: str, known: Iterable[str]) -> str:
    """What to say of a word that is none of the known ones: which was meant, or else all of them."""
    words = sorted(known)
    near = difflib.get_close_matches(word.lower(), words, cutoff=0.65) or [
        w for w in words if word and w.startswith(word)
    ]
    if near:
        return f"unknown {kind} {word!r}; did you mean {' or '.join(near[:3])}?"
    return f"unknown {kind} {word!r}; known are {', '.join(words)}"


def positive(text: str) -> int:
    """For a parser: a whole number of at least 1."""
    value = natural(text)
    if value == 0:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def natural(text: str) -> int:
    """For a parser: a whole number."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"must be a whole number, not {text!r}")
    return int(text)


def seconds(text: str) -> float:
    """For a parser: a length of time to measure for."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"must be a number of seconds above 0, not {text!r}")
    return value


def status_of(stop: KeyboardInterrupt) -> int:
    """The exit status of a command that was stopped: 128 and the signal's number."""
    return int(getattr(stop, "status", 128 + signal.SIGINT))


def printable(text: str) -> str:
    """The text, with what a terminal would obey or cannot show written as \\x1b: files and other programs may hold such."""
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def say(message: str) -> None:
    """One line on standard error; none where that cannot be written."""
    with contextlib.suppress(OSError):
        print(printable(message), file=sys.stderr, flush=True)


class StatusLine:
    """One line of a terminal that is written over; nothing where the stream is none."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()

    def show(self, text: str) -> None:
        """As much of it as the terminal is wide; "" clears the line."""
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            with contextlib.suppress(OSError):  # measuring goes on where nobody can be told of it
                print("\r\033[K" + printable(text)[:width], end="", file=self._stream, flush=True)


def run(name: str, command: Callable[[], int]) -> int:
    """Run a command; return its exit status: 128 and the signal's number when one stopped it or its reader went away, 1
    when standard output cannot be written."""
    _prepare_streams()
    with _signals_as_exceptions():
        try:
            try:
                status = command()
            except SystemExit as end:  # argparse's, after --help or an error
                status = int(end.code or 0)
            sys.stdout.flush()
        except KeyboardInterrupt as stop:
            say(f"{name}: stopped by {str(stop) or 'SIGINT'}")
            status = status_of(stop)
        except BrokenPipeError:
            status = 128 + signal.SIGPIPE
        except OSError as error:
            what = error.filename or "cannot write to standard output"
            say(f"{name}: {what}: {error.strerror or error}")
            status = FAILED
        _flush_or_drop()
    return status


@contextlib.contextmanager
def _signals_as_exceptions() -> Iterator[None]:
    """What was ignored stays ignored, as nohup has it."""

    def stop(number: int, frame: Any) -> NoReturn:
        raise Stopped(number)

    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (getattr(signal, word) for word in STOPS if hasattr(signal, word)):
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Closed(io.TextIOBase):
    """Standard output of a process that was started without one."""

    def write(self, text: str) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def _prepare_streams() -> None:
    """Python has None for a stream that is closed, and prints nothing without a word; the next file that is opened would
    get its number."""
    if sys.stdout is None or sys.stderr is None:
        while (number := os.open(os.devnull, os.O_RDWR)) <= STDERR:
            pass
        os.close(number)
    sys.stdout = sys.stdout or _Closed()
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115 (for as long as the process runs)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="raptors.plain")


def _flush_or_drop() -> None:
    """Nothing is left for the interpreter to write at its end, where an error would be a traceback."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape", "surrogatepass").decode()


def _plainly(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    letters = error.object[error.start : error.end]
    return "".join(PLAIN.get(letter) or _escaped(letter) for letter in letters), error.end


codecs.register_error("raptors.plain", _plainly)
