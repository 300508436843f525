# SPDX-License-Identifier: BSD-3-Clause
"""The C programs and commands that README.md and raptors.h show.

python3 tests/documented.py                   installs the library and runs README's commands, as a user would
python3 tests/documented.py FILE PROGRAM.c    writes the program that FILE shows
python3 tests/documented.py FILE PROGRAM      runs it, which must print what FILE says behind its last printf
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def shown(text, language):
    """The first block of README.md of that language which the C section has."""
    section = text[text.index("\n## C\n") :]
    return re.search(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)[1]


def program(path):
    """The C program in README.md, or in the comment that a header begins with."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return shown(text, "c")
    comment = re.search(r"^ \*     #include.*?^ \*     \}$", text, re.MULTILINE | re.DOTALL)[0]
    return re.sub(r"^ \*     ", "", comment, flags=re.MULTILINE) + "\n"


def answer(path):
    """What the program prints, as the comment in its last printf's line says."""
    return re.findall(r"printf\(.*// (.*)$", program(path), re.MULTILINE)[-1]


def run_commands():
    """README's commands in an empty HOME; then the same compiled as C++."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = shown(text, "sh").replace("make install", f'make --no-print-directory -C "{ROOT}" install')
    as_cpp = commands.replace("cc program.c", "c++ -std=c++17 -x c++ program.c")
    assert as_cpp.count("c++ program.c") == 1
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "program.c").write_text(shown(text, "c"), encoding="utf-8")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("LD_", "PKG_CONFIG"))}
        for script in (commands, as_cpp):
            said = subprocess.run(
                ["sh", "-eu"], input=script, text=True, cwd=home, env=environment | {"HOME": home}, capture_output=True
            )
            print(said.stdout, said.stderr, sep="", end="")
            if said.returncode or said.stdout.splitlines()[-1] != answer(ROOT / "README.md"):
                sys.exit("README's commands do not do what it says")


def main():
    if not sys.argv[1:]:
        run_commands()
    elif sys.argv[2].endswith(".c"):
        Path(sys.argv[2]).write_text(program(Path(sys.argv[1])), encoding="utf-8")
    else:
        printed = subprocess.run([sys.argv[2]], capture_output=True, text=True, check=True).stdout
        assert printed.strip() == answer(Path(sys.argv[1])), printed


if __name__ == "__main__":
    main()
