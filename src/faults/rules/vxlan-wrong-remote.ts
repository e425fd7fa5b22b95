/**
 * A vxlan sends its packets to an address that the other end does not have, or takes the other end's for a stranger's.
 *
 * @module
 */

import { bridgeIn, ipIn } from '../../host/commands-enter.ts';
import type { Edit } from '../../host/edit.ts';
import { findNetns, type Host } from '../../host/host.ts';
import type { FdbEntry } from '../../host/route.ts';
import type { Step } from '../../journey/step.ts';
import type { Address } from '../../net/address.ts';
import type { Mac } from '../../net/mac.ts';
import { defineRule, type Found } from '../define.ts';
import type { Evidence } from '../finding.ts';
import type { FaultContext } from '../rule.ts';
import { crossingOf } from '../search/crossing.ts';
import { droppedAs } from '../search/dropped.ts';
import { placeText } from '../search/text.ts';
import {
  entriesOf,
  farEndOf,
  holds,
  otherVxlans,
  underlayAddress,
  type Vxlan,
  vxlanAt,
  wrappedIn,
} from '../search/tunnel.ts';

const ALL_ZERO = '00:00:00:00:00:00' as Mac;

export const vxlanWrongRemote = defineRule({
  code: 'vxlan-wrong-remote',
  title: 'A vxlan sends to an address the other end does not have',
  source: 'drivers/net/vxlan/vxlan_core.c: vxlan_xmit(), vxlan_snoop()',
  explains: [
    'address-not-found',
    'no-address',
    'wrong-prefix',
    'neighbor-unresolved',
    'gateway-unreachable',
    'wrong-gateway',
    'no-route',
    'no-carrier',
    'link-down',
    'disconnected',
    'outside-view',
    'nat-missing',
    'martian-destination',
    'address-is-broadcast',
    'forwarding-off',
    'routing-loop',
  ],

  find(context) {
    const found = sentAstray(context) ?? takenForStranger(context);
    return found === undefined ? [] : [found];
  },
});

/** The wrapping died on a way that does not lead to the far end. */
function sentAstray(context: FaultContext): Found | undefined {
  const { host } = context;
  const wrapped = wrappedIn(context);
  const far = wrapped && farEndOf(host, wrapped.tunnel, wrapped.nexthop);
  if (wrapped === undefined || far === undefined || holds(host, far, wrapped.remote)) return undefined;
  // Of several far ends, this one is none of ours to blame while another address leads to the right one.
  const { tunnel, remote } = wrapped;
  const entries = entriesOf(host, tunnel);
  const wanted = wrappedMac(context.journey.steps);
  const isOwn = entries.some(({ mac, destination }) => mac === wanted && destination === remote);
  const by = isOwn && wanted !== undefined ? wanted : ALL_ZERO;
  const isReached = entries.some(
    ({ mac, destination }) => mac === by && destination !== undefined && holds(host, far, destination),
  );
  return isReached ? undefined : astray(host, tunnel, far, remote, by);
}

/** Whom the frame was for that was wrapped last. */
function wrappedMac(steps: readonly Step[]): Mac | undefined {
  const at = steps.findLastIndex(({ stage }) => stage === 'encapsulate');
  const step = steps.slice(0, Math.max(0, at)).findLast(({ stage }) => stage === 'neighbor');
  return step?.stage === 'neighbor' ? step.mac : undefined;
}

/** An entry that somebody set keeps the frame, or its answer, from the far end where the MAC really is. */
function takenForStranger(context: FaultContext): Found | undefined {
  const { host } = context;
  const frame = droppedAs(context, 'frame-blocked')?.reason;
  const blocks = frame
    ? [frame.block]
    : (droppedAs(context, 'neighbor-unanswered', 'mac-unowned')?.reason.search.blocks ?? []);
  const owners = crossingOf(context)?.owners ?? [];
  for (const { because, at } of blocks) {
    const tunnel = because === 'tunnel' ? vxlanAt(host, at) : undefined;
    if (tunnel === undefined) continue;
    const entry = entriesOf(host, tunnel).find(
      ({ mac, destination }) =>
        mac !== ALL_ZERO &&
        destination !== undefined &&
        owners.some(({ link, ref }) => link.mac === mac && ref.netns !== at.netns) &&
        !otherVxlans(host, tunnel).some((other) => isPair(tunnel, other) && holds(host, other, destination)),
    );
    const far = entry && farEndOf(host, tunnel, crossingOf(context)?.nexthop);
    if (entry?.destination !== undefined && far !== undefined) {
      return astray(host, tunnel, far, entry.destination, entry.mac);
    }
  }
  return undefined;
}

function isPair({ detail }: Vxlan, other: Vxlan): boolean {
  return detail.vni === other.detail.vni && detail.dstPort === other.detail.dstPort;
}

function astray(host: Host, tunnel: Vxlan, far: Vxlan, remote: Address, mac: Mac): Found {
  const right = underlayAddress(host, tunnel, far);
  const what =
    mac === ALL_ZERO
      ? `${placeText(tunnel.ref)} sends to ${remote}, which ${far.underlay}, where the other end is, does not have`
      : `${placeText(tunnel.ref)} has an entry that puts ${mac} behind ${remote}, which ${far.underlay}, where it is, does not have`;
  return {
    ...tunnel.ref,
    what,
    why: 'A vxlan sends a frame to the address that its forwarding database has for the MAC, or to those of its all-zero entries; a static entry is not corrected by what is heard, and what contradicts it is dropped',
    evidence: [evidence(host, tunnel, remote, mac)],
    repairs:
      right === undefined
        ? []
        : [
            {
              intent: `Send to ${right}, where ${placeText(far.ref)} is`,
              edits: [correction(tunnel, remote, right, mac)],
              sideEffects: undefined,
            },
          ],
  };
}

/** What was said with `remote` is changed there, and what was put into the database, in there. */
function correction({ ref, detail }: Vxlan, remote: Address, right: Address, mac: Mac): Edit {
  if (mac !== ALL_ZERO) return { kind: 'fdb-remote', ...ref, mac, destination: right, how: 'replace' };
  if (detail.remote === remote) return { kind: 'vxlan-remote', ...ref, remote: right };
  return { kind: 'fdb-remote', ...ref, mac, destination: right, how: 'append' };
}

function evidence(host: Host, tunnel: Vxlan, remote: Address, mac: Mac): Evidence {
  const netns = findNetns(host, tunnel.ref.netns);
  const entry: FdbEntry | undefined = entriesOf(host, tunnel).find(
    (each) => each.mac === mac && each.destination === remote,
  );
  const { device } = tunnel.ref;
  return entry === undefined
    ? {
        witness: 'model',
        command: netns && ipIn(netns, ['-d', 'link', 'show', 'dev', device]),
        text: `${device}: vxlan id ${tunnel.detail.vni} remote ${remote}`,
      }
    : {
        witness: 'model',
        command: netns && bridgeIn(netns, ['fdb', 'show', 'dev', device]),
        text: `${mac} dst ${remote} self ${entry.state}`,
      };
}
