# SPDX-License-Identifier: BSD-3-Clause
"""What `raptors bench` says and writes: terminal, page, JSON, picture; and its command line. No test asserts a time."""

import io
import json
import math
from html.parser import HTMLParser

import pytest

from bench_rows import MACHINE, cell_of, result
from raptors.bench import charts, command, grid, main, output, page, picture, runner, small, wide
from raptors.bench.drawing import Axis
from raptors.bench.terminal import Progress, print_report


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.words = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def every_section():
    scale = result("scale/out/2048/float32", grid.SCALE, 2.5, operation="out=", detail="2048²", roof_seconds=9e-5)
    scale.roof_mover = "Raptors' copy"
    lost = result("wide/0/0001/add/int8", wide.WIDE, 0.5, reproducer="a = np.ones(3); a < 2 & 1")
    failed = result("wide/0/0002/add/int8", wide.WIDE, math.nan, status="error", message="TypeError: <b>&</b>")
    return [result(), result(section=grid.GRID_ONE), scale, result(section=small.SMALL), lost, failed]


def test_the_page_is_whole_and_needs_nothing_else():
    text = page.render_page(
        every_section(),
        MACHINE,
        {
            "seconds": 1.0,
        },
        "It was busy.",
    )
    parsed = Page()
    parsed.feed(text)
    parsed.close()
    assert parsed.open == []
    assert "://" not in text
    assert "url(" not in text
    assert "@import" not in text
    tags = [tag for tag, _ in parsed.seen]
    assert not {"script", "link", "img", "iframe", "object"} & set(tags)
    assert not [attributes for _, attributes in parsed.seen if {"src", "href"} & attributes.keys()]
    pictures = [attributes for tag, attributes in parsed.seen if tag == "svg"]
    assert len(pictures) == 5
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in pictures)
    assert tags.count("table") == tags.count("caption") == 7
    words = "".join(parsed.words)
    assert "a = np.ones(3); a < 2 & 1" in words
    assert "TypeError: <b>&</b>" in words
    assert "a <CPU>" in words
    assert "nan" not in words
    assert words.index("faster in 4 of 6 cases, even in 0, slower in 1, wrong or failed in 1") < words.index("a <CPU>")
    assert "It was busy." in words
    assert "Goals" not in words
    assert "Goals" in page.render_page(every_section(), MACHINE, {"goals": True})


def test_json_has_no_nan(tmp_path):
    path = tmp_path / "a" / "x.json"
    assert output.write_files({path: output.as_text(output.as_document(every_section(), MACHINE, {}))}) == []
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["cases"][0]["verdict"] == "faster"
    assert document["cases"][5]["ratio"] is None
    assert document["headline"].startswith("Raptors is faster in 4 of 6 cases")
    assert {row["section"] for row in document["summary"]} == {row.section for row in every_section()}
    assert document["goals"] == []
    assert output.as_document(every_section(), MACHINE, {"goals": True})["goals"]


def written(path, *rows):
    path.write_text(output.as_text(output.as_document(rows, MACHINE, {})))
    return path


def test_two_runs_are_held_against_each_other(tmp_path, capsys):
    rows = [result(name=str(i)) for i in range(20)]
    one = written(tmp_path / "1", *rows, result("only here"))
    assert main(["--compare", str(one), str(written(tmp_path / "2", *rows[1:], result("0", ratio=4.0)))]) == 0
    assert capsys.readouterr().out == (
        "the intervals of 19 of 20 cases meet, 95.0%\n  0: 2 [1.8, 2.2] and 4 [3.6, 4.4]\n"
    )
    two = written(tmp_path / "3", *rows[2:], result("0", ratio=4.0), result("1", ratio=0.1))
    assert main(["--compare", str(one), str(two)]) == 1
    (tmp_path / "none").write_text("[]")
    for other in ("none", "absent"):
        assert main(["--compare", str(one), str(tmp_path / other)]) == 2
    assert main(["--compare", str(one), str(written(tmp_path / "4", result("another")))]) == 2


def test_the_picture_says_what_it_was_measured_on():
    text = picture.render_picture(every_section(), MACHINE)
    parsed = Page()
    parsed.feed(text)
    assert parsed.open == []
    assert parsed.seen[0][0] == "svg"
    words = "".join(parsed.words)
    for said in ("a <CPU>", "2026-01-01", "Raptors 1, 2 threads", "NumPy 2, 1 thread", "right of 1, Raptors is faster"):
        assert said in words
    assert picture.render_picture([result(section=small.SMALL)], MACHINE) == ""


def test_terminal_report_and_progress():
    stream = io.StringIO()
    print_report(every_section(), MACHINE, "It was busy.", stream)
    text = stream.getvalue()
    head = ["Raptors is faster in 4 of 6 cases, even in 0, slower in 1, wrong or failed in 1.", "  0.50x [0.45, 0.55]"]
    assert [line[: len(start)] for line, start in zip(text.splitlines(), head, strict=False)] == head
    assert text.index("a <CPU>, 2026-01-01. NumPy 2 on 1 thread") < text.index("It was busy.") < text.index("case  ")
    assert "goals" not in text
    assert "a = np.ones(3); a < 2 & 1" in text
    assert "error: wide/0/0002/add/int8: TypeError: <b>&</b>" in text
    assert "0.90" in text
    print_report(every_section(), MACHINE, "", stream, goals=True)
    assert "goals" in stream.getvalue()


def test_a_long_list_of_losses_is_cut():
    stream = io.StringIO()
    print_report([result(f"cell {i}", ratio=0.5) for i in range(99)], MACHINE, "", stream)
    assert "slower in 99" in stream.getvalue()
    assert "and 74 more, in the tables" in stream.getvalue()


def test_progress_of_blocks():
    lines = io.StringIO()
    progress = Progress(lines, 3, 2)
    for block in range(2):
        progress.report(block, 0, cell_of(None, "one"), None)
        progress.report(block, 0, cell_of(None, "one"), result())
    progress.finish()
    assert lines.getvalue() == "[1/3] 0:00  one  2.00x\n"
    lines = io.StringIO()
    lines.isatty = lambda: True
    Progress(lines, 4, 2).report(1, 2, cell_of(None, "one"), result())
    assert lines.getvalue() == "\r\033[K 75% 0:00  block 2 of 2: one  2.00x"


def test_axes():
    axis = Axis(0.5, 50.0, 0.0, 100.0, logarithmic=True)
    assert axis.at(5.0) == pytest.approx(50.0)
    assert axis.at(1e9) == 100.0
    assert axis.ticks() == [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
    assert Axis(0.0, 1.1, 0.0, 1.0, logarithmic=False).ticks() == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert charts.nanosecond_label(3000.0) == "3 µs"


# ---- The command


@pytest.mark.parametrize(
    "words",
    [
        ["--nonsense"],
        ["--suite", "fast"],
        ["--seed", "-1"],
        ["--cases", "0"],
        ["--budget", "nan"],
        ["--threads", "two"],
        ["--only", "nothing/*"],
    ],
)
def test_bad_options_are_one_line_and_exit_2(words, capsys):
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("raptors bench: ")
    assert captured.err.count("\n") == 1


def test_help(capsys):
    assert main(["--help"]) == 0
    assert "--suite" in capsys.readouterr().out


def test_list_is_the_same_twice(capsys):
    words = ["--suite", "wide", "--seed", "5", "--cases", "8", "--list"]
    assert main(words) == 0
    first = capsys.readouterr().out
    assert main(words) == 0
    assert capsys.readouterr().out == first
    assert first.count("wide/5/") == 8


def test_a_whole_run(tmp_path, capsys):
    words = [
        "--only",
        "small/add/1*/float64",
        "--budget",
        "0.1",
        "--quick",
        "--wait",
        "0",
        "--out",
        str(tmp_path / "out"),
    ]
    assert main(words) == 0
    assert "small/add/1000/float64" in capsys.readouterr().err
    document = json.loads((tmp_path / "out" / "bench.json").read_text(encoding="utf-8"))
    assert [cell["elements"] for cell in document["cases"]] == [1, 10, 100, 1000]
    assert (tmp_path / "out" / "bench.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_an_unwritable_directory_is_said_at_once_or_beside_the_table(tmp_path, capsys, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    words = [
        "--only",
        "small/slice/1/float32",
        "--budget",
        "0.05",
        "--quick",
        "--wait",
        "0",
        "--out",
        str(blocked / "out"),
    ]
    assert main(words) == 1
    captured = capsys.readouterr()
    assert "a[1:]" not in captured.out
    assert "raptors bench: cannot write" in captured.err
    monkeypatch.setattr("raptors.bench.output.cannot_write", lambda paths: [])  # as if it could be, until the end
    assert main(words) == 1
    captured = capsys.readouterr()
    assert "a[1:]" in captured.out
    assert "raptors bench: cannot write" in captured.err


def test_a_stopped_command_says_what_it_has_and_exits_as_the_signal_asks(monkeypatch, tmp_path, capsys):
    def cut(*arguments, **options):
        return runner.Run([result(section=small.SMALL)], 1.0, 143)

    monkeypatch.setattr(runner, "run_cells", cut)
    assert main(["--suite", "small", "--wait", "0", "--out", str(tmp_path)]) == 143
    out = capsys.readouterr().out
    assert "1 of 56 cases" in out
    assert "The run was stopped" in " ".join(out.split())
    assert "The run was stopped" in (tmp_path / "bench.html").read_text(encoding="utf-8")


def test_defaults():
    options = command.parse([])
    assert (options.suite, options.budget, str(options.json)) == ("grid", 105.0, "bench-out/bench.json")
    assert command.parse(["--quick", "--suite", "wide"]).cases < command.parse(["--suite", "wide"]).cases
