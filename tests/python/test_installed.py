# SPDX-License-Identifier: BSD-3-Clause
"""Is every module of the package installed? python/meson.build lists them by name."""

from pathlib import Path

ROOT = Path(__file__).parents[2] / "python"


def test_every_module_is_in_the_build():
    listed = (ROOT / "meson.build").read_text(encoding="utf-8")
    modules = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "raptors").rglob("*.py"))]
    assert "raptors/bench/runner.py" in modules
    assert [name for name in modules if f"'{name}'" not in listed] == []
