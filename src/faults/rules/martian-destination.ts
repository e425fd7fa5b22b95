/**
 * The kernel refuses the packet because of its destination address: one that must not appear on a wire, or not here.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import type { DeviceRef } from '../../host/link.ts';
import { confKey } from '../../host/sysctl.ts';
import { type Address, familyOf, isLoopback } from '../../net/address.ts';
import { defineRule } from '../define.ts';
import { derived } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';

export const martianDestination = defineRule({
  code: 'martian-destination',
  title: 'The destination address is refused here',
  source: 'RFC 1812 section 5.3.7; net/ipv4/route.c: ip_route_input_slow()',
  explains: [],

  find(context) {
    const dropped = droppedAs(context, 'martian-destination');
    if (dropped === undefined) return [];
    const { netns, device, reason } = dropped;
    return [
      {
        netns: netns.name,
        device: device?.device,
        what: `${netns.name} refuses a packet with the destination ${reason.address}`,
        why: `The kernel drops packets with an impossible destination address: ${reason.because}`,
        evidence: [derived(reason.because)],
        repairs: isInetLoopback(reason.address) && device !== undefined ? [letIn(device)] : [],
      },
    ];
  },
});

function isInetLoopback(address: Address): boolean {
  return familyOf(address) === 'inet' && isLoopback(address);
}

/** What a DNAT to 127.0.0.1 needs, for the packet to come in and for its answer to leave. */
function letIn({ netns, device }: DeviceRef): Repair {
  return {
    intent: `Let what comes in by ${device} go to 127.0.0.0/8`,
    edits: [{ kind: 'sysctl', netns, key: confKey('ipv4', device, 'route_localnet'), value: '1' }],
    sideEffects: `Whoever is on ${device} can then reach the services of ${netns} that listen on 127.0.0.1 alone`,
  };
}
