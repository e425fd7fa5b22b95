import { expect, test } from 'vitest';
import { dotText } from '../../../src/report/diagram/dot.ts';
import { mermaidText } from '../../../src/report/diagram/mermaid.ts';
import { topologyOf } from '../../../src/topology/topology.ts';
import { bridged, hostile, overlay } from '../../topology/worlds.ts';

test('dotText() has a cluster for each namespace, and an edge for each wire', () => {
  const dot = dotText(topologyOf(bridged()));

  expect(dot.match(/subgraph cluster_/g)).toHaveLength(3);
  expect(dot.match(/ -- /g)).toHaveLength(5);
  expect(dot).toContain('label="br0 (bridge)\\n10.0.0.254/24"');
});

test('dotText() leaves no name out of its quotes', () => {
  const dot = dotText(topologyOf(hostile()));
  // Quoted strings taken out, what is left is ours alone.
  expect(dot.replace(/"(?:[^"\\]|\\.)*"/g, '""')).toMatch(/^[\w\s{}[\]=,;."#-]*$/);
  expect(dot).toContain('\\"];x[\\"');
});

test('mermaidText() has a subgraph for each namespace, and a link for each wire', () => {
  const diagram = mermaidText(topologyOf(overlay()));

  expect(diagram.match(/^ {2}subgraph /gm)).toHaveLength(2);
  expect(diagram.match(/ (---|-\.-) /g)).toHaveLength(2);
});

test('mermaidText() writes what it could read as its own syntax as entities', () => {
  const diagram = mermaidText(topologyOf(hostile()));

  expect(diagram).toContain('#34;#93;#59;x#91;#34;');
  expect(diagram.replaceAll('<br/>', ' ')).not.toMatch(/[<>$`\\]/);
});
