# SPDX-License-Identifier: BSD-3-Clause
"""raptors tune: what it measures first, what it says, where it goes on, and where it does not begin."""

import io
import os
import re
import shutil
from pathlib import Path

import pytest

from raptors import cli
from raptors.bench.idle import Use
from raptors.choosing import parse_call, race
from raptors.choosing import tune as tuning
from raptors.choosing.tune import calls_to_tune, read_sites

SHAPE = "400x1000"


def command(capsys, *arguments):
    """The exit status, standard output and standard error of a command."""
    status = cli.main(list(arguments))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_tune_begins_with_what_the_readme_shows():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    shown = {
        parse_call(*words[:3], scalar=bool(words[3]))
        for words in re.findall(r"raptors (?:explain|race) (\w+) (\w+) ([\dx]+)( --scalar)?", readme)
    }
    assert shown
    assert shown <= set(calls_to_tune([], [])[:3])
    assert not [call for call in calls_to_tune(["add"], ["float64"]) if call.op != "add" or call.dtype != "float64"]


def test_tune_measures_one_call(capsys, monkeypatch, tmp_path):
    path = tmp_path / "profile"
    monkeypatch.setenv("RAPTORS_PROFILE", str(path))
    status, out, err = command(capsys, "tune", "multiply", "f32", SHAPE, "--scalar")
    assert status == 0
    assert re.search(r"1 kind of call measured in .*has 1 kind of call\.\n", out)
    assert "--only-missing" not in out
    assert [line.split(" ")[1:4] for line in read_sites(path)] == [["multiply", "float32", "vs"]]
    assert "too small" in command(capsys, "tune", "multiply", "f32", "10")[1]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["add"], "missing: dtype, shape"),
        (["--scalar"], "missing: op"),
        (["add", "f32", SHAPE, "--ops", "add"], "here one is named"),
        (["bitwise_and", "f32", SHAPE], "bitwise_and is not defined for float32"),
        (["--ops", "add,mutliply"], "did you mean multiply?"),
        (["--dtypes", "flaot32"], "did you mean float32"),
        (["--budget", "0"], "seconds above 0"),
        (["--budget", "nan"], "seconds above 0"),
    ],
)
def test_tune_refuses_what_it_does_not_understand(capsys, monkeypatch, tmp_path, words, what):
    monkeypatch.setenv("RAPTORS_PROFILE", str(tmp_path / "profile"))
    status, out, err = command(capsys, "tune", *words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert what in err


def test_tune_goes_on_with_what_is_missing(capsys, monkeypatch, tmp_path):
    """What the profile has is not measured once more, and its lines stay."""
    path = tmp_path / "profile"
    monkeypatch.setenv("RAPTORS_PROFILE", str(path))
    calls = [parse_call("add", "float32", SHAPE), parse_call("sqrt", "float64", SHAPE)]
    raced, races = [], tuning.race
    monkeypatch.setattr(tuning, "race", lambda call, **options: raced.append(call) or races(call, **options))
    tuning.tune(path, 10, calls[:1], False, io.StringIO())
    before = read_sites(path)
    tuning.tune(path, 10, calls, True, io.StringIO())
    assert raced == calls
    assert len(before) == 1
    assert before.items() < read_sites(path).items()


def test_a_profile_of_another_machine_is_replaced_when_there_is_something_better(capsys, monkeypatch, tmp_path):
    path = tmp_path / "profile"
    path.write_text("raptors profile 1\nversion 0.0.0\n")
    calls = [parse_call("add", "float32", SHAPE)]

    def stop(*arguments, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tuning, "race", stop)
        assert tuning.tune(path, 10, calls, False, io.StringIO()) == 130
    answer = capsys.readouterr()
    assert f"{path} is of another machine, version or setting, and will be replaced" in answer.err
    assert answer.err.splitlines()[-1] == "raptors tune: stopped before anything was measured"
    assert answer.out == ""
    assert "version 0.0.0" in path.read_text()
    assert tuning.tune(path, 10, calls, False, io.StringIO()) == 0
    assert len(read_sites(path)) == 1
    capsys.readouterr()
    tuning.tune(path, 10, calls, False, io.StringIO())
    assert "will be replaced" not in capsys.readouterr().err


def test_tune_says_what_was_gained():
    assert tuning._what_was_gained([1.0, 1.5, 3.0, 1.2]).startswith("3 of them will be faster than before, 1.50 times")
    assert tuning._what_was_gained([5.5]) == "It will be 5.50 times as fast as before."
    assert tuning._what_was_gained([1.0, 1.0]) == "They are computed in the fastest way already."


@pytest.mark.parametrize(("share", "said"), [(0.6, True), (0.0, False)])
def test_tune_says_that_the_machine_was_busy(capsys, monkeypatch, tmp_path, share, said):
    monkeypatch.setattr(tuning, "use_between", lambda before, after: Use(share, 0.0))
    tuning.tune(tmp_path / "profile", 10, [parse_call("add", "float32", SHAPE)], False, io.StringIO())
    out = capsys.readouterr().out
    assert ("other programs took 60% of the processors' time" in out) == said
    assert ("Measure again when it is idle" in out) == said


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("columns", ["40", "100"])
def test_tune_shows_the_time_that_is_left(monkeypatch, tmp_path, columns):
    monkeypatch.setenv("COLUMNS", columns)
    shown = Terminal()
    tuning.tune(tmp_path / "profile", 10, [parse_call("add", "float32", SHAPE)] * 2, False, shown)
    first, second, *_, last = shown.getvalue().split("\r\033[K")[1:]
    assert re.match(r"\[ {10}\] 10 s left, 0 measured; add", first)
    assert re.match(r"\[#{5} {5}\] \d+ s left, 1 measured; add", second)
    assert len(first) < int(columns)
    assert last == ""


@pytest.mark.parametrize("place", ["in a file", "fifo"])
def test_tune_measures_nothing_where_it_cannot_keep_it(capsys, monkeypatch, tmp_path, place):
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "fifo")
    path = tmp_path / "fifo" if place == "fifo" else tmp_path / "file" / "profile"
    monkeypatch.setenv("RAPTORS_PROFILE", str(path))
    monkeypatch.setattr(tuning, "race", None)
    status, out, err = command(capsys, "tune")
    assert (status, out) == (1, "")
    assert f"nothing was measured, since it cannot be kept in {path}: " in err.splitlines()[-1]


def test_a_place_that_is_lost_meanwhile(capsys, monkeypatch, tmp_path):
    folder = tmp_path / "folder"
    monkeypatch.setenv("RAPTORS_PROFILE", str(folder / "profile"))

    def lose(call, **options):
        if folder.is_dir():
            shutil.rmtree(folder)
            folder.write_text("")
        return race(call, rounds=1)

    monkeypatch.setattr(tuning, "race", lose)
    status, _, err = command(capsys, "tune", "add", "f32", SHAPE)
    assert status == 1
    assert "could not be kept" in err
