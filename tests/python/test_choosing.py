# SPDX-License-Identifier: BSD-3-Clause
"""explain, race, tune, regret, and the profile file, good and hostile."""

import json
import os
import shlex
import subprocess
import sys

import numpy as np
import pytest

import raptors
from raptors import _raptors, cli
from raptors.choosing import explain, parse_call, race
from raptors.choosing.command import explanation
from raptors.choosing.tune import keep, read_sites

SHAPE = "400x1000"


def run(capsys, *arguments):
    """The exit status, standard output and standard error of a command."""
    try:
        status = cli.main(list(arguments))
    except SystemExit as exit_:
        status = exit_.code
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def child(code, **environment):
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}, check=True
    )
    return result.stdout.strip()


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["nope", "f32", "10"], "known are abs"),
        (["mutliply", "f32", "10"], "unknown operation 'mutliply'; did you mean multiply?"),
        (["sort", "f32", "10"], "sort has no ways to choose among"),
        (["logsumexp", "f32", "10"], "logsumexp has no ways to choose among"),
        (["mul", "f32", "10"], "did you mean multiply?"),
        (["add", "f99", "10"], "known are bool"),
        (["add", "flaot32", "10"], "unknown type 'flaot32'; did you mean float32"),
        (["add", "f32"], "missing: shape; raptors race --help has an example"),
        (["add", "f32", "10", "--sclar"], "unknown option '--sclar'; did you mean --scalar?"),
        (["add", "f32", "10", "more"], "'more' is one argument too many"),
        (["add", "f32", "10", "--backends", "openblass"], "unknown library 'openblass'; did you mean openblas"),
        (["add", "f32", "10", "--backends", "openblas.mine"], "unknown library 'openblas.mine'"),
        (["add", "f32", "10", "--backends", "mine=/x"], "'mine' is no backend"),
        (["add", "f32", "10xx"], "2048x2048"),
        (["add", "f32", "-5"], ""),
        (["add", "f32", "99999999999999"], "8 GiB"),
        (["sqrt", "f32", "10", "--scalar"], "no second operand"),
        (["bitwise_and", "f32", SHAPE], ""),
        (["add", "f32", SHAPE, "--kernels", "mine*"], "no kernel matches"),
    ],
)
def test_unknown_words_are_one_line(capsys, words, what):
    status, out, err = run(capsys, "race", *words)
    assert status == 2
    assert not out
    assert err.count("\n") == 1
    assert what in err


def test_race_measures_every_candidate(capsys):
    status, out, _ = run(capsys, "race", "multiply", "f32", SHAPE, "--scalar", "--json")
    answer = json.loads(out)
    assert status == 0
    assert {"site", "machine", "candidates", "chosen", "roof_ns"} <= set(answer)
    names = {c["name"] for c in answer["candidates"]}
    assert "multiply.vs.f32.numpy" in names
    assert "numpy itself" in names
    assert all(c["lo_ns"] <= c["median_ns"] <= c["hi_ns"] for c in answer["candidates"] if c["admitted"])
    assert answer["chosen"]["name"] in names


def test_race_of_an_operation_that_numpy_lacks(capsys):
    status, out, _ = run(capsys, "race", "absolute_difference", "u8", SHAPE, "--out", "--json")
    answer = json.loads(out)
    assert status == 0
    names = {c["name"] for c in answer["candidates"]}
    assert any(name.startswith("absolute_difference.vv.u8.") for name in names)
    assert not any("numpy" in name for name in names)


@pytest.mark.parametrize("given", [{}, {"scalar": True}, {"form": "in place"}, {"second": "100"}])
def test_ldexp_is_called_with_whole_exponents(given):
    prepared = parse_call("ldexp", "float32", "3x100", **given).prepare()
    theirs = np.array(prepared.run_numpy() if "form" not in given else prepared.first)
    assert np.asarray(prepared.run()).dtype == theirs.dtype == "float32"
    assert "form" in given or np.array_equal(np.asarray(prepared.run()), theirs)


def test_every_candidate_gives_the_same_bits():
    call = parse_call("multiply", "float64", SHAPE, scalar=True)
    x = raptors.asarray(np.random.default_rng(3).normal(size=(400, 1000)))
    want = (np.asarray(x) * 3.7).tobytes()
    for i in range(len(race(call, rounds=1).contenders)):
        x * 3.7
        _raptors._hold(i)
        assert np.asarray(x * 3.7).tobytes() == want
    _raptors._hold(-1)


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "uint8", "uint64"])
def test_powers_of_many_integers(dtype):
    """Kernels are tried with numbers of all kinds: NumPy's loop raised an error then, of a negative power."""
    x, y = np.arange(400000).astype(dtype), np.full(400000, 3, dtype)
    a, b = raptors.asarray(x), raptors.asarray(y)
    for _ in range(5):
        assert np.array_equal(raptors.pow(a, b), x**y)
    assert explain(parse_call("pow", dtype, "400000"))


def test_explain_says_why(capsys):
    status, out, _ = run(capsys, "explain", "add", "f64", SHAPE)
    assert status == 0
    assert "kernel   add.vv.f64." in out
    assert "because" in out
    assert "too small" in run(capsys, "explain", "add", "f64", "10")[1]


@pytest.mark.parametrize("words", ["add f64 300x1000", "sqrt float32 100000 --in-place", "sum f32 300x500 --strided"])
def test_explain_says_which_commands_measure_what_was_not(capsys, monkeypatch, tmp_path, words):
    """And they are commands that run as they are written."""
    monkeypatch.setenv("RAPTORS_PROFILE", str(tmp_path / "profile"))
    _, out, _ = run(capsys, "explain", *words.split())
    commands = [line.split("raptors ")[1].split() for line in out.splitlines() if "raptors " in line]
    assert [command[0] for command in commands] == ["race", "tune"]
    for command in commands:
        assert run(capsys, *command)[0] == 0
    assert len(read_sites(tmp_path / "profile")) == 1


def test_explain_names_no_command_where_all_is_measured(capsys):
    call = parse_call("add", "f64", SHAPE)
    call.prepare().run()
    result = race(call, rounds=2)
    result.site["source"] = "profile"
    assert "raptors race" not in explanation(result)
    assert "raptors tune" not in explanation(result).replace("raptors tune found it", "")


def test_the_function_explains_too():
    assert "kernel   multiply.vs.f32." in raptors.explain("multiply", "f32", SHAPE, scalar=True, form="in place")
    with pytest.raises(ValueError, match="known are"):
        raptors.explain("multiply", "f33", SHAPE)
    for words, meant in (({"form": "in-place"}, "in place"), ({"layout": "transpose"}, "transposed")):
        with pytest.raises(ValueError, match=f"did you mean {meant}"):
            raptors.explain("multiply", "f32", SHAPE, **words)


def test_regret_is_no_less_than_nothing(capsys):
    status, out, _ = run(capsys, "regret", "--sites", "2", "--seed", "5", "--json")
    answer = json.loads(out)
    assert status == 0
    assert answer["summary"]["sites"] == len(answer["sites"]) == 2
    assert all(row["regret"] >= 0 for row in answer["sites"])


def test_calls_are_held_to_a_glob():
    code = (
        "import raptors as r; from raptors import _raptors as e; x = r.ones(200000, dtype='float32');"
        "[x * 2.0 for _ in range(80)]; s = e._site(); print(s['source'], (x * 2.0).sum())"
    )
    assert child(code, RAPTORS_KERNEL="*.numpy", RAPTORS_PROFILE="off") == "environment 400000.0"


ASK = (
    "import raptors as r; x = r.ones(100000, dtype='float32'); x * 2.0;"
    "from raptors import _raptors as e; s = e._site();"
    "print(s['source'], s['kernel'], [l for l in r.info().splitlines() if l.startswith('profile')][0])"
)


def test_tune_writes_what_the_library_reads(capsys, monkeypatch, tmp_path):
    path = tmp_path / "deep" / "profile"
    monkeypatch.setenv("RAPTORS_PROFILE", str(path))
    status, _, err = run(capsys, "tune", "multiply", "f32", "140000", "--scalar")
    assert status == 0, err
    assert len(read_sites(path)) == 1
    assert child(ASK.replace("100000", "140000"), RAPTORS_PROFILE=str(path)).startswith("profile multiply.vs.f32.")
    assert child(ASK, RAPTORS_PROFILE=str(path)).startswith("near multiply.vs.f32.")
    before = read_sites(path)
    keep(path, {"site sqrt float32 v apart all 131072": "site sqrt float32 v apart all 131072 - one ordinary 1.0"})
    assert len(read_sites(path)) == len(before) + 1


GOOD = "site multiply float32 vs apart all 786432 multiply.vs.f32.numpy one ordinary 1.0"


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (f"{GOOD}\nend 1\n", ""),
        ("", "line 9: cut off"),
        (f"{GOOD}\n", "cut off"),
        (f"{GOOD}\nend 2\n", "line 10 is wrong"),
        (f"{GOOD}\nend 1", "line 10: cut off"),
        (GOOD[:40], "line 9: cut off"),
        (f"{GOOD} more\nend 1\n", "line 9 is wrong"),
        (f"{GOOD.replace('multiply ', 'multifly ')}\nend 1\n", "line 9 is wrong"),
        (f"{GOOD.replace('one ordinary', 'two ordinary')}\nend 1\n", "line 9 is wrong"),
        (f"{GOOD.replace('1.0', 'nan')}\nend 1\n", "line 9 is wrong"),
        (f"library openblas /nowhere 1 2 AR\n{GOOD}\nend 2\n", ""),
        (f"library openblas /nowhere 1 2 AXR\n{GOOD}\nend 2\n", "line 9 is wrong"),
        (f"library openblas /nowhere 1 two AR\n{GOOD}\nend 2\n", "line 9 is wrong"),
        (f"library openblas /nowhere\n{GOOD}\nend 2\n", "line 9 is wrong"),
        ("x" * 100000 + "\n", "line 9: cut off, or too long"),
        ("\0" * 100, "line 9"),
    ],
)
def test_hostile_profiles_are_refused_with_their_line(tmp_path, body, complaint):
    path = tmp_path / "profile"
    path.write_text(_raptors._profile_head() + body)
    answer = child(ASK.replace("100000", "100500"), RAPTORS_PROFILE=str(path))
    if complaint:
        assert answer.startswith("rank")
        assert complaint in answer
    else:
        assert answer.startswith("profile multiply.vs.f32.numpy")


def test_a_library_that_serves_a_site_of_the_profile_is_loaded_without_a_probe(tmp_path):
    """NumPy's own OpenBLAS, where it has one."""
    remember = (
        "from raptors import _raptors as e; e._load_backends('openblas.numpy'); print(e._backends_verdicts(), end='')"
    )
    path = tmp_path / "profile"
    line = child(remember, RAPTORS_PROFILE="off")
    if "A" not in line.rpartition(" ")[2]:
        pytest.skip("NumPy brings no OpenBLAS of its own here")
    site = "site multiply float32 vs in-place all 786432 multiply.vs.f32.openblas.numpy one ordinary 1.0"
    ask = (
        "import raptors as r; x = r.ones(100500, dtype='float32'); x *= 2.0; from raptors import _raptors as e;"
        "s = e._site(); print(s['source'], s['kernel'], 'as the profile has it' in e._backends_info(), float(x.sum()))"
    )
    path.write_text(f"{_raptors._profile_head()}{line}\n{site}\nend 2\n")
    assert child(ask, RAPTORS_PROFILE=str(path)) == "profile multiply.vs.f32.openblas.numpy True 201000.0"
    words = line.split(" ")
    words[4] = "1"  # another file since
    path.write_text(f"{_raptors._profile_head()}{' '.join(words)}\n{site}\nend 2\n")
    assert child(ask, RAPTORS_PROFILE=str(path)) == "profile multiply.vs.f32.openblas.numpy False 201000.0"


def test_a_foreign_profile_names_what_differs(tmp_path):
    path = tmp_path / "profile"
    path.write_text(_raptors._profile_head().replace("cpus ", "cpus 9") + f"{GOOD}\nend 1\n")
    answer = child(ASK, RAPTORS_PROFILE=str(path))
    assert "line 6: it has 'cpus 9" in answer
    assert read_sites(path) == {}


def test_a_kernel_that_is_not_here_leaves_the_rank(tmp_path):
    path = tmp_path / "profile"
    path.write_text(_raptors._profile_head() + GOOD.replace(".numpy", ".gone") + "\nend 1\n")
    assert child(ASK.replace("100000", "100500"), RAPTORS_PROFILE=str(path)).startswith("rank")


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf"), 1e9])
def test_credit_of_no_length_of_time_is_refused(seconds):
    with pytest.raises(ValueError, match="seconds"):
        _raptors._credit(seconds)


def test_a_reader_that_has_enough_is_no_error():
    command = [
        sys.executable,
        "-c",
        "import sys; from raptors import cli; sys.exit(cli.main())",
        "explain",
        "add",
        "f64",
    ]
    result = subprocess.run(
        f"{shlex.join(command)} {SHAPE} | head -n 1 | cut -c1-3", shell=True, capture_output=True, text=True, check=True
    )
    assert (result.stdout, result.stderr) == ("add\n", "")


def test_a_profile_that_is_off_is_not_written(capsys, monkeypatch):
    monkeypatch.setenv("RAPTORS_PROFILE", "off")
    status, _, err = run(capsys, "tune", "--budget", "1")
    assert status == 2
    assert "RAPTORS_PROFILE" in err


def test_calls_are_held_to_a_vendors_kernels():
    """NumPy's own OpenBLAS, where it has one; its kernels work in place."""
    code = (
        "import raptors as r; from raptors import _raptors as e; x = r.ones(200000, dtype='float32'); y = r.ones_like(x);"
        "x += y; s = e._site(); print(s['source'], s['kernel'], float(x.sum()))"
    )
    held = {"RAPTORS_KERNEL": "*.openblas.numpy", "RAPTORS_BACKENDS": "openblas.numpy", "RAPTORS_PROFILE": "off"}
    there = "add.vv.f32.openblas.numpy: " in child(
        "from raptors import _raptors as e; e._load_backends('openblas.numpy'); print(e._backends_info())"
    )
    kernel = "add.vv.f32.openblas.numpy" if there else "add.vv.f32."
    assert child(code, **held).startswith(f"environment {kernel}")


def drive(trial, takes):
    """Calls until the trial is over, whose candidates take so many seconds; which of them were run."""
    ran = []
    while (i := _raptors._trial_next(trial)) >= 0 and len(ran) < 10000:
        raptors.multiply(X, 2.0)
        _raptors._trial_tell(trial, i, takes(i))
        ran.append(i)
    _raptors._hold(-1)
    return ran


X = raptors.ones(400_000, dtype="float32")


def test_python_makes_the_calls_of_a_trial_and_the_library_decides():
    raptors.multiply(X, 2.0)
    count = len(_raptors._site()["candidates"])
    everyone = list(range(count))
    ran = drive(trial := _raptors._trial(5, everyone, True), lambda i: 1e-3 if i == count - 1 else 3e-3)
    winner, rows = _raptors._trial_result(trial)
    assert winner == count - 1
    assert set(ran) == set(everyone)
    ratios = {i: ratio for i, ratio, _ in rows}
    assert ratios[0] == 1
    assert ratios[winner] == pytest.approx(1 / 3, rel=1e-2)
    # A tie stays with the first, also where the first is not the site's.
    drive(trial := _raptors._trial(5, everyone[1:], True), lambda _: 1e-3)
    assert _raptors._trial_result(trial)[0] == 1


@pytest.mark.parametrize("words", [(0, [0], True), (3, [], True), (3, [99], True), (3, [-1], True)])
def test_trials_of_nobody_are_refused(words):
    raptors.multiply(X, 2.0)
    with pytest.raises(ValueError, match="candidate"):
        _raptors._trial(*words)


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf")])
def test_trials_are_told_lengths_of_time(seconds):
    raptors.multiply(X, 2.0)
    trial = _raptors._trial(3, [0], True)
    with pytest.raises(ValueError, match="time"):
        _raptors._trial_tell(trial, 0, seconds)
    with pytest.raises(ValueError, match="candidate"):
        _raptors._trial_tell(trial, 7, 1.0)
