# SPDX-License-Identifier: BSD-3-Clause
"""The Python examples, run as a user runs them. Each checks its own results; the C ones are Meson tests."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))


def test_there_are_examples():
    assert {path.stem for path in EXAMPLES} >= {"numpy_interop", "window"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path):
    done = subprocess.run([sys.executable, "-W", "error", path], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout
