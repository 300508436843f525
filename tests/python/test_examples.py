# SPDX-License-Identifier: BSD-3-Clause
"""The examples, and what README and docs/ show, run as a user runs them. Examples check their own results; the C ones are
Meson tests."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language):
    """(page, code) of the pages' blocks in that language."""
    for page in PAGES:
        for code in re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            yield pytest.param(code, id=f"{page.stem}-{code.splitlines()[-1][:30]}")


def commands():
    """Every line of the pages that begins with `raptors`, without its comment."""
    lines = [line for param in blocks("sh") for line in param.values[0].splitlines()]
    return [line.partition("#")[0].strip() for line in lines if re.match(r"raptors\b", line)]


def run(*words, **options):
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=120, **options)


def test_there_are_examples():
    assert {path.stem for path in EXAMPLES} >= {"numpy_interop", "window"}
    assert len(list(blocks("python"))) >= 3
    assert len(commands()) >= 7


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path):
    done = run("-W", "error", path)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("code", list(blocks("python")))
def test_code_of_a_page(code):
    """It prints what the comments behind its prints say."""
    done = run("-W", "error", "-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == re.findall(r"^ *print\(.*\)  # (.*)$", code, re.MULTILINE)


SHORTER = {
    "--budget 120": "--budget 0.2",
    "--budget 600": "--budget 0.2",
    "--sites 60": "--sites 1",
    "tune --backends": "tune --budget 0.2 --backends",
}


@pytest.mark.parametrize("line", dict.fromkeys(commands()))
def test_command_of_a_page(tmp_path, line):
    (tmp_path / "program.py").write_text("import numpy\n")
    for long, short in SHORTER.items():
        line = line.replace(long, short)
    words = [sys.executable if word == "python" else word for word in shlex.split(line)[1:]]
    done = run("-m", "raptors", *words, cwd=tmp_path, env={**os.environ, "RAPTORS_PROFILE": str(tmp_path / "profile")})
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "options", re.findall(r"^\| [^|]*?`(--[^`]+)` \|", PAGES[0].read_text(encoding="utf-8"), re.MULTILINE)
)
def test_options_of_bench_in_the_readme(options):
    last = [] if options == "--help" else ["--list"]
    assert run("-m", "raptors", "bench", *shlex.split(options), *last).returncode == 0
