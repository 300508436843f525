# SPDX-License-Identifier: BSD-3-Clause
"""What all commands share: errors of one line, exit statuses as shells have them, and output that cannot be had.

A command that is asked to stop (Ctrl-C, SIGTERM, SIGHUP) gets a Stopped, which is a KeyboardInterrupt: it may keep and
show what it has measured, and returns status_of(stop).
"""

from __future__ import annotations

import argparse
import codecs
import contextlib
import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

PLAIN = {"µ": "u", "²": "^2"}  # for terminals that have no such letters
STOPS = ("SIGINT", "SIGTERM", "SIGHUP")
FAILED, USAGE = 1, 2
STDERR = 2  # the last of the three file descriptors


class Stopped(KeyboardInterrupt):
    """A signal asked the command to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number
        self.status = 128 + number


class Parser(argparse.ArgumentParser):
    """Errors are one line on standard error, and exit status 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"{self.prog}: {printable(message)}\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        """argparse says nothing where help cannot be written."""
        if file is sys.stdout:
            file.write(message)
        else:
            super()._print_message(message, file)


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
