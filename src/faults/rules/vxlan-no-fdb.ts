/**
 * A vxlan knows no far end to send the frame to: no `remote`, no all-zero entry, none for the MAC.
 *
 * @module
 */

import { bridgeIn } from '../../host/commands-enter.ts';
import { findNetns, sameDevice } from '../../host/host.ts';
import type { Mac } from '../../net/mac.ts';
import { defineRule } from '../define.ts';
import type { FaultContext } from '../rule.ts';
import { crossingOf } from '../search/crossing.ts';
import { droppedAs } from '../search/dropped.ts';
import { placeText } from '../search/text.ts';
import { entriesOf, farEndOf, underlayAddress, type Vxlan, vxlanAt } from '../search/tunnel.ts';

const ALL_ZERO = '00:00:00:00:00:00' as Mac;

export const vxlanNoFdb = defineRule({
  code: 'vxlan-no-fdb',
  title: 'A vxlan has no far end to send the frame to',
  source: 'drivers/net/vxlan/vxlan_core.c: vxlan_xmit(), vxlan_find_mac()',
  explains: ['neighbor-unresolved', 'address-not-found', 'gateway-unreachable', 'no-address', 'disconnected'],

  find(context) {
    const { host } = context;
    const tunnel = blindTunnel(context);
    if (tunnel === undefined) return [];
    const { ref } = tunnel;
    const netns = findNetns(host, ref.netns);
    const entries = entriesOf(host, tunnel);
    const far = farEndOf(host, tunnel, nexthopFrom(context, tunnel));
    const destination = far && underlayAddress(host, tunnel, far);
    return [
      {
        ...ref,
        what: `${placeText(ref)} has no far end to send the frame to: no remote, and no entry for its MAC or for all`,
        why: 'A vxlan sends frames whose MAC it does not know to its all-zero entries, of which "remote" makes one; without any it drops them. It learns MACs only from what comes in',
        evidence: [
          {
            witness: 'model',
            command: netns && bridgeIn(netns, ['fdb', 'show', 'dev', ref.device]),
            text:
              entries.length === 0
                ? 'no entry with a dst'
                : entries.map(({ mac, destination: dst }) => `${mac} dst ${dst}`).join(', '),
          },
        ],
        repairs:
          far === undefined || destination === undefined
            ? []
            : [
                {
                  intent: `Tell ${ref.device} of the other end, ${placeText(far.ref)}`,
                  edits: [{ kind: 'fdb-remote', ...ref, mac: ALL_ZERO, destination, how: 'append' }],
                  sideEffects: undefined,
                },
              ],
      },
    ];
  },
});

/** The tunnel on the wire to the next hop, or on the way back of its answer. */
function blindTunnel(context: FaultContext): Vxlan | undefined {
  const frame = droppedAs(context, 'frame-blocked')?.reason;
  const blocks = frame
    ? [frame.block]
    : (droppedAs(context, 'neighbor-unanswered', 'mac-unowned')?.reason.search.blocks ?? []);
  const blind = blocks.filter(({ because }) => because === 'no-fdb').map(({ at }) => at);
  const wire = crossingOf(context)?.wire;
  // Nobody has the next hop: what a tunnel would have brought, nobody knows.
  const onWay = wire === undefined ? undefined : blind.find((ref) => wire.some((each) => sameDevice(each, ref)));
  return onWay && vxlanAt(context.host, onWay);
}

/** Whom the tunnel leads to: the next hop, or, from the far side of the wire, the one who asked. */
function nexthopFrom(context: FaultContext, { ref }: Vxlan) {
  const crossing = crossingOf(context);
  const at = crossing?.wire?.findIndex((each) => sameDevice(each, ref)) ?? -1;
  const next = crossing?.wire?.[at + 1];
  const isNear = next !== undefined && vxlanAt(context.host, next) !== undefined;
  return isNear ? crossing?.nexthop : undefined;
}
