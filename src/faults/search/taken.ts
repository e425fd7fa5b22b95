/**
 * What on a device took the packet, or may have: as findings, whichever code it goes by.
 *
 * @module
 */

import { inNetns, ipIn } from '../../host/commands-enter.ts';
import { findNetns, type Host } from '../../host/host.ts';
import type { Interceptor } from '../../host/interceptor.ts';
import type { DropReason, Fate, Suspect } from '../../journey/fate.ts';
import type { Found } from '../define.ts';
import { placeText } from './text.ts';

/** What takes it for certain. `frameBytes`: of a frame that is too long for it. */
export interface Taker extends Suspect {
  readonly frameBytes: number | undefined;
}

/** What is known to have taken it. */
export function takersOf(reason: DropReason): readonly Taker[] {
  if (reason.kind === 'intercepted') return [reason];
  const blocks = reason.kind === 'frame-blocked' ? [reason.block] : 'search' in reason ? reason.search.blocks : [];
  return blocks.flatMap(({ at, because, interceptor }) =>
    because === 'intercepted' && interceptor !== undefined ? [{ at, interceptor, frameBytes: undefined }] : [],
  );
}

/** What may have taken it, the first on its way: the wire can tell. */
export function suspectOf(fate: Fate): Suspect | undefined {
  return fate.kind === 'undecided' ? fate.suspects?.[0] : undefined;
}

/** What, why and the command, for one of them. @param what Of the interceptor, behind its name. */
export function foundAt(host: Host, { at, interceptor }: Suspect, what: string): Found {
  return {
    ...at,
    what: `${placeText(at)} has ${articleFor(interceptor.name)} ${interceptor.name} ${what}`,
    why: ORDER[interceptor.sort.kind === 'xdp' ? 'xdp' : interceptor.side],
    evidence: [{ witness: 'model', command: showing(host, at, interceptor), text: interceptor.line }],
    repairs: [
      {
        intent: `Take the ${interceptor.name} off ${at.device}`,
        edits: [{ kind: 'interceptor-delete', ...at, interceptor }],
        sideEffects: 'Whoever put it there wanted something of other traffic as well',
      },
    ],
  };
}

const ORDER = {
  egress:
    'What leaves by a device passes its egress filters and its queueing discipline before tcpdump sees it, and both may drop it',
  ingress:
    'What comes in by a device passes its ingress filters right behind tcpdump and ahead of everything else, and they may drop it',
  xdp: 'A program of XDP sees what comes in by the device ahead of everything else, tcpdump included, and may drop it',
} as const;

function articleFor(name: string): string {
  return /^X/.test(name) ? 'an' : 'a';
}

function showing(host: Host, at: Suspect['at'], { sort }: Interceptor): readonly string[] | undefined {
  const netns = findNetns(host, at.netns);
  if (netns === undefined) return undefined;
  switch (sort.kind) {
    case 'qdisc':
      return inNetns(netns, ['tc', 'qdisc', 'show', 'dev', at.device]);
    case 'filter':
      return inNetns(netns, ['tc', 'filter', 'show', 'dev', at.device, sort.hook]);
    case 'xdp':
      return ipIn(netns, ['link', 'show', 'dev', at.device]);
  }
}
