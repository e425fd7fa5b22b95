/**
 * A namespace cannot speak to its own addresses, because all such traffic goes by lo, and lo is down. A new namespace
 * is born with lo down.
 *
 * @module
 */

import { linksOf, type Netns } from '../../host/host.ts';
import { isLoopback } from '../../net/address.ts';
import { defineRule } from '../define.ts';
import { linkEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { droppedAs, unroutedIn } from '../search/dropped.ts';
import { owns } from '../search/way.ts';

export const loDown = defineRule({
  code: 'lo-down',
  title: 'The loopback interface is down',
  source: 'net/ipv4/route.c: ip_route_output_key_hash_rcu(), a local destination leaves by loopback_dev',
  explains: ['no-route', 'no-interface', 'link-down', 'no-address', 'disconnected'],

  find(context) {
    const netns = needsLo(context);
    const lo = netns && linksOf(netns).find(({ detail, up }) => detail.kind === 'loopback' && !up);
    if (netns === undefined || lo === undefined) return [];
    const ref = { netns: netns.name, device: lo.name };
    return [
      {
        ...ref,
        what: `lo in ${netns.name} is down`,
        why: 'A packet from a namespace to an address of its own goes by lo, also when the address is on another interface; 127.0.0.1 and ::1 are given to lo when it comes up',
        evidence: linkEvidence(context.host, ref),
        repairs: [{ intent: 'Bring lo up', edits: [{ kind: 'link-up', ...ref }], sideEffects: undefined }],
      },
    ];
  },
});

function needsLo(context: FaultContext): Netns | undefined {
  const egress = droppedAs(context, 'egress-down');
  if (egress !== undefined) return egress.netns;
  const unrouted = unroutedIn(context);
  if (unrouted === undefined) return undefined;
  return isLoopback(unrouted.destination) || owns(unrouted.netns, unrouted.destination) ? unrouted.netns : undefined;
}
