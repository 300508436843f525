# SPDX-License-Identifier: BSD-3-Clause
"""The HTML report: one file that needs nothing else. Every chart's figures are in a table as well."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from .calls import CALLS
from .cells import Result, losses, sorted_rows, wrong_cells
from .charts import call_bounds, call_chart, ratio_bounds, ratio_chart, roof_chart, scatter_chart
from .cold import COLD
from .figures import by_section, extra_columns, interval, microseconds, rival, summarise, times
from .goals import judge
from .grid import GRID_ALL, GRID_ONE, SCALE
from .load import LOAD
from .small import SMALL
from .terminal import again
from .theme import STYLE
from .verdict import headline, method, place, where
from .whole import WHOLE
from .wide import WIDE

Sections = dict[str, list[Result]]
DRAWN = (GRID_ALL, GRID_ONE, SCALE, SMALL, COLD, LOAD, CALLS, WHOLE, WIDE)  # what has a chart


def render_page(results: Sequence[Result], machine: dict[str, Any], settings: dict[str, Any], note: str = "") -> str:
    """The whole page, as text."""
    sections = by_section(results)
    body = [
        _head(machine, settings, results, note),
        _tiles(sections),
        _grid(sections),
        _scale(sections.get(SCALE, [])),
        _small(sections.get(SMALL, [])),
        _one_chart(
            sections.get(COLD, []),
            "The first five calls",
            "Each measured in fresh processes, of NumPy and of Raptors in turn: the time of the first five calls together, "
            "without importing the library and making the operands.",
        ),
        _one_chart(
            sections.get(LOAD, []),
            "Beside busy programs",
            f"Single calls of Raptors and NumPy in turn, while {settings.get('load')} other programs computed. The dots are "
            "ratios of medians; the table has those of the 99th percentiles too.",
        ),
        _one_chart(
            sections.get(CALLS, []),
            "The calls that programs make most",
            "On 1000, 100,000 and 4 million elements: Raptors' own, and some that it passes on to NumPy.",
        ),
        _one_chart(
            sections.get(WHOLE, []),
            "Whole programs",
            "Each program runs in processes of its own, in turn: with NumPy, with `import raptors as np` instead, and with "
            "NumPy and its inputs wrapped by raptors.asarray. Importing is not counted; the first call of everything is.",
        ),
        _wide(sections.get(WIDE, [])),
        _tables({section: rows for section, rows in sections.items() if section not in DRAWN}),
        _goals(results) if settings.get("goals") else "",
        _machine(machine, settings),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Raptors against NumPy {escape(machine['numpy'])}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{''.join(part for part in body if part)}</main>\n</body>\n</html>\n"
    )


def _head(machine: dict[str, Any], settings: dict[str, Any], results: Sequence[Result], note: str) -> str:
    """The answer first: faster, even and slower, which are slower, on what; then how it was measured."""
    slower = [f"{place(row)}: {times(row.ratio)} {interval(row)}" for row in losses(results)]
    slower += [f"{place(row)}: {row.status}: {row.message}" for row in wrong_cells(results)]
    items = "".join(f"<li>{escape(words)}</li>" for words in slower)
    listed = f'<p>Slower here, the worst first:</p>\n<ul class="losses">{items}</ul>\n' if slower else ""
    warning = f'<p class="warning">{escape(note)}</p>\n' if note else ""
    explanation = (
        f"{method(results)} Both run in one process, in turn (Raptors, NumPy, NumPy, Raptors), and each answer is checked "
        f"before it is timed. {len(results)} cases in {settings.get('seconds', 0):.0f} s."
    )
    return (
        f"<h1>Raptors {escape(machine['raptors'])} against NumPy {escape(machine['numpy'])}</h1>\n"
        f'<p class="headline">{escape(headline(results))}.</p>\n<p class="muted">{escape(where(machine))}</p>\n'
        f"{warning}{listed}<p>{escape(explanation)}</p>\n"
    )


def _tiles(sections: Sections) -> str:
    tiles = []
    for section, rows in sections.items():
        summary = summarise(section, rows)
        wrong = f", {summary.wrong} wrong or failed" if summary.wrong else ""
        tiles.append(
            f'<div class="tile"><span class="name">{escape(section)}</span><b>{times(summary.geometric_mean)}</b>'
            f"<span>geometric mean; worst {times(summary.worst)}</span>"
            f"<span>{summary.faster} faster, {summary.even} even, {summary.slower} slower{wrong}</span></div>"
        )
    return f'<div class="tiles">{"".join(tiles)}</div>\n'


def _goals(results: Sequence[Result]) -> str:
    rows = []
    for goal in judge(results):
        mark = "✓" if goal.met else "✕"
        rows.append(
            f'<tr><th scope="row" class="words">{escape(goal.section)}: {escape(goal.text)}</th><td>{goal.level}</td>'
            f'<td class="number">{escape(goal.measured)}</td>'
            f'<td class="state {goal.state}">{mark} {goal.state}</td></tr>'
        )
    head = '<th scope="col">goal</th><th scope="col">level</th><th scope="col" class="number">measured</th>'
    return (
        '<h2>Goals</h2>\n<div class="scroll" tabindex="0"><table>'
        "<caption>What the project must reach and aims at</caption>"
        f'<thead><tr>{head}<th scope="col">state</th></tr></thead><tbody>{"".join(rows)}</tbody></table></div>\n'
    )


def _key(*entries: tuple[str, str]) -> str:
    items = "".join(f'<li><i class="{style}"></i>{escape(words)}</li>' for style, words in entries)
    return f'<ul class="key">{items}</ul>\n'


VERDICT_KEY = (("faster", "Raptors faster"), ("even", "even: the interval holds 1"), ("slower", "NumPy faster"))


def _verdict_key() -> str:
    return _key(*((f"raptors {style}" if style == "faster" else style, words) for style, words in VERDICT_KEY))


def _figure(caption: str, chart: str) -> str:
    return f"<figure><figcaption>{escape(caption)}</figcaption>{chart}</figure>"


def _grid(sections: Sections) -> str:
    shown = {section: sorted_rows(sections[section]) for section in (GRID_ALL, GRID_ONE) if section in sections}
    if not shown:
        return ""
    bounds = ratio_bounds([row for rows in shown.values() for row in rows])
    figures = [
        _figure(section, ratio_chart(rows, f"Ratios of the {section}; the table below has the figures", bounds))
        for section, rows in shown.items()
    ]
    tables = "".join(_details(f"Table: {section}", _table(section, rows)) for section, rows in shown.items())
    return (
        "<h2>The 36 cases</h2>\n<p>Square matrices, in two types and three sizes. NumPy runs these on one thread "
        "in either chart. The tables say which share of the memory's speed each reaches: the fastest that anything "
        "measured here moved the same bytes, reading them alone or copying them, on as many threads, in the same rounds.</p>"
        f'\n{_verdict_key()}<div class="charts">{"".join(figures)}</div>\n{tables}'
    )


def _scale(rows: Sequence[Result]) -> str:
    if not rows:
        return ""
    figures = []
    for dtype in dict.fromkeys(row.dtype for row in rows):
        chosen = sorted_rows([row for row in rows if row.dtype == dtype])
        title = f"Scaling {dtype} matrices, as fractions of the memory's speed; the table below has the figures"
        figures.append(_figure(dtype, roof_chart(chosen, title)))
    key = _key(("bar raptors", "Raptors"), ("mark numpy", "NumPy"), ("mark roof", "the memory's speed"))
    return (
        "<h2>Scaling, beside the memory's speed</h2>\n<p>A matrix times 1.0009765625, on all cores: into a new array, "
        "into one that is there (out=), and in place. The memory's speed, 1, is the fastest that anything measured here moved "
        "the same bytes: NumPy's copy or negation, on one thread and on all, Raptors' own, or the call itself where nothing was faster.</p>\n"
        f'{key}<div class="charts">{"".join(figures)}</div>\n'
        f"{_details('Table: scaling', _table(SCALE, sorted_rows(rows)))}"
    )


def _small(rows: Sequence[Result]) -> str:
    if not rows:
        return ""
    bounds = call_bounds(rows)
    figures = []
    for dtype in dict.fromkeys(row.dtype for row in rows):
        chosen = [row for row in rows if row.dtype == dtype]
        figures.append(
            _figure(dtype, call_chart(chosen, f"Time a call, {dtype}; the table below has the figures", bounds))
        )
    return (
        "<h2>Small calls</h2>\n<p>One call on 1 to 1000 elements: the time from Python and back.</p>\n"
        f'{_key(("raptors", "Raptors"), ("numpy", "NumPy"))}<div class="charts">{"".join(figures)}</div>\n'
        f"{_details('Table: small calls', _table(SMALL, rows))}"
    )


def _one_chart(rows: Sequence[Result], title: str, words: str) -> str:
    if not rows:
        return ""
    ordered, section = sorted_rows(rows), rows[0].section
    chart = ratio_chart(ordered, f"Ratios, {section}; the table below has the figures", ratio_bounds(rows))
    return (
        f"<h2>{escape(title)}</h2>\n<p>{escape(words)}</p>\n"
        f'{_verdict_key()}<div class="charts">{_figure(section, chart)}</div>\n'
        f"{_details(f'Table: {section}', _table(section, ordered))}"
    )


def _wide(rows: Sequence[Result]) -> str:
    if not rows:
        return ""
    lost, wrong = losses(rows), wrong_cells(rows)
    chart = scatter_chart(rows, "Ratio over number of elements, random cases; the tables below have the figures")
    parts = [
        "<h2>Random cases</h2>\n<p>Shapes, layouts, types and operations drawn at random; a seed draws the same cases "
        f'everywhere.</p>\n{_verdict_key()}<div class="charts">{_figure("Ratio by size", chart)}</div>\n'
    ]
    if wrong:
        parts.append(_loss_table("Wrong or failed", wrong, lambda row: f"{row.status}: {row.message}"))
    if lost:
        parts.append(_loss_table("NumPy is faster", lost, lambda row: f"{times(row.ratio)} {interval(row)}"))
        parts.append(f'<p class="small muted">{escape(again(rows))}</p>\n')
    else:
        parts.append("<p>NumPy is faster in none of them, beyond its interval.</p>\n")
    parts.append(_details("Table: all random cases", _table(WIDE, sorted(rows, key=lambda row: row.name))))
    return "".join(parts)


def _loss_table(caption: str, rows: Sequence[Result], outcome: Any) -> str:
    lines = [
        f'<tr><th scope="row">{escape(row.name)}</th><td class="words">{escape(outcome(row))}</td>'
        f"<td><code>{escape(row.reproducer)}</code></td></tr>"
        for row in rows
    ]
    head = '<th scope="col">case</th><th scope="col">outcome</th><th scope="col">to repeat it</th>'
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>\n"
    )


def _details(title: str, content: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{content}</details>\n"


def _tables(sections: Sections) -> str:
    """The sections that have too many rows for a chart, or rows of many kinds."""
    return "".join(
        _details(f"Table: {section}", _table(section, sorted_rows(rows))) for section, rows in sections.items()
    )


def _table(caption: str, rows: Sequence[Result]) -> str:
    extra = extra_columns(rows)
    movers = any(row.roof_mover for row in rows)
    beside = f"{rival(rows)} µs"
    heads = ["case", "operands", "type", beside, "Raptors µs", "ratio", "95 % interval", *extra]
    heads += ["what moved them so"] * movers + ["verdict"]
    numeric = {beside, "Raptors µs", "ratio", "95 % interval", *extra}
    lines = []
    for row in rows:
        texts = [
            row.operation,
            row.detail,
            row.dtype,
            microseconds(row.numpy_seconds),
            microseconds(row.raptors_seconds),
            times(row.ratio),
            interval(row),
        ]
        texts += [show(row) for show in extra.values()] + [row.roof_mover] * movers
        cells = [f'<th scope="row">{escape(texts[0])}</th>']
        cells += [_cell(text, head in numeric) for text, head in zip(texts[1:], heads[1:], strict=False)]
        cells.append(f'<td class="state t-{row.verdict}">{escape(row.verdict)}</td>')
        lines.append(f"<tr>{''.join(cells)}</tr>")
    head = "".join(f'<th scope="col"{" class=number" if text in numeric else ""}>{text}</th>' for text in heads)
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>\n"
    )


def _cell(text: str, numeric: bool) -> str:
    return f"<td{' class=number' if numeric else ''}>{escape(text)}</td>"


def _machine(machine: dict[str, Any], settings: dict[str, Any]) -> str:
    pairs: dict[str, Any] = {key: value for key, value in machine.items() if key != "info"}
    pairs |= {f"raptors info: {key}": value for key, value in machine["info"].items()}
    pairs |= {f"setting: {key}": value for key, value in settings.items() if value is not None}
    rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(str(value))}</dd>" for key, value in pairs.items())
    return f"<h2>Machine and settings</h2>\n<dl>{rows}</dl>\n"
