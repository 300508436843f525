# SPDX-License-Identifier: BSD-3-Clause
"""race and regret: what they say of times that are written down, and which calls they know. No test asserts a time."""

import itertools
import json
import random
import sys

import numpy as np
import pytest

from raptors import _raptors, cli
from raptors.choosing import Contender, parse_call, race
from raptors.choosing.calls import Call
from raptors.choosing.race import BLOCK_ROUNDS, BLOCKS
from raptors.choosing.regret import Row, draw_calls, meet_again
from raptors.choosing.tables import reasons, regret_row, regret_summary, table

CALL = parse_call("multiply", "float32", "400x1000", scalar=True)
module = sys.modules["raptors.choosing.race"]


def script(monkeypatch, factors, noise=0.0, seed=0):
    """Calls take a millisecond and a candidate's factor, which default to 1, times a noise; NumPy's takes three. The first
    candidate is number 0."""
    dice = random.Random(seed)

    def time(run):
        _raptors._forget_site()
        run()
        site = _raptors._site()
        if site is None:
            return 3e-3
        taken = [site[word] for word in ("kernel", "all_threads", "streaming")]
        place = [[kernel, wide, streams] for kernel, _, wide, streams, _ in site["candidates"]].index(taken)
        return 1e-3 * factors.get(place, 1.0) * (1.0 + noise * (dice.random() - 0.5))

    monkeypatch.setattr(module, "_time", time)


def run(blocks=BLOCKS):
    return race(CALL, rounds=BLOCK_ROUNDS, blocks=blocks, roof=True)


def test_the_fastest_is_chosen_and_marked(monkeypatch):
    script(monkeypatch, {1: 0.5})
    result = run()
    assert (result.best, result.fastest, result.blocks) == (1, result.contenders[1], BLOCKS)
    text = table(result).splitlines()
    assert text[2].endswith("<- chosen")
    assert "1.00 [1.00, 1.00]" in text[2]
    assert "2.00 [2.00, 2.00]" in text[3]
    assert sum("<- chosen" in line for line in text) == 1
    assert reasons(result)[0] == "chosen: the fastest"
    assert reasons(result)[-1].startswith("a call gets now: multiply.vs.f32.")


def test_why_the_chosen_is_not_the_fastest(monkeypatch):
    script(monkeypatch, {1: 0.98})
    result = run(blocks=2)
    assert (result.best, result.fastest) == (0, result.contenders[1])
    assert reasons(result)[0].startswith("chosen, though not the fastest: what is faster by less than 3%")
    assert table(result).splitlines()[2].startswith(" ")
    assert "<- chosen" not in table(result).splitlines()[2]


def test_two_runs_agree(monkeypatch):
    winners = []
    for seed in range(4):
        script(monkeypatch, {1: 0.9, 2: 1.1}, noise=0.2, seed=seed)
        result = run()
        winners.append(result.best)
        assert (
            result.contenders[2].times(result.contenders[1])[1]
            <= 1.1 / 0.9
            <= result.contenders[2].times(result.contenders[1])[2]
        )
    assert winners == [1] * 4


def test_numpy_is_held_against_the_same_rounds(monkeypatch):
    script(monkeypatch, {})
    result = run(blocks=2)
    ratio, low, high = result.numpy.times(result.contenders[0])
    assert 2.9 < low <= ratio <= high < 3.1


def test_spreads_are_those_of_the_blocks():
    one, other = Contender("a", "native", 1, "ordinary"), Contender("b", "native", 1, "ordinary")
    for cost in (2.0, 3.0, 4.0):
        one.add([1.0, 1.0, 9.0], 1.0)
        other.add([cost, cost, cost], cost)
    assert other.times(one) == (3.0, 2.0, 4.0)
    assert (one.median, other.ratio) == (1.0, 3.0)
    answer = other.as_dict()
    assert (answer["lo_ns"], answer["median_ns"], answer["hi_ns"]) == (2e9, 3e9, 4e9)


def test_nothing_is_faster_than_the_memory(monkeypatch):
    script(monkeypatch, {1: 1e-3})
    result = run(blocks=2)
    assert result.roof <= result.fastest.median
    assert "the fastest row reaches 1.00 of it" in table(result)


def test_a_call_without_a_choice_is_timed_too():
    result = race(parse_call("add", "float32", "10"), blocks=2)
    assert result.site is None
    assert (result.best, result.blocks, len(result.numpy.medians)) == (0, 2, 2)
    assert "numpy itself" in table(result)


# ---- Which calls there are


def test_each_block_has_arrays_of_its_own():
    first, again = CALL.prepare(), CALL.prepare(again=True)
    assert not np.shares_memory(first.first, again.first)
    assert np.array_equal(first.first, again.first)


@pytest.mark.parametrize(
    ("words", "named", "shape"),
    [
        (("sum", "f32", "30x20"), {"axis": 1}, (30,)),
        (("argmin", "f64", "30x20"), {"axis": -2}, (20,)),
        (("add", "f32", "30x20"), {"second": "20"}, (30, 20)),
        (("add", "f32", "30x1"), {"second": "1x20", "form": "out"}, (30, 20)),
        (("add", "f32", "30x20"), {"second": "30x1", "form": "in place"}, (30, 20)),
        (("less", "i32", "30x20"), {"second": "20", "layout": "transposed"}, (30, 20)),
    ],
)
def test_calls_along_an_axis_and_broadcast(words, named, shape):
    call = parse_call(*words, **named)
    prepared = call.prepare()
    assert np.asarray(prepared.run()).shape == np.asarray(prepared.run_numpy()).shape == shape
    spelled = str(call).split()
    assert ("--axis" in spelled) == ("axis" in named)
    assert ("--second" in spelled) == ("second" in named)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["add", "f32", "3x4", "--axis", "0"], "no reduction"),
        (["sum", "f32", "3x4", "--axis", "2"], "axis 2"),
        (["sum", "f32", "3x4", "--axis", "-3"], "axis -3"),
        (["sum", "f32", "3x4", "--second", "4"], "no second array"),
        (["add", "f32", "3x4", "--scalar", "--second", "4"], "no second array"),
        (["add", "f32", "3x4", "--second", "5"], "does not broadcast"),
        (["add", "f32", "3x4", "--second", "five"], "unknown shape"),
        (["add", "f32", "4", "--second", "3x4", "--in-place"], "larger than the first"),
        (["add", "f32", "1000000x1", "--second", "1x1000000"], "elements"),
    ],
)
def test_calls_that_cannot_be_are_one_line(words, what, capsys):
    assert cli.main(["race", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert what in captured.err
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize(
    "words", [["sum", "f64", "300x1000", "--axis", "1"], ["add", "f32", "300x1000", "--second", "1000"]]
)
def test_they_are_raced(words, capsys):
    assert cli.main(["race", *words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["site"]["call"].endswith(" ".join(words[3:]))
    assert answer["best"]["name"] in {c["name"] for c in answer["candidates"]}
    assert answer["reasons"]
    assert 0 < answer["roof_ns"] <= min(c["median_ns"] for c in answer["candidates"] if c["median_ns"])


# ---- Regret


def test_draws_reach_axes_and_broadcasting():
    calls = list(itertools.islice(draw_calls(3), 400))
    assert calls == list(itertools.islice(draw_calls(3), 400))
    assert {call.axis for call in calls} >= {None, 0, 1}
    assert any(call.second and call.second[-1] == 1 for call in calls)
    assert any(call.second and len(call.second) < len(call.shape) for call in calls)
    for call in calls:
        assert call.axis is None or call.axis < len(call.shape)
        assert call.form != "in place" or call.result_shape == call.shape


def test_the_chosen_and_the_best_meet_again(monkeypatch):
    script(monkeypatch, {1: 0.5})
    result = race(CALL, rounds=5, numpy=False)
    found = meet_again(result, result.contenders[0], result.contenders[1])
    assert found == pytest.approx((1.0, 1.0, 1.0), rel=1e-2)
    assert len(result.contenders[1].costs) == BLOCKS


def rows():
    call = Call("add", "float32", (10,))
    return [
        Row(call, "a", "a", 0.0, 1e-3),
        Row(call, "a", "b", 0.02, 1e-3, -0.01, 0.03),
        Row(call, "a", "b", 0.5, 1e-3, 0.4, 0.6),
    ]


def test_regret_says_what_is_even():
    lines = [regret_row(row) for row in rows()]
    assert "even" not in lines[0]
    assert "[-1.0, 3.0]" in lines[1]
    assert lines[1].endswith("a; even with b")
    assert lines[2].endswith("a; best b")
    summary = regret_summary(rows())
    assert (summary["sites"], summary["best_or_even"], summary["worst"]) == (3, 2, 0.5)
