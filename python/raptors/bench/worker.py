# SPDX-License-Identifier: BSD-3-Clause
"""A job of the runner's in a process of its own, which the benchmark starts and reads from.

    python -P -m raptors.bench.worker

reads a pickled Job from standard input, and writes its visits to standard output, pickled one by one.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys

from .cells import ERROR
from .children import plain_environment
from .runner import Job, Outcome, Visits, visits_here

COMMAND = [sys.executable, "-P", "-m", "raptors.bench.worker"]


def visits_apart(job: Job) -> Visits:
    """The job's visits, in a process of its own, which ends with the generator. Where a cell crashes the process, that is
    the cell's outcome, and the end of the job.

    RuntimeError: it ended otherwise before its job did.
    """
    begun: tuple[int, int] | None = None
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=plain_environment()) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            pickle.dump(job, process.stdin)
            process.stdin.close()
            while (item := pickle.load(process.stdout)) is not None:
                begun = item[:2]
                yield item
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            message = f"the process that measures ended with {process.wait()}"
            if begun is None:
                raise RuntimeError(message) from None
            yield (*begun, Outcome(status=ERROR, message=message))
        finally:
            process.kill()


def main() -> None:
    """See above. Whoever started it is told of signals and ends it."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    job, answers = pickle.load(sys.stdin.buffer), sys.stdout.buffer
    try:
        for item in visits_here(job):
            pickle.dump(item, answers)
            answers.flush()
        pickle.dump(None, answers)
        answers.flush()
    except BrokenPipeError:
        os._exit(1)  # nobody waits for it any longer


if __name__ == "__main__":
    main()
