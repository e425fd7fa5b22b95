/**
 * How pictures look. The colours are variables of the page that a picture stands in (../html/page-style.ts); a picture
 * that is a file of its own brings them along, light and dark.
 *
 * @module
 */

/** CSS for a page with pictures. */
export const PICTURE_STYLE = `
.picture { font: 12px ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
.picture text { fill: var(--ink); white-space: pre; }
.picture .box rect { fill: var(--panel); stroke: var(--line); stroke-width: 1.5; }
.picture .box .title { font-weight: bold; }
.picture .box .note, .picture .kind { fill: var(--faint); font-weight: normal; }
.picture .box.beyond rect { fill: none; stroke-dasharray: 4 3; }
.picture .box.beyond .title { fill: var(--faint); font-weight: normal; }
.picture .box.unread rect { stroke-dasharray: 4 3; }
.picture .box.odd rect { stroke: var(--unsure); }
.picture .chip rect { fill: var(--paper); stroke: var(--faint); }
.picture .chip.bridge rect { stroke-width: 2; }
.picture .chip.down rect { stroke-dasharray: 3 2; }
.picture .chip.down .name { fill: var(--faint); }
.picture .chip.odd rect { stroke: var(--unsure); fill: var(--unsure-panel); }
.picture .name { font-weight: bold; }
.picture .warning { fill: var(--unsure); font-weight: bold; }
.picture .line { fill: none; stroke: var(--faint); stroke-width: 1.5; }
.picture .line.port, .picture .line.stacked { stroke-width: 1; }
.picture .line.tunnel, .picture .line.open-tunnel { stroke-dasharray: 7 4; stroke: var(--link); }
.picture .line.outside, .picture .line.unseen { stroke-dasharray: 2 3; }
.picture .way { fill: none; stroke-width: 3; stroke-linejoin: round; }
.picture .way.request { stroke: var(--link); }
.picture .way.reply { stroke: var(--good); }
.picture .head.request { fill: var(--link); }
.picture .head.reply { fill: var(--good); }
.picture .chip.on-way rect { stroke: var(--link); stroke-width: 2; }
.picture .death { stroke: var(--bad); stroke-width: 4; stroke-linecap: round; fill: none; }
.picture .chip.dead rect, .picture .box.dead > rect { stroke: var(--bad); stroke-width: 2.5; fill: var(--bad-panel); }
.picture .box.added > rect, .picture .chip.added > rect { stroke: var(--good); stroke-width: 2; fill: var(--good-panel); }
.picture .box.changed > rect, .picture .chip.changed > rect { stroke: var(--unsure); stroke-width: 2.5; }
.picture .box.removed > rect, .picture .chip.removed > rect { stroke: var(--bad); stroke-width: 2; stroke-dasharray: 5 3;
  fill: none; }
.picture .removed > text { fill: var(--faint); text-decoration: line-through; }
.picture .line.added { stroke: var(--good); stroke-width: 2; }
.picture .line.removed { stroke: var(--bad); stroke-dasharray: 5 3; }
`;

/** What a page would bring: its colours, and paper behind the picture. */
export const OWN_COLOURS = `
svg.picture {
  --ink: #1b1f24; --paper: #ffffff; --faint: #57606a; --line: #d0d7de; --panel: #f6f8fa; --link: #0550ae;
  --good: #116329; --bad: #b3161b; --unsure: #7d4e00;
  --good-panel: #e9f7ec; --bad-panel: #fdeeee; --unsure-panel: #fdf5e2;
}
@media (prefers-color-scheme: dark) {
  svg.picture {
    --ink: #e6edf3; --paper: #0f1419; --faint: #9aa5b1; --line: #343c46; --panel: #181f27; --link: #79b8ff;
    --good: #5fd07c; --bad: #ff8580; --unsure: #e8b54a;
    --good-panel: #11261a; --bad-panel: #331a1c; --unsure-panel: #2e2410;
  }
}
.picture .paper { fill: var(--paper); }
`;
