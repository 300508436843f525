# SPDX-License-Identifier: BSD-3-Clause
"""raptors accuracy: what it takes for true, what it makes of wrong results, and that it goes on where it was stopped.

How exact Raptors' functions are, tests/test_accuracy.c tests.
"""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from raptors import cli
from raptors.exactness import arguments, functions, measure, page
from raptors.exactness.functions import FORMS, FUNCTIONS
from raptors.exactness.truth import errors, exact_error
from strategies import INEXACT

pytest.importorskip("gmpy2", reason="the group `test` of pyproject.toml has it")
INF, NAN = math.inf, math.nan


def test_every_mathematical_function_is_measured():
    assert len(INEXACT) > 20
    assert set(FUNCTIONS) >= INEXACT


# Worked by hand: function, type, operands, result, error in ULP, whether it is nearest.
EXACT = [
    ("exp", "float64", (0.0,), 1.0, 0.0, True),
    ("exp", "float64", (0.0,), 1.0 + 2 * 2.0**-52, 2.0, False),
    ("exp", "float64", (0.0,), 1.0 - 2.0**-53, 0.5, False),  # half a unit below 1, where units are half as large
    ("pow", "float32", (2.0, -149.0), 2.0**-149, 0.0, True),
    ("pow", "float32", (2.0, -150.0), 0.0, 0.5, True),  # a tie goes to the even one
    ("pow", "float32", (2.0, -150.0), 2.0**-149, 0.5, False),
    ("pow", "float32", (2.0, -148.0), 2.0**-149, 1.0, False),
    ("pow", "float32", (-2.0, -151.0), -0.0, 0.25, True),
    ("pow", "float32", (-2.0, -151.0), 0.0, INF, False),
    ("pow", "float16", (2.0, 15.0), 32768.0, 0.0, True),
    ("pow", "float16", (2.0, 16.0), INF, 0.0, True),
    ("pow", "float16", (2.0, 16.0), 65504.0, 1.0, False),
    ("pow", "float16", (65504.0, 1.0), INF, 1.0, False),
    ("exp", "float64", (1000.0,), INF, 0.0, True),
    ("exp", "float64", (-1000.0,), 0.0, 0.0, True),
    ("exp", "float64", (-1000.0,), 5e-324, 1.0, False),
    ("log", "float64", (0.0,), -INF, 0.0, True),
    ("log", "float64", (0.0,), -1e308, INF, False),
    ("log", "float64", (-1.0,), NAN, 0.0, True),
    ("log", "float64", (-1.0,), 0.0, INF, False),
    ("log", "float64", (2.0,), NAN, INF, False),
    ("sin", "float64", (-0.0,), -0.0, 0.0, True),
    ("sin", "float64", (-0.0,), 0.0, INF, False),
    ("hypot", "float64", (3.0, 4.0), 5.0, 0.0, True),
    ("atan2", "float64", (0.0, -1.0), math.pi, 0.2758, True),  # pi is 0.2758 units above its float64
    ("logaddexp", "float64", (-0.0, -INF), 0.0, 0.0, True),
    ("logaddexp", "float64", (-INF, -1e308), -1e308, 0.0, True),
    ("degrees", "float64", (0.0,), 0.0, 0.0, True),
]


@pytest.mark.parametrize(("name", "form", "operands", "result", "error", "nearest"), EXACT)
def test_the_error_of_one_result(name, form, operands, result, error, nearest):
    found = exact_error(FUNCTIONS[name], FORMS[form], operands, result)
    assert found == (pytest.approx(error, abs=1e-4), nearest)


@pytest.mark.parametrize("long", [np.float64, np.longdouble])
def test_the_fast_way_to_errors_is_the_same(long):
    for name, form, operands, result, error, _ in EXACT:
        if form == "float64":  # the fast truth of which must have more precision
            continue
        truth = getattr(np, FUNCTIONS[name].numpy)(*(np.array([x], long) for x in operands))
        assert errors(FORMS[form], truth, np.array([result], form)) == [error]


def unit(name, form, count=2000):
    return measure.Unit(name, form, 0, count, 0)


@pytest.mark.parametrize("form", FORMS)
def test_two_units_off_is_found(monkeypatch, form):
    right = measure.measure(unit("cosh", form), False)["raptors"]
    assert right["wrong"] == 0 or form == "float64"
    assert right["worst"] < (1.0 if form == "float64" else 0.5)

    def off(name, x):
        result = np.cosh(np.asarray(x, np.float64)).astype(form)
        spoilt = result + 2 * np.spacing(result)
        return np.where((x > 2.25) & (x < 2.5), spoilt, result)

    monkeypatch.setattr(measure, "_by_raptors", off)
    found = measure.measure(unit("cosh", form), False)["raptors"]
    assert found["wrong"] > right["wrong"]
    assert 1.4 < found["worst"] < 3.0
    assert 2.25 < float.fromhex(found["at"][0]) < 2.5


def test_what_the_fast_truth_gets_wrong_is_mpfrs(monkeypatch):
    exp = np.exp

    def near(x):
        return exp(x) * (1 + 1e-6)

    right = measure.measure(unit("exp", "float32"), False)["raptors"]
    monkeypatch.setattr(np, "exp", near)  # 16 units of float32 off
    found = measure.measure(unit("exp", "float32"), False)["raptors"]
    assert found["worst"] == right["worst"] < 0.5


def test_arguments_are_where_they_should_be():
    form = FORMS["float64"]
    special = np.concatenate([block for (block,) in arguments.specials(form, 1)])
    assert {0.0, INF, -INF, 5e-324, float(np.finfo("f8").max), 0.75, math.pi / 2, 0.34657359027997264} <= set(special)
    assert np.isnan(special).any()
    # The number nearest to a multiple of pi/2 of all: 6381956970095103 2^797.
    assert math.ldexp(6381956970095103, 797) in arguments.nearest_to_multiples()
    (x,) = next(arguments.by_chance(form, 1, 1, (1, 2)))
    assert np.array_equal(x, next(arguments.by_chance(form, 1, 1, (1, 2)))[0], equal_nan=True)
    assert not np.array_equal(x, next(arguments.by_chance(form, 1, 1, (1, 3)))[0], equal_nan=True)
    whole = np.concatenate([block for (block,) in arguments.in_order(FORMS["float16"], 0, 1 << 16, 1)])
    assert len(np.unique(whole.view("u2"))) == 1 << 16
    with np.errstate(all="ignore"):
        for form in FORMS.values():
            for x, y in arguments.by_chance(form, 2, 5 * arguments.BLOCK, (7,)):
                assert len(x) == len(y) == arguments.BLOCK
                assert x.dtype == y.dtype == form.dtype


def test_units_have_each_float32_once():
    effort = measure.EFFORTS["exhaustive"]
    units = [u for u in measure.units_of(FUNCTIONS["exp"], FORMS["float32"], effort) if u.step > 0]
    assert [u.start for u in units] == [sum(u.count for u in units[:i]) for i in range(len(units))]
    assert sum(u.count for u in units) == 1 << 32


# ---- The command

ONE = ["accuracy", "--quick", "--only", "tanh", "--types", "float16,float32", "--jobs", "1"]


@pytest.fixture(scope="module")
def complete(tmp_path_factory):
    """The file of a run that is over, and its page."""
    folder = tmp_path_factory.mktemp("accuracy")
    path, markdown = folder / "found.jsonl", folder / "page.md"
    assert cli.main([*ONE, "--out", str(path), "--page", str(markdown)]) == 0
    return path, markdown


def test_the_page_has_a_row_for_each(complete):
    text = complete[1].read_text()
    assert (
        len(
            re.findall(r"^\| tanh \| `tanh\.v\.f(16|32)\.\w+` \| [\d,]+ \| 0\.500 \| `\S+` \| 0 \|", text, re.MULTILINE)
        )
        == 2
    )
    assert "raptors accuracy --quick" in text
    assert str(Path.home()) not in text


def test_it_goes_on_where_it_was_stopped(complete, tmp_path, monkeypatch, capsys):
    lines = complete[0].read_text().splitlines(keepends=True)
    path = tmp_path / "found.jsonl"
    path.write_text("".join(lines[:-1]) + lines[-1][:-20])  # the last line is cut off
    measured = []
    command = __import__("raptors.exactness.command", fromlist=["command"])
    monkeypatch.setattr(command, "_workers", lambda count: InProcess(measured))
    assert cli.main([*ONE, "--out", str(path)]) == 0
    assert [unit.key for unit, _ in measured] == [json.loads(lines[-1])["unit"]]
    assert sorted(path.read_text().splitlines()) == sorted("".join(lines).splitlines())
    assert capsys.readouterr().out.count("tanh") == 4  # function and kernel, twice


class InProcess:
    def __init__(self, measured):
        self.measured = measured

    def __enter__(self):
        return self

    def __exit__(self, *what):
        pass

    def imap_unordered(self, function, work):
        self.measured += work
        return map(function, work)


def test_a_file_of_something_else_is_left_alone(complete, tmp_path, capsys):
    before = complete[0].read_text()
    assert cli.main([*ONE, "--no-numpy", "--out", str(complete[0])]) == 2
    assert complete[0].read_text() == before
    other = tmp_path / "notes.txt"
    other.write_text("mine\n")
    assert cli.main([*ONE, "--out", str(other)]) == 2
    assert other.read_text() == "mine\n"
    assert capsys.readouterr().err.count("name another file with --out") == 2


def test_what_is_not_as_promised_is_said(complete, tmp_path, capsys):
    path = tmp_path / "found.jsonl"
    lines = complete[0].read_text().splitlines()
    spoilt = json.loads(lines[1])
    spoilt["found"]["raptors"] |= {"wrong": 1, "worst": 2.0}
    path.write_text("\n".join([lines[0], json.dumps(spoilt), *lines[2:]]) + "\n")
    assert cli.main([*ONE, "--out", str(path)]) == 1
    assert "not as exact as promised: tanh of float16" in capsys.readouterr().err


def test_without_mpfr_it_says_what_to_install(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(functions, "gmpy2", None)
    assert cli.main([*ONE, "--out", str(tmp_path / "x")]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "raptors[accuracy]" in captured.err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["--only", "sn"], "no function matches 'sn'"),
        (["--types", "float"], "unknown type 'float'"),
        (["--quick", "--exhaustive"], "name one"),
        (["--jobs", "0"], "must be at least 1"),
    ],
)
def test_words_that_mean_nothing(capsys, words, meant):
    assert cli.main(["accuracy", *words]) == 2
    assert meant in capsys.readouterr().err


def test_numbers_as_the_table_has_them():
    found = measure.Found(10_000_000, 3, 0.49999, ("0x1p+0",)) + measure.Found(1, 1, INF, ("nan",))
    table = {("exp", "float64"): {"raptors": found, "numpy": measure.Found(100, 50, 1e5)}}
    assert page.rows(table, {}) == [["exp", "float64", "", "10,000,001", "infinite", "nan", "4", "1e+05", "", "50 %"]]
