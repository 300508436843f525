# SPDX-License-Identifier: BSD-3-Clause
"""What raptors.h and the Makefile say of themselves, against what they hold."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import raptors

ROOT = Path(__file__).parents[2]
# The column RESULT of ops.def to the word that raptors.h has for it.
WORDS = {"SAME": "common", "RATIO": "common", "PART": "real", "TRUTH": "bool"}
REDUCED = {"WIDE": "wide", "MEAN": "mean", "SAME": "same", "TRUTH": "bool", "COUNT": "int64", "INDEX": "int64"}
ROW = re.compile(r"^RP_(UNARY|BINARY|TERNARY|REDUCE) *\( *\w+ *, *(\w+) *, *\w* *, *(\w+)", re.MULTILINE)


def listed(text):
    """{(is a reduction, word): names} of the two lists in raptors.h."""
    text = text[text.index("result     operation") : text.index("Integers wrap round")]
    found, key, reductions = {}, None, False
    for line in text.splitlines()[1:]:
        reductions |= "Reductions" in line
        start = re.match(r" \*   (\w+)  +(\w.*)", line)
        more = re.match(r" \*    {10}([a-z0-9_ ]+)$", line)
        if start:
            key = (reductions, start[1])
        if start or more:
            found.setdefault(key, []).extend(re.sub(r"[,:].*", "", (start[2] if start else more[1])).split())
    return found


def test_the_header_lists_every_operation_with_its_result():
    table = (ROOT / "include/raptors/ops.def").read_text(encoding="utf-8")
    rows = ROW.findall(table)
    want = {}
    for kind, name, result in rows:
        reduction = kind == "REDUCE"
        want.setdefault((reduction, (REDUCED if reduction else WORDS)[result]), []).append(name)
    want[False, "common"].append("where")
    found = listed((ROOT / "include/raptors.h").read_text(encoding="utf-8"))
    assert {key: sorted(names) for key, names in found.items()} == {key: sorted(names) for key, names in want.items()}
    assert len(rows) >= len(raptors._raptors.OPERATIONS)


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_help_lists_every_target_and_variable():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    words = {word for line in said.splitlines() for word in re.split("  ", line)[0].split()}
    assert words >= set(re.search(r"^\.PHONY:(.*)", makefile, re.MULTILINE)[1].split())
    assert words >= set(re.findall(r"^([A-Z]+) +\?=", makefile, re.MULTILINE)) | {"CC"}


def test_one_target_alone_installs_on_the_system():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipes = re.findall(r"^([a-z][\w -]*):.*((?:\n\t.*)+)", makefile, re.MULTILINE)
    assert len(recipes) > 15
    assert [target for target, recipe in recipes if re.search(r"\b(apt|apt-get|dnf|brew)\b", recipe)] == [
        "system-tools"
    ]
    assert "system-tools" not in re.search(r"^check:.*", makefile, re.MULTILINE)[0]
