/**
 * Reverse-path filtering rejects the packet: the way back to its source does not lead out of the interface that it came
 * in by, or there is none.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import { routeText } from '../../host/route-text.ts';
import { confKey } from '../../host/sysctl.ts';
import { defineRule } from '../define.ts';
import { lookupEvidence, sysctlEvidence } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';
import { addRoute, routesTowards } from './no-route.ts';

export const rpFilter = defineRule({
  code: 'rp-filter',
  title: 'Reverse-path filtering rejects the packet',
  source: 'net/ipv4/fib_frontend.c: fib_validate_source(); Documentation/networking/ip-sysctl.rst',
  explains: [],

  find(context) {
    const dropped = droppedAs(context, 'rp-filter');
    if (dropped === undefined) return [];
    const { netns, reason } = dropped;
    const own = confKey('ipv4', reason.inDevice, 'rp_filter');
    const back = routesTowards(context.host, netns, reason.source).map((route) => addRoute(netns, route, 'reply'));
    const loosen: Repair = {
      intent: `Let ${reason.inDevice} take packets whose way back is another interface`,
      edits: [{ kind: 'sysctl', netns: netns.name, key: own, value: '2' }],
      sideEffects: `${reason.inDevice} no longer rejects forged sources that some other interface leads to`,
    };
    return [
      {
        netns: netns.name,
        device: reason.inDevice,
        what:
          reason.reverse === undefined
            ? `${netns.name} rejects what comes from ${reason.source} by ${reason.inDevice}: it has no way back`
            : `${netns.name} rejects what comes from ${reason.source} by ${reason.inDevice}: its way back is ${reason.reverseDevice ?? routeText(reason.reverse)}`,
        why:
          reason.mode === 1
            ? 'Strict filtering (the larger of the rp_filter of all and of the interface is 1) takes a packet only by the interface that the way back to its source would use'
            : 'Loose filtering (rp_filter 2) takes a packet only if some route leads back to its source',
        evidence: [
          sysctlEvidence(netns, own),
          sysctlEvidence(netns, confKey('ipv4', 'all', 'rp_filter')),
          lookupEvidence(
            netns,
            reason.source,
            reason.reverse === undefined ? 'Network is unreachable' : routeText(reason.reverse),
          ),
        ],
        // Loose filtering wants a route as well; where there is none, only a route helps.
        repairs: reason.reverse === undefined ? back : reason.mode === 1 ? [loosen, ...back] : back,
      },
    ];
  },
});
