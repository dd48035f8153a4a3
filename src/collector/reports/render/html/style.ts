/** Print first: A4, repeated table heads, nothing that needs colour to be understood. */

export const STYLE = `
@page { size: A4 portrait; margin: 17mm 15mm 16mm;
  @bottom-right { content: counter(page) " / " counter(pages); font: 8.5pt sans-serif; color: #555; } }
@page cover { margin: 24mm 22mm; @bottom-right { content: ""; } }
@page wide { size: A4 landscape; margin: 13mm 11mm 13mm;
  @bottom-right { content: counter(page) " / " counter(pages); font: 8.5pt sans-serif; color: #555; } }
:root { --ink: #1b1f24; --soft: #4b5563; --line: #b8c0ca; --faint: #e5e8ec; --accent: #1f3a5f; }
* { box-sizing: border-box; }
html { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
body { margin: 0; color: var(--ink); background: #fff; font: 10.5pt/1.55 "Noto Sans CJK SC",
  "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; }
h1, h2, .cover { font-family: "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", SimSun,
  Georgia, "Times New Roman", serif; }
h2 { font-size: 15pt; line-height: 1.3; color: var(--accent); margin: 0 0 4mm; padding-bottom: 1.6mm;
  border-bottom: 1.6pt solid var(--accent); break-after: avoid; }
h3 { font-size: 11pt; margin: 6mm 0 2mm; break-after: avoid; }
p { margin: 0 0 2.5mm; }
.chapter { margin: 0 0 10mm; }
.break { break-before: page; }
.note, figcaption { color: var(--soft); font-size: 9pt; }
.why { color: var(--soft); border-left: 2.5pt solid var(--line); padding: .6mm 0 .6mm 3mm; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; font-size: 8.8pt;
  line-height: 1.4; margin: 0 0 3mm; border-top: 1.2pt solid var(--ink); border-bottom: 1.2pt solid var(--ink); }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th { text-align: left; font-weight: 600; vertical-align: bottom; padding: 1mm 1.2mm;
  border-bottom: .8pt solid var(--ink); }
td { padding: 1mm 1.2mm; vertical-align: top; border-top: .5pt solid var(--line); overflow-wrap: anywhere; }
td.n, th.n { text-align: right; overflow-wrap: normal; }
td.c, th.c { text-align: center; }
td.k, th.k { white-space: nowrap; overflow-wrap: normal; }
td.lead { font-weight: 600; }
tr.has-says { break-after: avoid; }
tr.says td { border-top: 0; color: var(--soft); padding-top: 0; font-size: 8.6pt; }
tr.group td { background: #f7f8fa; font-weight: 600; }
tr.greyed td { color: #7a828c; background: #f4f5f6; }
.tag { display: inline-block; padding: 0 1.3mm; border: .8pt solid var(--ink);
  border-radius: .8mm; font-size: 8.2pt; line-height: 1.45; }
.tag.urgent { background: #1b1f24; color: #fff; font-weight: 700; }
.tag.add { background: #d4d8de; font-weight: 700; }
.tag.plan, .tag.watch { font-weight: 600; }
.tag.plan { border-style: dashed; }
.tag.keep { border-color: transparent; color: var(--soft); padding: 0; }
.tag.insufficient { border-style: dotted; color: var(--soft); }
.tag.reduce { border-color: var(--accent); color: var(--accent); font-weight: 600; }
.tag.idle { border-color: var(--accent); color: var(--accent); border-style: dashed; }
.demo { font-size: 7.8pt; border: .6pt solid var(--soft); padding: 0 .8mm; color: var(--soft); white-space: nowrap; }
.address { color: var(--soft); font-size: 8pt; display: block; }
.cover { page: cover; min-height: 245mm; display: flex; flex-direction: column; break-after: page; }
.cover .org { font-size: 14pt; letter-spacing: .08em; min-height: 8mm; }
.cover .rule { border-top: 2.4pt solid var(--accent); border-bottom: .6pt solid var(--accent); height: 1.6mm; margin: 5mm 0 46mm; }
.cover h1 { font-size: 33pt; line-height: 1.2; margin: 0 0 5mm; letter-spacing: .06em; font-weight: 700; }
.cover .month { font-size: 19pt; color: var(--accent); margin: 0 0 14mm; }
.cover .warning { border: 1.2pt solid var(--ink); padding: 2mm 4mm; font-size: 11pt; align-self: flex-start; margin: 0 0 8mm; }
.cover dl { display: grid; grid-template-columns: max-content 1fr; gap: 1.6mm 6mm; margin: 0; font-size: 10.5pt; }
.cover dt { color: var(--soft); }
.cover dd { margin: 0; overflow-wrap: anywhere; }
.cover dd.digest { font: 8.5pt/1.6 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; }
.signs { margin-top: auto; display: grid; grid-template-columns: repeat(3, 1fr); border: .8pt solid var(--ink); }
.signs div { padding: 3mm 4mm; min-height: 38mm; border-left: .8pt solid var(--ink); display: flex; flex-direction: column; }
.signs div:first-child { border-left: 0; }
.signs b { font-size: 11.5pt; margin-bottom: auto; }
.signs span { font-size: 10pt; display: flex; gap: 2mm; margin-top: 5mm; }
.signs span::after { content: ""; flex: 1; border-bottom: .6pt solid var(--ink); }
.six { display: grid; grid-template-columns: repeat(6, 1fr); border: .8pt solid var(--ink); margin: 0 0 5mm; }
.six div { padding: 2.5mm 2mm 2mm; text-align: center; border-left: .5pt solid var(--line); }
.six div:first-child { border-left: 0; }
.six b { display: block; font: 700 21pt/1.1 Georgia, "Times New Roman", "Noto Serif CJK SC", serif; }
.six span { display: block; font-size: 9pt; }
.six small { color: var(--soft); font-size: 8pt; min-height: 1.4em; display: block; }
ol.actions { list-style: none; margin: 0; padding: 0; counter-reset: action; }
figure { margin: 3mm 0 4mm; break-inside: avoid; }
figure svg { width: 100%; height: auto; display: block; }
figure b { font-size: 9.6pt; }
.strips figure { margin: 0 0 2.5mm; }
.bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: 1mm 3mm; font-size: 9pt; align-items: center; max-width: 120mm; margin-bottom: 4mm; }
.bars i { display: block; height: 3mm; background: #4b5563; }
svg.spark { display: block; }
svg.spark path { fill: none; stroke: #1b1f24; stroke-width: 1; }
svg.spark path.limit { stroke: #9aa2ad; stroke-width: .6; stroke-dasharray: 2 1.5; }
svg.spark circle { fill: #1b1f24; }
.wide { page: wide; break-before: page; break-after: page; }
.wide table { font-size: 7.4pt; line-height: 1.32; }
.wide th, .wide td { padding: .7mm .8mm; border: .5pt solid var(--line); }
.wide th { background: #eef1f4; } .wide td.n { white-space: nowrap; }
.wide .tag { font-size: 7.2pt; padding: 0 .9mm; }
.wide .address { font-size: 6.8pt; }
dl.terms { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 4mm; font-size: 9pt; }
dl.terms dt { font-weight: 600; } dl.terms dd { margin: 0; }
@media screen {
  html { background: #e6e9ed; }
  body { max-width: 210mm; margin: 8mm auto; padding: 16mm 15mm; box-shadow: 0 1px 8px rgba(0,0,0,.18); }
  .cover { min-height: 250mm; margin-bottom: 12mm; padding-bottom: 10mm; border-bottom: .5pt solid var(--line); }
  .wide { overflow-x: auto; }
}
`;
