# SPDX-License-Identifier: BSD-3-Clause
"""Reads every #include of src/ and python/, and fails where a folder includes one that lies above it, or where files
include one another in a circle. docs/architecture.md draws the folders."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Each folder, and those below it whose headers its files may include.
BELOW = {
    "facts": set(),
    "runtime": {"facts"},
    "simd": {"facts"},
    "kernels": {"facts", "simd"},
    "isa": {"facts", "simd", "kernels"},
    "choose": {"facts", "runtime", "kernels"},
    "engine": {"facts", "runtime", "kernels", "choose"},
    "array": {"facts", "runtime", "kernels", "choose", "engine"},
    "backends": {"facts", "runtime", "kernels", "choose"},
    "trace": set(),
    "python": {"facts", "runtime", "kernels", "choose", "engine", "array"},
}
# What only src/runtime may ask an operating system for.
SYSTEM = {"pthread.h", "dlfcn.h", "fnmatch.h", "sched.h", "sys/mman.h", "sys/wait.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)


def files():
    yield from sorted((ROOT / "src").rglob("*.[ch]"))
    yield from sorted((ROOT / "python").rglob("*.[ch]"))


def folder_of(path):
    top, folder = path.relative_to(ROOT).parts[:2]
    return folder if top == "src" else "python"


def included(path):
    """(the line's text, the file of ours that it names or None) for each #include."""
    for mark, name in INCLUDE.findall(path.read_text(encoding="utf-8")):
        beside, below = path.parent / name, ROOT / "src" / name
        ours = next((found for found in (beside, below) if mark == '"' and found.is_file()), None)
        yield name, ours


def circle(start, arrows):
    """The files of a circle of includes through `start`, or None."""
    seen, paths = set(), [[start]]
    while paths:
        way = paths.pop()
        for target in arrows.get(way[-1], []):
            if target == start:
                return [*way, target]
            if target not in seen:
                seen.add(target)
                paths.append([*way, target])
    return None


def faults():
    arrows = {}
    for path in files():
        folder, arrows[path] = folder_of(path), []
        for name, ours in included(path):
            if ours:
                arrows[path].append(ours)
                if folder_of(ours) not in BELOW[folder] | {folder}:
                    yield f"{path.relative_to(ROOT)} includes {name}: {folder}/ lies below {folder_of(ours)}/"
            elif name in SYSTEM and folder not in ("runtime", "trace"):
                yield f"{path.relative_to(ROOT)} includes <{name}>: src/runtime/os.h has what it gives"
    for path in arrows:
        way = circle(path, arrows)
        if way:
            yield "a circle of includes: " + " -> ".join(step.name for step in way)


def main():
    found = list(faults())
    print("\n".join(found) or f"{len(list(files()))} files: every arrow goes down")
    return bool(found)


sys.exit(main())
