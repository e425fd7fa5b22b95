/**
 * How every page looks: system fonts, one column, tables that scroll by themselves on a narrow screen, light and dark as
 * the reader's machine is set, and black on white on paper.
 *
 * Colours are variables, so that pictures and the styles that a page adds follow: `--ink`, `--paper`, `--faint`, `--line`,
 * `--panel`, `--link`, and for outcomes `--good`, `--bad`, `--unsure`; classes `good`, `bad`, `unsure` paint text with them.
 * Each has at least 4.5:1 contrast on `--paper` and on `--panel` (WCAG 2.2, 1.4.3).
 *
 * @module
 */

/** CSS. Its hash stands in the page's policy. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1b1f24; --paper: #ffffff; --faint: #57606a; --line: #d0d7de; --panel: #f6f8fa; --link: #0550ae;
  --good: #116329; --bad: #b3161b; --unsure: #7d4e00;
  --good-panel: #e9f7ec; --bad-panel: #fdeeee; --unsure-panel: #fdf5e2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --paper: #0f1419; --faint: #9aa5b1; --line: #343c46; --panel: #181f27; --link: #79b8ff;
    --good: #5fd07c; --bad: #ff8580; --unsure: #e8b54a;
    --good-panel: #11261a; --bad-panel: #331a1c; --unsure-panel: #2e2410;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; text-size-adjust: 100%; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem 1.25rem 2rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; line-height: 1.3; margin: 0; }
h2 { font-size: 1.1rem; margin: 0; display: inline; }
h3 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
p { margin: .5rem 0; }
ul, ol { margin: .5rem 0; padding-left: 1.4rem; }
a { color: var(--link); }
code, pre, .mono { font: .9em/1.45 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
code, td, dd, bdi { unicode-bidi: isolate; }
.good { color: var(--good); } .bad { color: var(--bad); } .unsure { color: var(--unsure); }
.note, .faint { color: var(--faint); font-weight: normal; }
.lead { border-left: .4rem solid var(--line); padding: .75rem 1rem; background: var(--panel); }
.lead:has(.good) { border-color: var(--good); background: var(--good-panel); }
.lead:has(.bad) { border-color: var(--bad); background: var(--bad-panel); }
.lead:has(.unsure) { border-color: var(--unsure); background: var(--unsure-panel); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .75rem 0; }
details.section { border-top: 1px solid var(--line); padding: .75rem 0; }
summary { cursor: pointer; }
details.section > .content { margin-top: .5rem; }
details.fold { margin: .4rem 0; }
details.fold > :not(summary) { margin-left: 1rem; }
pre { margin: .4rem 0; padding: .6rem .75rem; background: var(--panel); border: 1px solid var(--line); border-radius: .3rem;
  white-space: pre; overflow: auto; overflow-wrap: normal; max-height: 36rem; }
.scroll { overflow-x: auto; margin: .4rem 0; overflow-wrap: normal; }
table { border-collapse: collapse; font-size: .93rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--faint); font-weight: 600; white-space: nowrap; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.name { white-space: nowrap; }
td.text { min-width: 13rem; }
tr.bad { color: inherit; } tr.bad td { background: var(--bad-panel); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .5rem 0; }
dt { color: var(--faint); } dd { margin: 0; }
.command { display: flex; align-items: stretch; gap: .4rem; margin: .3rem 0; }
.command > pre { flex: 1; margin: 0; min-width: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
button { font: inherit; font-size: .85rem; padding: .2rem .7rem; color: var(--ink); background: var(--panel);
  border: 1px solid var(--line); border-radius: .3rem; cursor: pointer; }
button:hover { border-color: var(--faint); }
.tag { display: inline-block; padding: 0 .45rem; border: 1px solid currentColor; border-radius: .8rem; font-size: .85em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
footer { border-top: 1px solid var(--line); margin-top: 1.5rem; padding-top: .5rem; color: var(--faint); font-size: .85rem; }
footer p { margin: .15rem 0; }
@media (max-width: 40rem) {
  body { padding: .75rem .75rem 1.5rem; }
  dl { grid-template-columns: 1fr; } dd { margin: 0 0 .4rem .75rem; }
  .command { flex-direction: column; } .command > button { align-self: flex-start; }
}
@media print {
  :root { --ink: #000; --paper: #fff; --faint: #444; --line: #bbb; --panel: #fff; --link: #000;
    --good: #0b4a1d; --bad: #8a0e12; --unsure: #5c3a00; --good-panel: #fff; --bad-panel: #fff; --unsure-panel: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  button, nav { display: none; }
  pre { white-space: pre-wrap; max-height: none; overflow: visible; }
  .scroll { overflow: visible; }
  tr, .command, .lead { break-inside: avoid; }
}
`;
