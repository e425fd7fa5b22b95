/**
 * A topology for Graphviz: a cluster for each namespace, a node for each device.
 *
 * Every name stands in a quoted string, in which only the quote ends it; a backslash is doubled, because labels give it
 * a meaning (`\N`, `\l`).
 *
 * Source: https://graphviz.org/doc/info/lang.html, https://graphviz.org/docs/attr-types/escString/.
 *
 * @module
 */

import { NO_MARKS } from '../../topology/comparison.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Chip, Drawing, Line } from '../svg/drawing.ts';
import { drawingOf } from '../svg/topology-drawing.ts';

const STYLE: Readonly<Record<string, string>> = {
  tunnel: 'style=dashed, color=blue',
  'open-tunnel': 'style=dashed, color=red',
  outside: 'style=dotted',
  unseen: 'style=dotted, color=red',
};

/** The whole file. @param fold Whether much that is alike is told in one. */
export function dotText(topology: Topology, fold = true): string {
  const { drawing } = drawingOf(topology, NO_MARKS, fold);
  return [
    'graph nsdiag {',
    '  graph [rankdir=LR, fontname="monospace", fontsize=12, compound=true];',
    '  node [shape=box, fontname="monospace", fontsize=10];',
    ...drawing.boxes.flatMap(boxLines),
    ...drawing.lines.map(lineText),
    '}',
    '',
  ].join('\n');
}

function boxLines({ id, title, ports, inside, classes }: Drawing['boxes'][number]): readonly string[] {
  const chips = [...ports.map(({ chip }) => chip), ...inside];
  if (classes.includes('beyond')) return [`  ${id} [label=${quoted(title)}, shape=plaintext];`];
  const color = classes.includes('odd') ? ' color=orange;' : ' color=gray;';
  return [
    `  subgraph cluster_${id} {`,
    `    label=${quoted(title)};${color}`,
    // A cluster without a node is not drawn.
    ...(chips.length === 0 ? [`    ${id} [label="", shape=point, style=invis];`] : chips.map(chipLine)),
    '  }',
  ];
}

function chipLine({ id, texts, classes, details }: Chip): string {
  const label = texts.map(({ text, as }, index) =>
    as === 'kind' ? ` (${text})` : `${index === 0 ? '' : '\n'}${text}`,
  );
  const color = classes.includes('odd') ? ', color=orange' : '';
  const style = classes.includes('down') ? ', style=dashed' : '';
  return `    ${id} [label=${quoted(label.join(''))}, tooltip=${quoted(details.join('\n'))}${color}${style}];`;
}

function lineText({ from, to, classes }: Line): string {
  const style = STYLE[classes[0] ?? ''];
  return `  ${from} -- ${to}${style === undefined ? '' : ` [${style}]`};`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
