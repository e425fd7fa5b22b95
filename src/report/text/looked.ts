/**
 * The last lines of a report: how it was asked, how much was looked at, and what is not known.
 *
 * @module
 */

import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { escapeText } from '../escape.ts';
import { shellLine } from '../shell-quote.ts';
import { counted, paragraph, type Style } from './style.ts';

/** A report that looked at little says so here. */
export function lookedText(diagnosis: Diagnosis, style: Style): string {
  return [
    ...(diagnosis.notes.length === 0
      ? []
      : [style.colors.yellow('Notes'), ...diagnosis.notes.map((note) => paragraph(note, style, '- ')), '']),
    ...wireLines(diagnosis, style),
    ...kernelLines(diagnosis, style),
    snapshotLine(diagnosis, style),
  ].join('\n');
}

function wireLines({ wire }: Diagnosis, style: Style): readonly string[] {
  if (wire === undefined) return [paragraph('not asked', style, 'Wire    ')];
  const { command, sent, received, watched, captureDrops } = wire.observation;
  const lost = captureDrops === 0 ? '' : `, which lost ${counted(captureDrops, 'packet')}`;
  const listened =
    watched.length === 0 ? 'tcpdump listened nowhere' : `tcpdump listened in ${watched.join(', ')}${lost}`;
  return [
    paragraph(`${sent} sent, ${received} answered; ${listened}`, style, 'Wire    '),
    `        ${style.colors.dim(`$ ${shellLine(command)}`)}`,
  ];
}

function kernelLines({ routeWitnesses }: Diagnosis, style: Style): readonly string[] {
  if (routeWitnesses.length === 0) return [];
  const errors = routeWitnesses.filter(({ answer }) => answer.kind === 'error').length;
  const refused = errors === 0 ? '' : `, ${errors} without a route`;
  return [
    paragraph(`asked for ${counted(routeWitnesses.length, 'route')} (ip route get)${refused}`, style, 'Kernel  '),
  ];
}

function snapshotLine({ looked }: Diagnosis, style: Style): string {
  const counts = [
    counted(looked.namespaces, 'namespace'),
    counted(looked.links, 'link'),
    counted(looked.routes, 'route'),
    counted(looked.rules, 'policy rule'),
    counted(looked.filterRules, 'firewall rule'),
    counted(looked.sockets, 'socket'),
  ];
  return paragraph(`${counts.join(', ')} read; Linux ${escapeText(looked.kernel)}`, style, 'Looked  ');
}
