# SPDX-License-Identifier: BSD-3-Clause
"""Does `raptors bench` know that the machine is not idle? Its clocks are written down; nothing sleeps."""

import pytest

from raptors.bench import idle
from raptors.bench.idle import Clock, Use

STAT = """cpu  100 10 50 800 20 1 2 30 0 0
cpu0 10 1 5 80 2 1 2 3 4 0
cpu1 20 2 6 90 3 1 1 5 0 0
cpu17 9 9 9 9 9 9 9 9 9 9
intr 1 2 3
"""


def test_the_kernels_count_is_read():
    assert idle.parse_stat(STAT, {0}) == (104, 19, 3)
    assert idle.parse_stat(STAT, {0, 1}) == (104 + 128, 19 + 30, 3 + 5)
    assert idle.parse_stat(STAT, {17})[0] == 72


@pytest.mark.parametrize("text", ["", "nonsense", "cpu0 1 2 3", "cpu0 a b c d e f g h", "cpux 1 2 3 4 5 6 7 8"])
def test_no_count_is_no_error(text, monkeypatch, tmp_path):
    path = tmp_path / "stat"
    path.write_text(text)
    monkeypatch.setattr(idle, "STAT", str(path))
    clock = idle.read_clock()
    assert idle.use_between(clock, clock) is None
    monkeypatch.setattr(idle, "STAT", str(tmp_path / "none"))
    assert idle.read_clock() is None


def test_use_is_what_others_took():
    use = idle.use_between(Clock(100.0, 50.0, 1.0, 10.0), Clock(200.0, 110.0, 6.0, 40.0))
    assert (use.others, use.stolen) == pytest.approx((0.3, 0.05))
    assert idle.use_between(Clock(0.0, 0.0, 0.0, 0.0), Clock(10.0, 1.0, 0.0, 2.0)).others == 0.0
    assert idle.use_between(None, Clock(1.0, 1.0, 1.0, 1.0)) is None


def waiting(*shares, limit=20.0):
    """How long it waits while other programs take these shares, one window after another; and what it says."""
    total = busy = 0.0
    clocks = [Clock(0.0, 0.0, 0.0, 0.0)]
    for share in shares:
        total, busy = total + 1.0, busy + share
        clocks.append(Clock(total, busy, 0.0, 0.0))
    said, slept = [], []
    waited = idle.wait_until_idle(limit, said.append, lambda: clocks.pop(0), slept.append)
    assert sum(slept) == waited
    return waited, said


def test_an_idle_machine_is_measured_at_once():
    assert waiting(0.0, 0.02) == (2 * idle.WINDOW, [])


def test_it_waits_for_a_compiler_to_end():
    waited, said = waiting(1.0, 0.9, 0.05, 0.8, 0.0, 0.0)
    assert waited == 6 * idle.WINDOW
    assert said == ["other programs take 100% of the processors: waiting for them to end, at most 20 s"]


def test_it_does_not_wait_for_ever():
    waited, said = waiting(*[0.5] * 9, limit=4 * idle.WINDOW)
    assert waited == 4 * idle.WINDOW
    assert said[-1] == "other programs are still busy after 2 s: measuring all the same"
    assert waiting(0.5, limit=0.0)[0] == 0.0


def test_nothing_is_waited_for_where_nothing_is_known():
    assert idle.wait_until_idle(20.0, print, lambda: None, print) == 0.0


def test_a_busy_machine_is_owned_up_to():
    assert idle.idle_note(Use(0.01, 0.0), 7.0, 2) == ""
    assert "other programs took 30% of the processors' time" in idle.idle_note(Use(0.3, 0.0), None, 2)
    assert "other guests of the machine's 5%" in idle.idle_note(Use(0.0, 0.05), None, 2)
    assert "the load average was 3.0" in idle.idle_note(None, 3.0, 2)
    assert idle.idle_note(None, 0.5, 2) == idle.idle_note(None, None, None) == ""
