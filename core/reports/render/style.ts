import { asVariables, DARK, LIGHT } from './palette.ts';

/** The look of a report: light and dark by the reader's system, one column on a phone, black on white on paper. */
export const STYLE = `
:root { color-scheme: light dark; ${asVariables(LIGHT)} }
@media (prefers-color-scheme: dark) { :root { ${asVariables(DARK)} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.15rem; margin: 0 0 .8rem; }
h3 { font-size: .95rem; margin: 1.2rem 0 .5rem; }
.subtitle, .source, .legend, .ends, .note { color: var(--soft); font-size: .85rem; }
.subtitle { margin: 0 0 1rem; }
.summary { font-size: 1.1rem; margin: 0 0 1.5rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.25rem; margin: 0 0 1rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1rem; margin: 0; }
.figures dt { color: var(--soft); font-size: .82rem; line-height: 1.3; }
.figures dd { margin: .1rem 0 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures .note { display: block; font-weight: 400; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; white-space: nowrap; }
td { overflow-wrap: break-word; }
td:last-child { overflow-wrap: anywhere; }
a { color: var(--bar); }
.critical { color: var(--critical); font-weight: 600; }
.warning { color: var(--warning); font-weight: 600; }
.row { display: grid; grid-template-columns: minmax(7rem, 14rem) minmax(6rem, 1fr) minmax(8rem, 17rem); gap: .75rem; align-items: center; padding: .12rem 0; }
.label { overflow-wrap: anywhere; font-size: .88rem; }
.text { color: var(--soft); font-size: .85rem; font-variant-numeric: tabular-nums; }
.plot svg, .columns svg { display: block; overflow: visible; }
.bar { fill: var(--bar); } .beside { fill: var(--beside); } .beyond { fill: var(--beyond); } .dot { fill: var(--bar); }
.whisker { stroke: var(--bar); stroke-width: 2; } .mark { stroke: var(--mark); stroke-width: 1; stroke-dasharray: 3 3; }
.legend { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem; margin: .5rem 0 0; }
.key { display: inline-block; width: .8rem; height: .55rem; border-radius: 2px; background: var(--bar); }
.key:not(:first-child) { margin-left: .7rem; }
.key-beside { background: var(--beside); } .key-mark { background: none; border-left: 2px dashed var(--mark); width: 0; border-radius: 0; height: .8rem; }
.ends { display: flex; justify-content: space-between; gap: 1rem; margin: .3rem 0 0; border-top: 1px solid var(--line); padding-top: .2rem; }
.source { margin: .4rem 0 1rem; } section > .source:last-child { margin-bottom: 0; }
ul { margin: 0; padding-left: 1.2rem; } li { margin: .2rem 0; }
pre { overflow-x: auto; background: var(--page); border: 1px solid var(--line); border-radius: 6px; padding: .7rem .9rem; font-size: .78rem; line-height: 1.45; }
details summary { cursor: pointer; padding: .25rem 0; }
@media (max-width: 40rem) { table { min-width: 34rem; } main { padding: 1.2rem .8rem 3rem; } section { padding: .9rem; }
  .row { grid-template-columns: 1fr; gap: .1rem; padding: .35rem 0; } h1 { font-size: 1.35rem; } .ends span:nth-child(2) { display: none; } }
@media print { :root { --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc; --bar: #2b5690; --beside: #999; --beyond: #b33; --mark: #666; --critical: #900; --warning: #750; color-scheme: light; }
  main { max-width: none; padding: 0; } section { break-inside: avoid; border: 0; padding: 0 0 .6rem; } pre { white-space: pre-wrap; } a { color: inherit; } }
`.trim();
