/**
 * The last lines of a report: how it was asked, how much was looked at, and what is not known.
 *
 * @module
 */

import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { unseenText } from '../../diagnosis/looked.ts';
import type { KernelTrace } from '../../journey/kernel-trace.ts';
import { escapeText } from '../escape.ts';
import { shellLine } from '../shell-quote.ts';
import { counted, paragraph, type Style } from './style.ts';

/** A report that looked at little says so here. */
export function lookedText(diagnosis: Diagnosis, style: Style): string {
  return [
    ...(diagnosis.notes.length === 0
      ? []
      : [style.colors.yellow('Notes'), ...diagnosis.notes.map((note) => paragraph(note, style, '- ')), '']),
    ...(diagnosis.contrast === undefined ? [] : [paragraph(diagnosis.contrast, style, 'Compare ')]),
    ...wireLines(diagnosis, style),
    ...kernelLines(diagnosis, style),
    snapshotLine(diagnosis, style),
    paragraph(unseenText(diagnosis.looked), style, 'Unseen  '),
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

function kernelLines({ routeWitnesses, wire }: Diagnosis, style: Style): readonly string[] {
  const errors = routeWitnesses.filter(({ answer }) => answer.kind === 'error').length;
  const refused = errors === 0 ? '' : `, ${errors} without a route`;
  const said = [
    ...(routeWitnesses.length === 0
      ? []
      : [`asked for ${counted(routeWitnesses.length, 'route')} (ip route get)${refused}`]),
    ...traceText(wire?.observation.kernel),
  ];
  return said.length === 0 ? [] : [paragraph(said.join('; '), style, 'Kernel  ')];
}

/** One packet more was traced, by whom; that nothing was told of it is an answer too. */
function traceText(trace: KernelTrace | undefined): readonly string[] {
  if (trace === undefined) return [];
  const by = [
    ...(trace.heard.tracefs ? ['tracefs'] : []),
    ...(trace.heard.nft.length === 0 ? [] : [`nft in ${trace.heard.nft.join(', ')}`]),
  ].join(' and ');
  const silence = trace.events.length === 0 ? ', which told nothing of it' : '';
  const traced = by === '' ? [] : [`one packet more traced by ${by}${silence}`];
  return [...traced, ...trace.obstacles];
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
