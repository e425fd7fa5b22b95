/**
 * How it was asked, how much was looked at and what is not known, as pairs of a label and a sentence: the end of a
 * report, in text and in HTML.
 *
 * @module
 */

import type { Diagnosis, Looked } from '../diagnosis/diagnosis.ts';
import { unseenText } from '../diagnosis/looked.ts';
import type { KernelTrace } from '../journey/kernel-trace.ts';
import { counted } from '../postmortem/counted.ts';

/** One line of it, unescaped. */
export interface LookedFact {
  readonly label: 'Compare' | 'Wire' | 'Kernel' | 'Looked' | 'Unseen';
  readonly text: string;
  /** Shows the same again. */
  readonly command: readonly string[] | undefined;
}

/** A report that looked at little says so here. */
export function lookedFacts(diagnosis: Diagnosis): readonly LookedFact[] {
  return [
    ...(diagnosis.contrast === undefined ? [] : [fact('Compare', diagnosis.contrast)]),
    wireFact(diagnosis),
    ...kernelFacts(diagnosis),
    fact('Looked', readText(diagnosis.looked)),
    fact('Unseen', unseenText(diagnosis.looked)),
  ];
}

function fact(label: LookedFact['label'], text: string, command?: readonly string[]): LookedFact {
  return { label, text, command };
}

function wireFact({ wire }: Diagnosis): LookedFact {
  if (wire === undefined) return fact('Wire', 'not asked');
  const { command, sent, received, watched, captureDrops } = wire.observation;
  const lost = captureDrops === 0 ? '' : `, which lost ${counted(captureDrops, 'packet')}`;
  const listened =
    watched.length === 0 ? 'tcpdump listened nowhere' : `tcpdump listened in ${watched.join(', ')}${lost}`;
  return fact('Wire', `${sent} sent, ${received} answered; ${listened}`, command);
}

function kernelFacts({ routeWitnesses, wire }: Diagnosis): readonly LookedFact[] {
  const errors = routeWitnesses.filter(({ answer }) => answer.kind === 'error').length;
  const refused = errors === 0 ? '' : `, ${errors} without a route`;
  const said = [
    ...(routeWitnesses.length === 0
      ? []
      : [`asked for ${counted(routeWitnesses.length, 'route')} (ip route get)${refused}`]),
    ...traceText(wire?.observation.kernel),
  ];
  return said.length === 0 ? [] : [fact('Kernel', said.join('; '))];
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

/** How much was read. */
export function readText(looked: Looked): string {
  const counts = [
    counted(looked.namespaces, 'namespace'),
    counted(looked.links, 'link'),
    counted(looked.routes, 'route'),
    counted(looked.rules, 'policy rule'),
    counted(looked.filterRules, 'firewall rule'),
    counted(looked.sockets, 'socket'),
  ];
  return `${counts.join(', ')} read; Linux ${looked.kernel}`;
}
