# SPDX-License-Identifier: BSD-3-Clause
"""`python -m raptors script.py`, `-m` and `-c`: what a program sees and what becomes of it is as with python alone."""

import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile

import pytest

from raptors import cli, running

PLAIN = [sys.executable, "-W", "ignore"]
OURS = [*PLAIN, "-m", "raptors"]
REPORT = """
import sys
print(sys.argv, repr(sys.path[0]), len(sys.path), __name__, __builtins__)
print(sorted((name, repr(value)) for name, value in globals().items() if name != '__loader__'))
print(type(__loader__).__name__, sys.modules['__main__'].__dict__ is globals(), sys.excepthook is sys.__excepthook__)
print('annotations' in dir())
"""
ENDS = {
    "an exit status": "raise SystemExit(7)",
    "an exit in words": "import sys; sys.exit('it is over')",
    "an error": "def f():\n    return 1 / 0\ntry:\n    f()\nexcept ZeroDivisionError as e:\n    raise ValueError('so') from e",
    "an error in C": "int('x')",
    "no code": "def f(:\n",
    "a hook of its own": "import sys\n"
    "def hook(kind, value, traceback):\n"
    "    print(kind, value, traceback.tb_frame.f_code.co_filename, value.__traceback__ is traceback)\n"
    "sys.excepthook = hook\n"
    "1 / 0",
    "an interrupt": "raise KeyboardInterrupt",
    "a signal": "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "a group": "raise ExceptionGroup('all', [ValueError(1), KeyError(2)])",
    "the last words": "import atexit, sys\natexit.register(lambda: print('at exit', __name__))\nclass A:\n    pass\nraise A",
    "streams": "import sys; print(sys.stdout.errors, sys.stderr.errors, '\\u00e9'.encode())",
    "handlers": "import signal; print(signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM))",
}


def both(folder, *words, **environment):
    """What plain Python and `python -m raptors` make of the same words, in the same folder."""
    found = []
    for command in (PLAIN, OURS):
        done = subprocess.run(
            [*command, *words],
            capture_output=True,
            text=True,
            cwd=folder,
            env={**os.environ, **environment},
            timeout=60,
        )
        found.append((done.returncode, re.sub(" at 0x[0-9a-f]+", "", done.stdout), done.stderr))
    return found


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "script.py").write_text(REPORT)
    (tmp_path / "code" / "odd name").write_text(REPORT)
    (tmp_path / "work" / "link.py").symlink_to("../code/script.py")
    (tmp_path / "work" / "module.py").write_text(REPORT)
    (tmp_path / "work" / "package").mkdir()
    (tmp_path / "work" / "package" / "__init__.py").write_text("")
    (tmp_path / "work" / "package" / "__main__.py").write_text(
        "from . import __name__ as package\nprint(package)" + REPORT
    )
    with zipfile.ZipFile(tmp_path / "work" / "program.pyz", "w") as file:
        file.writestr("__main__.py", REPORT)
    return tmp_path / "work"


@pytest.mark.parametrize(
    "words",
    [
        ("../code/script.py", "a", "--b", "-c", "info"),
        ("../code/odd name",),
        ("link.py",),
        ("./link.py", "info"),
        ("./module.py",),
        ("program.pyz", "1"),
        ("-m", "module", "a", "-m"),
        ("-mmodule", "a"),
        ("-m", "package", "info"),
        ("-m", "package.__main__"),
        ("-c", REPORT, "a", "-m"),
        ("-c" + REPORT,),
    ],
)
@pytest.mark.parametrize("safe", ["", "1"])
def test_a_program_sees_what_it_sees_in_plain_python(folder, words, safe):
    plain, ours = both(folder, *words, PYTHONSAFEPATH=safe)
    assert plain[0] == bool(safe and "-m" in words[0])  # which is not on the path then
    assert ours == plain


@pytest.mark.parametrize("name", ENDS)
@pytest.mark.parametrize("way", ["script", "module", "code"])
def test_a_program_ends_as_in_plain_python(tmp_path, name, way):
    (tmp_path / "ends.py").write_text(ENDS[name])
    words = {"script": ["ends.py"], "module": ["-m", "ends"], "code": ["-c", ENDS[name]]}[way]
    plain, ours = both(tmp_path, *words)
    assert plain != (0, "", "")
    assert ours == plain


def test_a_module_that_is_not_there_is_told_as_python_does(tmp_path):
    plain, ours = both(tmp_path, "-m", "nosuchmodule")
    assert "No module named nosuchmodule" in plain[2]
    assert ours == plain


def test_a_stopped_program_ends_by_the_signal(tmp_path):
    code = "import time; print('ready', flush=True); time.sleep(60)"
    for command in (PLAIN, OURS):
        child = subprocess.Popen([*command, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
        assert child.communicate(timeout=60)[1].splitlines()[-1] == "KeyboardInterrupt"
        assert child.returncode == -signal.SIGINT


def test_processes_of_a_program_find_its_functions(tmp_path):
    (tmp_path / "spawns.py").write_text(
        "import multiprocessing\ndef double(x):\n    return 2 * x\n"
        "if __name__ == '__main__':\n    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        print(pool.map(double, [1, 2]))\n"
    )
    for words in (["spawns.py"], ["-m", "spawns"]):
        plain, ours = both(tmp_path, *words)
        assert plain == (0, "[2, 4]\n", "")
        assert ours == plain


def test_numpy_is_patched_or_the_program_is_told_why_not(tmp_path):
    code = (
        "import sys\n"
        "from raptors import _patching, _raptors, cli\n"
        "_patching._check_versions = lambda: None\n"
        "_raptors._patch_install = lambda parts: print('install')\n"
        "sys.exit(cli.main(['-c', 'print(1)']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("install\n1\n", "")
    code = code.replace("import sys\n", "import sys\ndef refuse(parts):\n    raise RuntimeError('why')\n")
    code = code.replace("lambda parts: print('install')", "refuse")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
    assert done.stderr.count("RuntimeWarning: raptors: NumPy is not patched: why") == 1


# ---- Commands and programs


def test_commands_stay_commands(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("info", "--version", "benc"):
        (tmp_path / name).write_text("print('a program')")
    (tmp_path / "tuen").mkdir()
    assert [running.is_program([word], cli.COMMANDS) for word in ("info", "tuen", "-h", "no.py", "benc")] == [
        False,
        False,
        False,
        True,
        True,
    ]
    assert not running.is_program([], cli.COMMANDS)
    assert cli.main(["info", "--help"]) == 0
    assert "a program" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no.py"], "can't open file 'no.py': [Errno 2] No such file or directory"),
        (["-m"], "-m needs a module to run"),
        (["-c"], "-c needs code to run"),
        (["infoo"], "unknown command 'infoo'; did you mean info?"),
    ],
)
def test_what_cannot_be_run_is_one_line(tmp_path, monkeypatch, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    assert cli.main(words) == 2
    assert capsys.readouterr() == ("", f"raptors: {said}\n")


def test_the_command_runs_programs_too(folder):
    command = shutil.which("raptors", path=os.path.dirname(sys.executable))
    if not command:
        pytest.skip("the command is not beside this interpreter")
    plain, _ = both(folder, "link.py", "a")
    done = subprocess.run([command, "link.py", "a"], capture_output=True, text=True, cwd=folder)
    assert done.stdout == plain[1]
