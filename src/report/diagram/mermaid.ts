/**
 * A topology for Mermaid, which many wikis and issue trackers draw: a subgraph for each namespace, a node for each device.
 *
 * Labels are quoted, and in them every character that is more than a letter, a digit or harmless punctuation is written
 * as its entity (`#34;`): Mermaid gives a meaning to brackets, backticks, HTML and more.
 *
 * Source: https://mermaid.js.org/syntax/flowchart.html (special characters that break syntax; entity codes).
 *
 * @module
 */

import { NO_MARKS } from '../../topology/comparison.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Chip, Drawing, Line } from '../svg/drawing.ts';
import { drawingOf } from '../svg/topology-drawing.ts';

/** The whole diagram, to be put between the fences of a `mermaid` block. @param fold Whether much that is alike is told in one. */
export function mermaidText(topology: Topology, fold = true): string {
  const { drawing } = drawingOf(topology, NO_MARKS, fold);
  const chips = drawing.boxes.flatMap(({ ports, inside }) => [...ports.map(({ chip }) => chip), ...inside]);
  const odd = chips.filter(({ classes }) => classes.includes('odd')).map(({ id }) => id);
  return [
    'flowchart LR',
    ...drawing.boxes.flatMap(boxLines),
    ...drawing.lines.map(lineText),
    ...(odd.length === 0 ? [] : ['  classDef odd stroke:#c77700,stroke-width:2px', `  class ${odd.join(',')} odd`]),
    '',
  ].join('\n');
}

function boxLines({ id, title, ports, inside, classes }: Drawing['boxes'][number]): readonly string[] {
  const chips = [...ports.map(({ chip }) => chip), ...inside];
  if (classes.includes('beyond')) return [`  ${id}(["${escaped(title)}"])`];
  if (chips.length === 0) return [`  ${id}["${escaped(title)}"]`];
  return [`  subgraph ${id} ["${escaped(title)}"]`, ...chips.map(chipLine), '  end'];
}

function chipLine({ id, texts }: Chip): string {
  const label = texts.map(
    ({ text, as }, index) => `${index === 0 ? '' : as === 'kind' ? ' ' : '<br/>'}${escaped(text)}`,
  );
  return `    ${id}["${label.join('')}"]`;
}

function lineText({ from, to, classes }: Line): string {
  const isSolid = classes.includes('veth') || classes.includes('port') || classes.includes('stacked');
  return `  ${from} ${isSolid ? '---' : '-.-'} ${to}`;
}

function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N} .:/_-]/gu, (character) => `#${character.codePointAt(0)};`);
}
