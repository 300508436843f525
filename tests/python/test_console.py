# SPDX-License-Identifier: BSD-3-Clause
"""Commands where output cannot be had, and where a signal asks them to stop: one line, the shells' exit status, and what
was measured is kept."""

import io
import os
import re
import shlex
import signal
import subprocess
import sys
import time

import pytest

from raptors import cli, console
from raptors.bench import runner
from raptors.choosing import parse_call, regret
from raptors.choosing import tune as tuning
from raptors.choosing.tune import read_sites

PROGRAM = [sys.executable, "-c", "import sys; from raptors import cli; sys.exit(cli.main())"]
COMMAND = shlex.join(PROGRAM)
SMALL = "bench --quick --suite small --budget 0.1 --only small/slice/1/float32"


def shell(line, **environment):
    """What bash makes of a line in which RAPTORS is the command, with Python's buffers unless asked otherwise."""
    return subprocess.run(
        ["bash", "-c", line.replace("RAPTORS", COMMAND)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONUNBUFFERED": "", **environment},
    )


# ---- Output


@pytest.mark.parametrize("encoding", ["ascii", "koi8-r", "cp437", "utf-8"])
def test_every_terminal_can_show_the_tables(tmp_path, encoding):
    done = subprocess.run(
        [*PROGRAM, *SMALL.split(), "--out", str(tmp_path)],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
    )
    assert done.returncode == 0
    assert sorted(os.listdir(tmp_path)) == ["bench.html", "bench.json"]
    assert ("µs" in done.stdout.decode(encoding)) == (encoding != "ascii" and encoding != "koi8-r")
    assert "numpy us" in done.stdout.decode(encoding) or "µs" in done.stdout.decode(encoding)


@pytest.mark.parametrize(
    "words",
    ["info", "explain add f32 1000x1000", "--version", "bench --help", "bench --list", "race add f32 10 --json"],
)
@pytest.mark.parametrize(("where", "unbuffered"), [(">&-", ""), (">/dev/full", ""), ("<&- >/dev/full", "1")])
def test_output_that_cannot_be_written_is_one_line(words, where, unbuffered):
    done = shell(f"RAPTORS {words} {where}", PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 1
    assert re.fullmatch(r"raptors[\w ]*: cannot write to standard output: [^\n]*\n", done.stderr)


@pytest.mark.parametrize("words", [[], ["--help"], ["help"]])
def test_the_bare_command_lists_the_commands_in_a_line_each(capsys, words):
    assert cli.main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    for name, (_, summary) in cli.COMMANDS.items():
        assert [line for line in lines if line.split() == [name, *summary.split()]]


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("explian", "explain"),
        ("Bench", "bench"),
        ("reg", "regret"),
        ("--verison", "--version"),
        ("zzz", "known are accuracy"),
    ],
)
def test_misspelt_commands(capsys, words, meant):
    assert cli.main([words]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)
    assert meant in captured.err


def test_options_that_mean_nothing(capsys):
    for words, meant in (
        ("bench --suite wiide", "unknown choice 'wiide'; did you mean wide?"),
        ("bench --sweet grid", "unknown option '--sweet'"),
        ("trace --jsn x -- true", "unknown option '--jsn'; did you mean --json?"),
        ("trace --json /no/such/file -- true", "raptors trace: /no/such/file: No such file or directory"),
        ("trace program", "the command goes after `--`"),
        ("regret --sites 0", "must be at least 1"),
        ("regret --seed -1", "must be a whole number, not '-1'"),
        ("regret --calls many", "must be a whole number, not 'many'"),
    ):
        assert cli.main(words.split()) == 2
        captured = capsys.readouterr()
        assert (captured.out, captured.err.count("\n")) == ("", 1)
        assert meant in captured.err


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_help_has_an_example_of_its_command(capsys, command):
    assert cli.main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"\nexample:\n  raptors {command}" in shown
    assert cli.main(["help", command]) == 0
    assert capsys.readouterr().out == shown


OURS = re.compile(r"\b(site|tier|roof|turn|hop|cell|rank)s?\b")


@pytest.mark.parametrize(
    "words", [*(f"{name} --help" for name in cli.COMMANDS), "info", "explain add f64 400x1000", "explain add f64 10"]
)
def test_no_word_of_the_project_that_nobody_explains(capsys, words):
    assert cli.main(words.split()) == 0
    assert not OURS.findall(capsys.readouterr().out.replace("--sites", ""))


def test_what_was_measured_is_kept_where_it_cannot_be_shown(tmp_path):
    done = shell(f"RAPTORS {SMALL} --out {tmp_path} >/dev/full 2>&1")
    assert done.returncode == 1
    assert sorted(os.listdir(tmp_path)) == ["bench.html", "bench.json"]


@pytest.mark.parametrize("where", ["2>&-", "2>/dev/full"])
def test_errors_that_cannot_be_said_are_none(tmp_path, where):
    done = shell(f"RAPTORS {SMALL} --out {tmp_path} {where}", RAPTORS_TUNE="maybe")
    assert done.returncode == 0
    assert "maybe" not in done.stdout
    assert "slice" in done.stdout


def test_a_reader_that_went_away_is_as_sigpipe():
    done = shell("RAPTORS bench --list --suite wide --cases 3000 | head -n 1; echo ${PIPESTATUS[0]}")
    assert done.stdout.splitlines()[-1] == "141"
    assert done.stderr == ""


def test_a_closed_output_is_not_taken_by_the_next_file(tmp_path):
    """Whoever opens a file would get the number of what is closed, and what is printed would go there."""
    done = shell(f"RAPTORS trace --json {tmp_path}/report -- sh -c 'echo text' >&-")
    assert done.returncode != 0
    assert (tmp_path / "report").read_text().startswith("{")


def test_letters_that_a_terminal_would_obey():
    assert console.printable("a µ\x1b[31m\x9b\n\udcff\u202e") == "a µ\\x1b[31m\\x9b\\n\\udcff\\u202e"


def test_messages_are_one_line_that_obeys_nothing():
    done = shell("RAPTORS race $'ad\\x1b[31md\\n' f32 10")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "ad\\x1b[31md\\n" in done.stderr


# ---- Signals


def stop_after(words, sent, until, environment=None):
    """Start a command, send the signal once a line on standard output or a file is there; its status, output and errors."""
    child = subprocess.Popen(
        [*PROGRAM, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    deadline = time.monotonic() + 60
    while not until(child) and child.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    child.send_signal(sent)
    out, err = child.communicate(timeout=60)
    return child.returncode, out, err


def is_at_work(child):
    """Its imports are over, and it has computed for some time since: on a busy machine that is later."""
    with open(f"/proc/{child.pid}/maps") as maps, open(f"/proc/{child.pid}/stat") as stat:
        imported = "_raptors" in maps.read()
        user, system = stat.read().rpartition(")")[2].split()[11:13]
    return imported and (int(user) + int(system)) / os.sysconf("SC_CLK_TCK") > 1.5


on_linux = pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="looks into /proc")


@on_linux
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("words", ["race add f32 20000x1000", "regret --sites 500", "tune --budget 60"])
def test_a_signal_is_one_line_and_its_status(tmp_path, words, sent):
    path = tmp_path / "profile"
    status, out, err = stop_after(words.split(), sent, is_at_work, {"RAPTORS_PROFILE": str(path)})
    assert status == 128 + sent
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 2
    if words.startswith("tune"):
        assert ("measured in" in out) == path.exists() == ("before anything was measured" not in err)


@on_linux
def test_what_is_ignored_stays_ignored():
    done = shell("trap '' HUP; RAPTORS regret --sites 1 --json & sleep 2; kill -HUP $!; wait $!")
    assert done.returncode == 0
    assert '"sites": 1' in done.stdout


def raising(after, stop, value):
    """A function that returns `value` so often, and then raises."""
    calls = []

    def function(*arguments, **options):
        calls.append(arguments)
        if len(calls) > after:
            raise stop
        return value

    return function


def test_race_keeps_the_turns_that_are_over(monkeypatch, capsys):
    module = sys.modules["raptors.choosing.race"]
    tell, over = module._raptors._trial_tell, [0]

    def tell_and_count(*arguments):
        over[0] = tell(*arguments)
        return over[0]

    def time_until_two_turns_are_over(run):
        if over[0] == 2:
            raise console.Stopped(signal.SIGTERM)
        return 1e-3

    monkeypatch.setattr(module._raptors, "_trial_tell", tell_and_count)
    monkeypatch.setattr(module, "_time", time_until_two_turns_are_over)
    assert cli.main(["race", "add", "f32", "1000x1000"]) == 143
    captured = capsys.readouterr()
    assert "1000.0 us" in captured.out
    assert captured.err == ""
    monkeypatch.setattr(module, "_time", raising(1, KeyboardInterrupt(), 1e-3))
    assert cli.main(["race", "add", "f32", "1000x1000"]) == 130
    assert capsys.readouterr() == ("", "raptors race: stopped by SIGINT\n")


def test_regret_sums_up_what_it_has(monkeypatch, capsys):
    row = regret.Row(parse_call("add", "float32", "10"), "a", "b", 0.25, 1e-3)
    monkeypatch.setattr("raptors.choosing.command.measure_regret", raising(2, KeyboardInterrupt(), row))
    assert cli.main(["regret", "--sites", "5"]) == 130
    assert "2 calls, 2 with the best choice or one even with it. Loss: median 25.0 %" in capsys.readouterr().out


def test_tune_keeps_what_it_has(monkeypatch, tmp_path, capsys):
    path = tmp_path / "profile"
    monkeypatch.setenv("RAPTORS_PROFILE", str(path))
    races, met = tuning.race, []
    limit = raising(20, console.Stopped(signal.SIGTERM), None)

    def race_some(call, **options):
        limit()
        met.append(races(call, **options))
        return met[-1]

    monkeypatch.setattr(tuning, "race", race_some)
    assert cli.main(["tune", "--budget", "60", "--ops", "add", "--dtypes", "float32"]) == 143
    keys = {tuning._site_key(result.site) for result in met if result.site}
    assert set(read_sites(path)) == keys != set()
    answer = capsys.readouterr()
    assert f"{len(keys)} kinds of calls measured" in answer.out
    assert "--only-missing goes on" in answer.out
    assert answer.err.splitlines()[-1] == "raptors tune: stopped; what was measured is kept"


def test_bench_stops_as_the_signal_asks():
    run = runner.Run()
    assert run.stopped == 0
    assert console.status_of(KeyboardInterrupt()) == 130
    assert console.status_of(console.Stopped(signal.SIGHUP)) == 129


def test_handlers_are_put_back(monkeypatch):
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    seen = []
    assert console.run("x", lambda: seen.append(signal.getsignal(signal.SIGTERM)) or 0) == 0
    assert seen != [before[1]]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_other_errors_of_the_system_are_one_line_too(capsys):
    assert console.run("raptors x", raising(0, FileNotFoundError(2, "No such file", "a\x1b"), 0)) == 1
    assert capsys.readouterr().err == "raptors x: a\\x1b: No such file\n"


def test_letters_for_terminals_without_them():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="raptors.plain")
    stream.write("3 µs, 512², é")
    stream.seek(0)
    assert stream.buffer.read() == b"3 us, 512^2, \\xe9"
