/**
 * What a bridge's ports and its forwarding database do to a frame: which entry leads it, and which port holds it back.
 *
 * Source: net/bridge/br_forward.c should_deliver(), br_flood(); br_fdb.c br_fdb_update().
 * Seen in test/live/kernel-segment.test.ts.
 *
 * @module
 */

import type { FdbEntry } from '../host/route.ts';
import type { SegmentBlock } from '../journey/fate.ts';
import type { Address } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import type { Device, PortDevice } from './netns-index.ts';

/** Who asks or answers, and who is asked for or told. */
export interface ArpEnds {
  readonly sender: Address;
  readonly target: Address;
}

/**
 * What kind of frame is looked for a way. `isLearned`: the bridges have heard from that MAC. A broadcast is ARP's, and a
 * unicast frame of ARP an answer; `ends` are given where some rule asks for them.
 */
export type FrameKind =
  | { readonly kind: 'broadcast'; readonly ends?: ArpEnds | undefined }
  | { readonly kind: 'multicast' }
  | {
      readonly kind: 'unicast';
      readonly mac: Mac;
      readonly isLearned: boolean;
      readonly isArp?: boolean;
      readonly ends?: ArpEnds | undefined;
    };

/**
 * The entry that decides, whatever the bridge has learned. A static one is corrected by the first frame from elsewhere
 * (the ARP exchange, where ports learn); a sticky one never is.
 *
 * @param vlan The frame's, where the bridge filters VLANs: then each VLAN has entries of its own.
 */
export function decidingEntry(
  bridge: Device,
  { mac, isLearned }: Extract<FrameKind, { kind: 'unicast' }>,
  vlan: number | undefined,
): FdbEntry | undefined {
  const entries = bridge.netns.fdb.get(bridge.link.name);
  if (entries === undefined) return undefined;
  const isRelearned = isLearned && (bridge.netns.ports.get(bridge.link.name) ?? []).every(({ port }) => port.learning);
  return entries.find((entry) => {
    if (entry.mac !== mac || entry.vlan !== vlan || entry.state === 'dynamic') return false;
    return entry.state === 'permanent' || entry.flags.includes('sticky') || !isRelearned;
  });
}

/** Why the bridge does not send the frame out by this port. */
export function portObstacle(
  frame: FrameKind,
  from: PortDevice | undefined,
  to: PortDevice,
  isStatic: boolean,
): SegmentBlock | 'own-port' | undefined {
  const { link, ref } = to.device;
  if (from?.device === to.device && !to.port.hairpin) {
    return isStatic ? { at: ref, because: 'hairpin-off' } : 'own-port';
  }
  if (!link.up) return { at: ref, because: 'link-down' };
  if (!link.carrier) return { at: ref, because: 'no-carrier' };
  if (to.port.state !== 'forwarding') return { at: ref, because: 'port-not-forwarding', detail: to.port.state };
  if (from?.port.isolated && to.port.isolated) return { at: ref, because: 'port-isolated' };
  return floods(frame, to, isStatic) ? undefined : { at: ref, because: 'no-flood', frames: frame.kind };
}

function floods(frame: FrameKind, { port }: PortDevice, isStatic: boolean): boolean {
  switch (frame.kind) {
    case 'broadcast':
      return port.broadcastFlood;
    case 'multicast':
      return port.multicastFlood;
    case 'unicast':
      return isStatic || port.flood || (frame.isLearned && port.learning);
  }
}
