# SPDX-License-Identifier: BSD-3-Clause
"""The report's style sheet: light and dark, from a phone's width up. Colours differ in lightness as well as hue."""

STYLE = """
:root { color-scheme: light dark; --paper: #fbfbf9; --card: #ffffff; --ink: #1d2327; --muted: #5b666e; --line:
  #e1e4e3;
  --strong: #8a949a; --raptors: #0b7a75; --numpy: #c8691c; --bad: #b3261e; --even: #7c878e; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181a; --card: #1b2124; --ink: #e7eaea; --muted: #a3adb2;
  --line: #2e363a; --strong: #77838a; --raptors: #45c4b8; --numpy: #f0a05a; --bad: #ff8a80; --even: #93a0a7; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI",
  Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1020px; margin: 0 auto; padding: 28px 16px 64px; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 1.25rem; margin: 48px 0 4px; }
h3 { font-size: 1rem; margin: 0 0 6px; }
p { margin: 6px 0 14px; max-width: 70ch; }
.headline { font-size: 1.25rem; font-weight: 600; } .warning { color: var(--bad); font-weight: 600; }
.losses { margin: 6px 0 14px; padding-left: 20px; font-size: 0.875rem; columns: 2 22rem; }
.muted { color: var(--muted); }
.small { font-size: 0.875rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(158px, 1fr)); gap: 12px; margin: 24px 0 8px; }
.tile, figure { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 12px 16px 14px; }
.tile b { display: block; font-size: 1.9rem; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
.tile span { display: block; font-size: 0.875rem; color: var(--muted); }
.tile .name { color: var(--ink); font-weight: 600; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 16px; margin:
  14px 0; }
figure { margin: 0; padding: 14px 12px 10px; min-width: 0; }
figcaption { font-weight: 600; font-size: 0.95rem; margin: 0 2px 8px; }
.chart { display: block; width: 100%; height: auto; max-width: 520px; margin: 0 auto; }
.key { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 0.875rem; color: var(--muted); margin: 8px 0 0;
  padding: 0; list-style: none; }
.key i { display: inline-block; width: 11px; height: 11px; border-radius: 50%; margin-right: 6px; vertical-align:
  -1px; }
.key i.bar { border-radius: 2px; } .key i.mark { width: 3px; border-radius: 0; height: 14px; vertical-align: -3px; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--card); margin: 10px
  0; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 10px 12px 6px; font-weight: 600; }
th, td { padding: 5px 12px; text-align: left; white-space: nowrap; border-top: 1px solid var(--line); }
th { font-weight: 600; } thead th { color: var(--muted); border-top: 0; }
tbody th { font-weight: 500; }
.number { text-align: right; }
td.words, th.words { white-space: normal; min-width: 14rem; }
td code { font: 0.8125rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: normal;
  overflow-wrap: anywhere; display: block; min-width: 18rem; }
.state { font-weight: 600; }
.met, .t-faster { color: var(--raptors); } .short, .t-slower, .t-WRONG, .t-error { color: var(--bad); }
.t-even { color: var(--muted); }
details { margin: 12px 0; } summary { cursor: pointer; color: var(--muted); padding: 4px 0; }
summary:focus-visible { outline: 2px solid var(--raptors); outline-offset: 2px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; font-size: 0.875rem; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; fill: var(--muted);
  font-variant-numeric: tabular-nums; }
svg text.group { fill: var(--ink); font-weight: 600; font-size: 12.5px; } svg text.value { fill: var(--ink); }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .even-line { stroke: var(--strong); stroke-width: 1.4; } svg .roof-line { stroke: var(--ink); stroke-width: 1.4; }
svg .whisker { stroke-width: 2.4; stroke-linecap: round; opacity: 0.5; } svg .joint { stroke: var(--line);
  stroke-width: 3; }
svg .dot { stroke: var(--card); stroke-width: 1; }
svg .dot.faster, svg .dot.raptors, svg .bar.raptors, .key .raptors { fill: var(--raptors); background: var(--raptors);
  }
svg .dot.numpy, .key .numpy { fill: var(--numpy); background: var(--numpy); }
svg .dot.slower, .key .slower { fill: var(--bad); background: var(--bad); }
svg .dot.even, .key .even { fill: var(--even); background: var(--even); }
svg .whisker.faster { stroke: var(--raptors); } svg .whisker.slower { stroke: var(--bad); }
svg .whisker.even { stroke: var(--even); } svg .mark.numpy { stroke: var(--numpy); stroke-width: 3; }
svg .cross { stroke: var(--bad); stroke-width: 2; fill: none; } .key .roof { background: var(--ink); }
@media (max-width: 480px) { main { padding: 20px 10px 48px; } figure { padding: 12px 6px 8px; } h2 { margin-top: 36px;
  }
  th, td { padding: 5px 8px; } }
@media print { details { display: none; } }
"""
