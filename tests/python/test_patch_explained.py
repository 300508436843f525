# SPDX-License-Identifier: BSD-3-Clause
"""raptors explain --patched, and what raptors trace counts of patched calls."""

import json
import sys

import raptors
from numpy_calls import needs_a_tested_pair
from raptors import _patching, cli

pytestmark = needs_a_tested_pair
PROGRAM = """
import numpy as np, raptors
raptors.patch_numpy()
for _ in range(5):
    np.exp(np.ones(1000))
"""


def test_a_call_that_is_taken_and_one_that_is_passed_on():
    assert raptors.explain("exp", "float64", (100,), patched=True).split()[-4:] == ["taken", "exp", "threads", "1"]
    text = raptors.explain("sum", "float16", (1000,), patched=True)
    assert "passed on  numpy.sum: " in text
    assert "taken" not in text
    assert not raptors.patch_report().startswith("NumPy is patched")


def test_the_command(capsys):
    assert cli.main(["explain", "add", "f64", "100", "--patched", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["taken"], answer["refused"], answer["threads"]) == (["add"], "", 1)
    assert cli.main(["explain", "add", "f64", "100", "--patched"]) == 0
    assert "taken      add" in capsys.readouterr().out


def test_what_numpy_does_not_have(capsys):
    assert cli.main(["explain", "erf", "f64", "100", "--patched"]) == 2
    assert "NumPy has no erf" in capsys.readouterr().err


def test_a_numpy_that_is_not_patched(monkeypatch):
    monkeypatch.setattr(_patching, "TESTED", {})
    assert "NumPy is not patched: not tested with" in raptors.explain("add", "float64", (3,), patched=True)


def test_trace_counts_the_programs_calls_alone(tmp_path):
    report = tmp_path / "trace.json"
    assert cli.main(["trace", "--json", str(report), "--", sys.executable, "-c", PROGRAM]) == 0
    assert json.loads(report.read_text())["raptors_kernels"] == [{"kernel": "exp", "calls": 5}]
