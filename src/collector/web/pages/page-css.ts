/** The style sheet of our pages: system fonts, few colours, light and dark, good on paper. */
export const PAGE_CSS = `:root {
  color-scheme: light dark;
  --ink: #1c2430; --soft: #5c6773; --line: #dfe3e8; --ground: #f6f7f9; --card: #ffffff;
  --accent: #2f5d8a; --good: #2e7d4f; --warning: #b7791f; --critical: #b3261e; --track: #e8ebef;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e4e8ed; --soft: #98a3af; --line: #2d3640; --ground: #12171d; --card: #1a2129;
    --accent: #7fb0de; --good: #6fc08f; --warning: #e0ac57; --critical: #f07f77; --track: #2b343e;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 72rem; padding: 0 1.5rem 3rem; background: var(--ground);
  color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "PingFang SC",
  "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
}
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
header {
  display: flex; align-items: baseline; gap: 1.25rem; padding: 1.5rem 0 1rem; flex-wrap: wrap;
}
h1 { font-size: 1.5rem; margin: 0; letter-spacing: .02em; }
header p { margin: 0; color: var(--soft); }
nav { margin-left: auto; display: flex; gap: 1.25rem; }
h2 { font-size: 1rem; margin: 0 0 .75rem; }
h3 { font-size: .9rem; margin: 0; font-weight: 500; color: var(--soft); }
section {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 1.1rem 1.25rem; margin: 0 0 1.1rem; overflow-x: auto;
}
.tiles {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1.1rem;
  background: none; border: 0; padding: 0;
}
.tile {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: .8rem 1.1rem; border-top: 3px solid var(--line);
}
.tile b { display: block; font-size: 1.6rem; font-weight: 600; line-height: 1.25; }
.tile span { color: var(--soft); font-size: .85rem; }
.tile.good { border-top-color: var(--good); }
.tile.warning { border-top-color: var(--warning); }
.tile.critical { border-top-color: var(--critical); }
.state { font-weight: 600; }
.state.good { color: var(--good); }
.state.warning { color: var(--warning); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th {
  text-align: left; font-weight: 500; font-size: .8rem; color: var(--soft);
  padding: 0 .9rem .4rem 0; white-space: nowrap;
}
td { padding: .45rem .9rem .45rem 0; border-top: 1px solid var(--line); vertical-align: middle; }
td:last-child, th:last-child { padding-right: 0; }
td a { overflow-wrap: anywhere; }
.level {
  display: inline-block; min-width: 1.6rem; text-align: center; border-radius: 4px;
  color: #fff; background: var(--soft); font-weight: 600;
}
.level.l1 { background: #8c1d18; }
.level.l2 { background: #b3261e; }
.level.l3 { background: #b7791f; }
.mark {
  border: 1px solid var(--line); border-radius: 4px; color: var(--soft); font-size: .75rem;
  padding: 0 .35rem; margin-left: .3rem; white-space: nowrap;
}
.bar { width: 21%; white-space: nowrap; }
.bar svg { width: 6.5rem; height: 8px; border-radius: 4px; vertical-align: middle; }
.bar span { margin-left: .55rem; }
.bar i { color: var(--soft); font-style: normal; font-size: .85rem; }
.track { fill: var(--track); }
.fill { fill: var(--accent); }
.bar.warning .fill { fill: var(--warning); }
.bar.critical .fill { fill: var(--critical); }
.none, .age { color: var(--soft); white-space: nowrap; }
.short { white-space: nowrap; }
.calm { color: var(--soft); margin: 0; }
.pages { margin: .8rem 0 0; color: var(--soft); }
ul { margin: .4rem 0 0; padding-left: 1.1rem; }
dt { font-weight: 600; }
dd { margin: 0 0 .4rem; color: var(--soft); }
code { font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; }
footer { color: var(--soft); font-size: .85rem; }
@media print {
  body { background: #fff; max-width: none; padding: 0; }
  nav { display: none; }
  section, .tile { break-inside: avoid; }
}
`;
