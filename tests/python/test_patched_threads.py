# SPDX-License-Identifier: BSD-3-Clause
"""NumPy patched, in programs of several threads and of several processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import raptors
from numpy_calls import needs_a_tested_pair, plain, taken

pytestmark = [needs_a_tested_pair, pytest.mark.usefixtures("patched")]
LARGE = 1_000_003  # elements: threads, and memory from the pool


# ---- Threads


def in_threads(work, count=4):
    """Runs work(i) in threads; the first exception of them is raised."""
    failures = []

    def run(i):
        try:
            work(i)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    if failures:
        raise failures[0]


def test_unpatching_while_others_compute():
    x = np.random.default_rng(2).random(300_000)
    expected = (np.exp(x) + x).sum(), x[x > 0.5].tobytes()
    stop = threading.Event()

    def compute(_):
        if _ == 0:
            try:
                for i in range(40):
                    raptors.unpatch_numpy()
                    raptors.patch_numpy(memory=i % 2 == 0, small=i % 3 == 0)
            finally:
                stop.set()
            return
        while not stop.is_set():
            assert ((np.exp(x) + x).sum(), x[x > 0.5].tobytes()) == expected

    in_threads(compute)


def test_each_thread_has_its_own_errstate():
    def divide(i):
        for _ in range(50):
            if i % 2:
                with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
                    np.ones(100_000) / 0
            else:
                with np.errstate(divide="ignore"):
                    np.ones(100_000) / 0

    in_threads(divide)


def test_other_threads_run_during_a_long_call():
    x = np.random.default_rng(3).random(3_000_000)
    ticks, stop = [], threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        begin = time.perf_counter()
        while time.perf_counter() - begin < 0.5:
            start = time.perf_counter()
            np.power(x, 1.7)
            end = time.perf_counter()
            if sum(start < tick < end for tick in ticks) >= 2:
                return
    finally:
        stop.set()
        thread.join()
    pytest.fail("no other thread ran while a call did")


def test_memory_goes_between_threads():
    arrays, lock = [], threading.Lock()

    def exchange(i):
        random = np.random.default_rng(i)
        for n in random.integers(1_000, 300_000, 60):
            x = np.full(int(n), float(i)) + 1
            with lock:
                arrays.append((x, i + 1.0))
                other, value = arrays.pop(int(random.integers(len(arrays))))
            assert (other == value).all()

    in_threads(exchange)
    assert all((x == value).all() for x, value in arrays)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timers")
def test_a_signal_interrupts_a_loop_of_calls():
    def handler(number, frame):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(KeyboardInterrupt):
            while True:
                np.sqrt(np.ones(1000))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# ---- Processes

FORKING = """
import os, sys, threading, warnings
import numpy as np, raptors
warnings.simplefilter("ignore")  # of forks in programs with threads
assert raptors.patch_numpy()
x = np.random.default_rng(4).random(1_000_003)
def work():
    return float((np.exp(x) * x + 1).sum()), (x[x > 0.5] * 2).tobytes()
expected = work()
stop = threading.Event()
def others():
    while not stop.is_set():
        work()
threads = [threading.Thread(target=others) for _ in range(2)]
for thread in threads:
    thread.start()
for _ in range(5):
    child = os.fork()
    if not child:
        ok = work() == expected and "is patched" in raptors.patch_report()
        os._exit(0 if ok else 3)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert work() == expected
stop.set()
for thread in threads:
    thread.join()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_fork_among_threads_computes_on():
    done = subprocess.run([sys.executable, "-c", FORKING], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


def total(n):
    return float(np.sqrt(np.arange(n, dtype="f8")).sum()), taken()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of forks in programs with threads
@pytest.mark.parametrize("way", multiprocessing.get_all_start_methods())
def test_pools_of_processes(way):
    before = taken()
    with multiprocessing.get_context(way).Pool(2) as pool:
        found = pool.map(total, [10, LARGE])
    assert [value for value, _ in found] == [plain(lambda n=n: total(n))[0] for n in (10, LARGE)]
    if way == "fork":  # a child is patched as its parent was; others begin anew
        assert all(count > before for _, count in found)
    else:
        assert all(count == 0 for _, count in found)
