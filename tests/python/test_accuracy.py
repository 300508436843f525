# SPDX-License-Identifier: BSD-3-Clause
"""raptors accuracy: what it takes for true, what it makes of wrong results, and that it goes on where it was stopped.

How exact Raptors' functions are, tests/test_accuracy.c and tests/test_complex.c test; and of complex ones the last test of
the first part here.
"""

import json
import math
import re
import shlex
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from raptors import cli
from raptors.exactness import arguments, functions, measure, page
from raptors.exactness.command import as_promised
from raptors.exactness.functions import COMPLEX, FORMS, FUNCTIONS
from raptors.exactness.truth import errors, exact, exact_error
from strategies import INEXACT, OPERATIONS

pytest.importorskip("gmpy2", reason="the group `test` of pyproject.toml has it")
INF, NAN = math.inf, math.nan


def test_every_mathematical_function_is_measured():
    assert len(INEXACT) > 20
    assert set(FUNCTIONS) >= INEXACT
    of_complex = set(re.findall(r"^RP_.*\bCMATH2?\((\w+)\)", OPERATIONS, re.MULTILINE))
    assert len(of_complex) > 20
    assert set(COMPLEX) >= of_complex


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
    ("exp", "complex128", (0j,), 1 + 0j, 0.0, True),
    ("exp", "complex128", (0j,), complex(1, -0.0), INF, False),
    ("exp", "complex128", (0j,), complex(1 + 2 * 2.0**-52, 0), 2.0, False),
    ("exp", "complex64", (0j,), complex(1 + 2 * 2.0**-23, 0), 2.0, False),
    ("log", "complex128", (complex(-1, -0.0),), complex(0, -math.pi), 0.2758, True),
    ("log", "complex128", (complex(-1, -0.0),), complex(0, -math.pi + 2.0**-51), 1.2758, False),
    ("sqrt", "complex64", (complex(-4, -0.0),), -2j, INF, False),  # that is -0 - 2j
    ("sqrt", "complex64", (complex(-4, -0.0),), complex(0, -2), 0.0, True),
    ("sqrt", "complex64", (-4 + 0j,), complex(0, NAN), INF, False),
    ("cosh", "complex64", (0j,), complex(1, 2.0**-149), INF, False),
    ("tanh", "complex128", (1e300 - 1j,), complex(1, -0.0), 0.0, True),
    ("tan", "complex128", (2 - 1e300j,), complex(-0.0, -1), 0.0, True),  # sin 4 < 0
    ("expm1", "complex128", (0j,), complex(-0.0, 0), 0.0, True),  # only the imaginary part's zero has a sign
    ("expm1", "complex128", (0j,), complex(0, -0.0), INF, False),
    ("exp2", "complex128", (3 + 0j,), complex(8, 2.0**-49), 1.0, False),  # units of 8
    ("pow", "complex64", (1j, 2 + 0j), complex(-1, 2.0**-23), 1.0, False),
    ("multiply", "complex64", (1 + 1j, 1 + 1j), complex(2.0**-22, 2), 1.0, False),
    ("square", "complex64", (1 + 1j,), complex(-0.0, 2), 0.0, True),
    ("divide", "complex128", (1j, 1j), complex(1 + 2.0**-52, 0), 1.0, False),
    ("abs", "complex128", (3 + 4j,), 5.0, 0.0, True),
    ("abs", "complex64", (3 + 4j,), 5.0 + 2.0**-21, 1.0, False),
]


@pytest.mark.parametrize(("name", "form", "operands", "result", "error", "nearest"), EXACT)
def test_the_error_of_one_result(name, form, operands, result, error, nearest):
    found = exact_error(FORMS[form].functions[name], FORMS[form], operands, result)
    assert found == (pytest.approx(error, abs=1e-4), nearest)


@pytest.mark.parametrize("long", [np.float64, np.longdouble])
def test_the_fast_way_to_errors_is_the_same(long):
    for name, form, operands, result, error, _ in EXACT:
        if form == "float64" or FORMS[form].part:  # the fast truth of which must have more precision, or is none
            continue
        truth = getattr(np, FUNCTIONS[name].numpy)(*(np.array([x], long) for x in operands))
        assert errors(FORMS[form], truth, np.array([result], form)) == [error]


def unit(name, form, count=2000):
    return measure.Unit(name, form, 0, count, 0)


def test_the_truth_of_log1p_where_all_but_the_last_digits_cancel():
    x, y = float.fromhex("-0x1.cdb6aac30497cp-317"), float.fromhex("-0x1.57cce27074d5p-158")
    over = 2 * Fraction(x) + Fraction(x) ** 2 + Fraction(y) ** 2  # |1 + z|^2 - 1, some 2^-370
    assert float(exact(COMPLEX["log1p"], (complex(x, y),)).real) == float(over / 2)


@pytest.mark.parametrize("form", [name for name, form in FORMS.items() if not form.part])
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


@pytest.mark.parametrize("form", ["complex64", "complex128"])
def test_three_units_off_in_one_part_is_found(monkeypatch, form):
    right = measure.measure(unit("cosh", form), False)["raptors"]

    def off(name, z):
        result = np.cosh(z.astype(np.complex128)).astype(form)
        spoilt = result.copy()
        spoilt.imag += 3 * np.spacing(result.imag)
        return np.where((z.real > 2.25) & (z.real < 3.5), spoilt, result)

    monkeypatch.setattr(measure, "_by_raptors", off)
    found = measure.measure(unit("cosh", form), False)["raptors"]
    assert found["wrong"] > right["wrong"]
    assert found["tried"] == right["tried"] > 1000
    assert not as_promised("cosh", form, measure.Found.of(found))


@pytest.mark.parametrize("name", COMPLEX)
@pytest.mark.parametrize("form", ["complex64", "complex128"])
def test_complex_functions_are_as_exact_as_promised(form, name):
    found = measure.Found()
    for unit in measure.units_of(COMPLEX[name], FORMS[form], measure.EFFORTS["quick"]):
        found += measure.Found.of(measure.measure(unit, False)["raptors"])
    assert found.tried > 1000
    assert as_promised(name, form, found), found


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
            block = arguments.COMPLEX_BLOCK if form.part else arguments.BLOCK
            for x, y in arguments.by_chance(form, 2, 5 * block, (7,)):
                assert len(x) == len(y) == block
                assert x.dtype == y.dtype == form.dtype
                assert np.isfinite(x).all() or not form.part
    ((z,),) = arguments.specials(FORMS["complex128"], 1)
    assert np.isfinite(z).all()
    assert {5e-324, float(np.finfo("f8").max), -1.0, math.pi / 2} <= set(z.real) & set(z.imag)
    assert {str(zero) for zero in z[z == 0].tolist()} == {"0j", "-0j", "(-0+0j)", "(-0-0j)"}


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
    assert f"{shlex.quote(sys.executable)} -m pip install gmpy2\n" in captured.err
    assert "raptors[" not in captured.err  # PyPI's package of that name is another project
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
    row = ["exp", "float64", "", "10,000,001", "", "infinite", "nan", "4", "1e+05", "", "50 %"]
    assert page.rows(table, {}) == [row]
    assert "units of" not in page.as_text(table, {})
    table = {(name, "complex64"): {"raptors": found} for name in ("exp", "expm1", "pow")}
    assert [row[4] for row in page.rows(table, {})] == ["part", "norm, part", "norm"]
    assert "units of" in page.as_text(table, {})
    assert "NumPy" not in page.as_text(table, {})
