# SPDX-License-Identifier: BSD-3-Clause
"""RAPTORS_NUMPY: patched once NumPy is there, told on standard error, and nothing of it without the variable."""

import os
import subprocess
import sys
from pathlib import Path

import numpy
import pytest

import raptors
from numpy_calls import needs_a_tested_pair
from raptors import _patching

SITE = Path(raptors.__file__).parents[1]
STATE = "from raptors import _patching; print(_patching._options is not None)"
LINE = f"raptors: version {raptors.__version__} computes for NumPy {numpy.__version__} (RAPTORS_NUMPY="

CHECKS = f"raptors: version {raptors.__version__} computes each call both ways, as NumPy {numpy.__version__} does too (RAPTORS_NUMPY=check). "


def python(code, *options, **environment):
    """Output and errors of a program, with no variables of the user's."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("RAPTORS_")}
    command = [sys.executable, *options, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=bare | environment, check=True, timeout=60)
    return done.stdout.splitlines(), done.stderr.splitlines()


def test_the_line_that_every_start_runs():
    text = (SITE / "raptors-numpy.pth").read_text(encoding="utf-8")
    assert (text.count("\n"), text.startswith("import os; ")) == (1, True)


def test_without_the_variable_nothing_is_imported():
    code = (
        "import sys; a = set(sys.modules); import numpy; print(any('raptors' in name for name in a | set(sys.modules)))"
    )
    assert python(code) == (["False"], [])
    assert python(code, RAPTORS_NUMPY="") == (["False"], [])


@needs_a_tested_pair
@pytest.mark.parametrize(
    ("first", "finds"),
    [
        ("import numpy", 1),
        ("import raptors", 1),
        ("from numpy.linalg import norm", 1),
        ("import importlib.util as u; print(u.find_spec('numpy').name); import numpy", 2),
    ],
)
def test_numpy_is_patched_when_it_has_been_imported(first, finds):
    code = (
        "import sys; print('raptors' in sys.modules, 'numpy' in sys.modules)\n"
        f"{first}\n"
        "print('raptors' in sys.modules, [f for f in sys.meta_path if 'raptors' in type(f).__module__])\n"
        f"{STATE}\n"
        "import numpy, raptors\n"
        "print(type(numpy.__loader__).__name__, numpy.__spec__._initializing)\n"
    )
    out, err = python(code, "-W", "ignore", RAPTORS_NUMPY="1")
    expected = ["False False", "numpy", "True []", "True", "SourceFileLoader False"]
    assert out == [line for line in expected if finds == 2 or line != "numpy"]
    assert [line.startswith(LINE + "1). ") for line in err] == [True]
    assert _patching.REPORT in err[0]


@needs_a_tested_pair
@pytest.mark.parametrize(
    ("value", "printed", "told"),
    [
        ("quiet", ["True"], []),
        ("check", ["True", "('multiply', 2)"], [CHECKS]),
        ("0", ["False"], []),
        (
            "yes",
            ["False"],
            ["raptors: RAPTORS_NUMPY: 'yes' ignored: it is not 1, quiet, check or 0; NumPy is not patched"],
        ),
    ],
)
def test_what_the_variable_says(value, printed, told):
    code = (
        f"import numpy\n{STATE}\nfrom raptors import _checking\n"
        "_checking.check = lambda function, given, named: print((function.__name__, len(given)))\n"
        "numpy.multiply(2.0, 3.0)"
    )
    out, err = python(code, RAPTORS_NUMPY=value)
    assert out == printed
    assert [line[: len(begin)] for line, begin in zip(err, told, strict=True)] == told


@needs_a_tested_pair
@pytest.mark.parametrize("value", ["1", "quiet", "check"])
def test_a_refusal_is_a_line_and_the_program_goes_on(value):
    code = "import sys; sys.implementation.name = 'pypy'\nimport numpy; print(numpy.ones(2).sum())"
    line = "raptors: NumPy is not patched: the interpreter is pypy, not CPython"
    assert python(code, "-W", "error", RAPTORS_NUMPY=value) == (["2.0"], [line])


def test_a_program_goes_on_where_raptors_cannot_be_imported():
    code = "import sys; sys.modules['raptors'] = None; import numpy; print(numpy.ones(2).sum())"
    out, err = python(code, RAPTORS_NUMPY="1")
    assert (out, len(err)) == (["2.0"], 1)
    assert err[0].startswith("raptors: NumPy is not patched: ModuleNotFoundError: ")


@pytest.mark.parametrize("stderr", ["None", "open(__import__('os').devnull, 'w'); sys.stderr.close()"])
def test_a_line_that_cannot_be_written_is_none(stderr):
    out, err = python(f"import sys; sys.stderr = {stderr}\nimport numpy; print('on')", RAPTORS_NUMPY="yes")
    assert (out, err) == (["on"], [])


def test_a_numpy_that_cannot_be_imported_is_as_without_us(tmp_path):
    (tmp_path / "numpy.py").write_text("raise ImportError('broken')")
    code = "try:\n    import numpy\nexcept ImportError as e:\n    print(e)\n" * 2
    assert python(code, RAPTORS_NUMPY="1", PYTHONPATH=str(tmp_path)) == (["broken"] * 2, [])
    (tmp_path / "numpy.py").unlink()
    code = f"import sys; sys.path[:] = [{str(tmp_path)!r}]\n{code}"
    assert python(code, RAPTORS_NUMPY="1") == (["No module named 'numpy'"] * 2, [])


@needs_a_tested_pair
def test_programs_of_raptors_own_measure_numpy_as_it_is():
    code = (
        f"import os; from raptors import _raptors, cli\n{STATE}\n"
        "_raptors._patch_remove = lambda: print('remove')\n"
        "for words in (['trace', '--help'], ['bench', '--help']):\n"
        "    cli.main(words); print(os.environ.get('RAPTORS_NUMPY'))\n"
    )
    out, _ = python(code, RAPTORS_NUMPY="quiet")
    assert [line for line in out if line in ("True", "quiet", "remove", "None")] == ["True", "quiet", "remove", "None"]


def test_commands_say_it_once():
    code = "from raptors import cli; cli.main(['explain', 'add', 'f32', '10'])"
    assert len(python(code, RAPTORS_NUMPY="yes")[1]) == 1
