/**
 * Reverse-path filtering rejects the packet: the way back to its source does not lead out of the interface that it came
 * in by, or there is none. For a neighbour this shows already in ARP, which is not answered then.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import { findNetns, type Netns } from '../../host/host.ts';
import type { DeviceName } from '../../host/link.ts';
import { routeText } from '../../host/route-text.ts';
import { confKey } from '../../host/sysctl.ts';
import type { WayBack } from '../../journey/fate.ts';
import type { Address } from '../../net/address.ts';
import { defineRule } from '../define.ts';
import { lookupEvidence, sysctlEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { droppedAs } from '../search/dropped.ts';
import { addRoute, routesTowards } from './no-route.ts';

export const rpFilter = defineRule({
  code: 'rp-filter',
  title: 'Reverse-path filtering rejects the packet',
  source: 'net/ipv4/fib_frontend.c: fib_validate_source(); net/ipv4/arp.c: arp_process()',
  explains: ['neighbor-unresolved'],

  find(context) {
    const rejected = rejectedIn(context);
    if (rejected === undefined) return [];
    const { netns, device, source, mode, reverse } = rejected;
    return [
      {
        netns: netns.name,
        device,
        what:
          reverse === undefined
            ? `${netns.name} rejects what comes from ${source} by ${device}: it has no way back`
            : `${netns.name} rejects what comes from ${source} by ${device}: its way back is "${routeText(reverse)}"`,
        why:
          mode === 1
            ? 'Strict filtering (the larger of the rp_filter of all and of the interface is 1) takes packets, and answers ARP, only on the interface that the way back to the source would use'
            : 'Loose filtering (rp_filter 2) takes a packet only if some route leads back to its source',
        evidence: [
          sysctlEvidence(netns, confKey('ipv4', device, 'rp_filter')),
          sysctlEvidence(netns, confKey('ipv4', 'all', 'rp_filter')),
          lookupEvidence(netns, source, reverse === undefined ? 'Network is unreachable' : routeText(reverse)),
        ],
        repairs: repairsOf(context, rejected),
      },
    ];
  },
});

interface Rejected extends WayBack {
  readonly netns: Netns;
  readonly device: DeviceName;
  readonly source: Address;
}

/** A source that is rejected: the packet's own, or that of the one who asks. */
export function rejectedIn(context: FaultContext): Rejected | undefined {
  return rejectedPacket(context) ?? unansweredAsker(context);
}

function rejectedPacket(context: FaultContext): Rejected | undefined {
  const dropped = droppedAs(context, 'rp-filter');
  if (dropped === undefined) return undefined;
  const { netns, reason } = dropped;
  return { ...reason, netns, device: reason.inDevice };
}

/** The one who asked for the next hop is rejected, so that his question is not answered. */
function unansweredAsker(context: FaultContext): Rejected | undefined {
  const silence = droppedAs(context, 'neighbor-unanswered')?.reason.silence;
  if (silence?.kind !== 'rp-filter') return undefined;
  const netns = findNetns(context.host, silence.owner.netns);
  return netns && { ...silence, netns, device: silence.owner.device, source: silence.sender };
}

/** Loose filtering wants a route as well, so where there is none, only a route helps. */
function repairsOf({ host }: FaultContext, { netns, device, source, mode, reverse }: Rejected): readonly Repair[] {
  const back = routesTowards(host, netns, source).map((route) => addRoute(netns, route, 'reply'));
  if (reverse === undefined || mode !== 1) return back;
  const loosen: Repair = {
    intent: `Let ${device} take packets whose way back is another interface`,
    edits: [{ kind: 'sysctl', netns: netns.name, key: confKey('ipv4', device, 'rp_filter'), value: '2' }],
    sideEffects: `${device} no longer rejects forged sources that some other interface leads to`,
  };
  return [loosen, ...back];
}
