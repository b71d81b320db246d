/**
 * How a report looks in a browser and on paper. Light, dark and print; no font, picture or script.
 *
 * Invariant: every colour of text has a contrast of 4.5 to 1 with what is behind it (WCAG AA).
 *
 * @module
 */
import { markup, type Markup } from "./markup.ts";

/** Between `<style>` and its end, to the byte: the page's policy names the digest of it. */
export const STYLE: Markup = markup`
:root {
  --paper: #ffffff; --panel: #f4f5f7; --rule: #d0d5db;
  --ink: #1b1f24; --dim: #545d68; --good: #0f5f26; --attention: #754800; --bad: #a40e26;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --panel: #1d2125; --rule: #3a4149;
    --ink: #e6e8ea; --dim: #a3abb3; --good: #7ee2a0; --attention: #f2c46d; --bad: #ff9d9d;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 76rem; padding: 2rem 1.25rem 4rem;
  color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; }
h2 {
  margin: 2.5rem 0 .75rem; padding-bottom: .25rem;
  border-bottom: 1px solid var(--rule); font-size: 1.25rem;
}
p { margin: .5rem 0; max-width: 46rem; }
header p { color: var(--dim); font-size: 1.1rem; max-width: none; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1rem 0; padding: 0; }
nav li { list-style: none; }
a { color: inherit; }
a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
.dim { color: var(--dim); }
.good { color: var(--good); }
.attention { color: var(--attention); }
.bad { color: var(--bad); }
.result {
  margin: 0 0 1rem; padding: .75rem 1rem; max-width: none;
  border-left: .4rem solid; background: var(--panel);
}
.result span { display: block; color: var(--ink); }
dl {
  display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1.5rem;
  margin: .5rem 0 1rem;
}
dt { color: var(--dim); }
dd { margin: 0; }
table { width: 100%; margin: .75rem 0; border-collapse: collapse; font-size: .875rem; }
caption { padding: .5rem 0; text-align: left; font-weight: 600; font-size: 1rem; }
th, td { padding: .2rem .75rem .2rem 0; text-align: left; vertical-align: top; }
th { color: var(--dim); font-weight: 600; border-bottom: 1px solid var(--rule); }
th[scope="rowgroup"] { padding-top: .9rem; color: var(--ink); }
td { border-bottom: 1px solid var(--rule); }
th.number, td.number { text-align: right; }
.number, .time, .word { white-space: nowrap; font-variant-numeric: tabular-nums; width: 1%; }
td.number, td.time, td.name, td.outcome, pre, code { font-family: ui-monospace, monospace; }
td.outcome { width: 14%; }
tr.refused td.outcome { color: var(--bad); }
pre { margin: .75rem 0; font-size: .8125rem; line-height: 1.45; white-space: pre-wrap; }
pre span { display: block; padding-left: 6ch; text-indent: -6ch; }
pre.command { padding: .5rem .75rem; background: var(--panel); }
footer { margin-top: 3rem; color: var(--dim); }
@media (max-width: 40rem) {
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: .5rem; }
}
@media print {
  @page { margin: 14mm 12mm; }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  nav { display: none; }
  h1 { font-size: 16pt; }
  h2 { font-size: 12pt; break-after: avoid; }
  table, pre { font-size: 7.5pt; }
  caption { font-size: 9.5pt; break-after: avoid; }
  thead { display: table-header-group; }
  tr, dt, dd, pre span, .result { break-inside: avoid; }
  .result, pre.command { border: 1px solid var(--rule); background: none; }
}
`;
