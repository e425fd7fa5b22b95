/**
 * Carrying a packet along a way through its segment: the steps that tcpdump would see, and what may stop a frame that
 * has a way: hooks of bridges and devices, and the MTU of the next device.
 *
 * tcpdump sees a frame on the bridge device itself only when the bridge's own namespace sends or takes it; one that is
 * bridged shows on its two ports. A device drops a frame that it is given when it is more than 4 bytes (one VLAN tag)
 * longer than its MTU, without a word to anybody.
 *
 * Source: net/core/dev.c __dev_forward_skb(), include/linux/netdevice.h __is_skb_forwardable(); net/bridge/br_forward.c.
 * Seen in test/live/kernel-segment.test.ts and kernel-mtu.test.ts.
 *
 * @module
 */

import type { DeviceName } from '../host/link.ts';
import type { Hook } from '../host/ruleset.ts';
import type { Fate } from '../journey/fate.ts';
import type { Packet } from '../journey/packet.ts';
import { droppedAt, isFate } from './fates.ts';
import { type Passed, pass } from './hooks.ts';
import { takenAsTooLong } from './interceptors.ts';
import type { Device } from './netns-index.ts';
import type { Crossing, Reach } from './segment-search.ts';
import { lowerOf } from './stacked.ts';
import { type Arrival, take, type Walk } from './walk.ts';

/** Room for one VLAN tag that a device grants beyond its MTU. */
const VLAN_TAG_BYTES = 4;

/** Send the packet by the device along the way: to where it arrives, or to its end. */
export function carryFrame(walk: Walk, from: Device, packet: Packet, reach: Reach): Arrival | Fate {
  return follow(walk, transmit(walk, from, packet), reach);
}

function follow(walk: Walk, begun: Carried, reach: Reach): Arrival | Fate {
  let carried = begun;
  for (const crossing of reach.way) {
    if (carried.fate !== undefined) return carried.fate;
    if (carried.routedBy !== undefined) break;
    carried = cross(walk, crossing, carried.packet);
    if (carried.onward !== undefined)
      return follow(walk, { packet: carried.packet, fate: carried.fate }, carried.onward);
  }
  if (carried.fate !== undefined) return carried.fate;
  const device = carried.routedBy ?? reach.device;
  return { kind: 'arrival', device, packet: carried.packet, port: carried.port };
}

/** The packet goes out by a device. */
function transmit(walk: Walk, device: Device, packet: Packet): Carried {
  const { netns, ref } = device;
  const passed = pass(walk, netns, 'egress', packet, { outDevice: ref.device });
  const tooLong = passed.fate === undefined ? takenAsTooLong(device, passed.packet) : undefined;
  if (tooLong !== undefined) return { packet: passed.packet, fate: tooLong };
  if (passed.fate === undefined) {
    take(walk, { netns: ref.netns, device: ref.device, stage: 'egress', packet: passed.packet });
  }
  return passed;
}

/** The packet comes in by a device. */
export function comeIn(walk: Walk, { netns, ref }: Device, packet: Packet): Carried {
  take(walk, { netns: ref.netns, device: ref.device, stage: 'ingress', packet });
  return pass(walk, netns, 'ingress', packet, { inDevice: ref.device });
}

interface Carried {
  readonly packet: Packet;
  readonly fate: Fate | undefined;
  /** The bridge whose namespace routes the frame instead of bridging it: its destination was translated. */
  readonly routedBy?: Device;
  /** Another way than it was on: its destination was translated, and is behind the same bridge. */
  readonly onward?: Reach;
  readonly port?: DeviceName | undefined;
}

function cross(walk: Walk, crossing: Crossing, packet: Packet): Carried {
  switch (crossing.kind) {
    case 'wire': {
      const { from, to } = crossing;
      const tooLong = exceeds(to, packet);
      if (tooLong !== undefined) return { packet, fate: tooLong };
      // The mark is the sending namespace's own.
      const received = from.netns === to.netns || packet.mark === 0 ? packet : { ...packet, mark: 0 };
      return comeIn(walk, to, received);
    }
    case 'stack': {
      const { as, from, to } = crossing;
      if (as === 'egress') return transmit(walk, to, packet);
      // Up from the device below nothing is taken off; what is handed back down to it crosses like any frame.
      const isHandedUp = lowerOf(walk.host, to) === from;
      return comeIn(walk, to, isHandedUp || from.netns === to.netns ? packet : { ...packet, mark: 0 });
    }
    case 'bridge':
      return crossBridge(walk, crossing, packet);
    case 'tunnel': {
      const fate = walk.tunnels.carry(walk, crossing.from, crossing.remote, packet);
      return fate === undefined ? comeIn(walk, crossing.to, { ...packet, mark: 0 }) : { packet, fate };
    }
  }
}

type BridgeCrossing = Extract<Crossing, { kind: 'bridge' }>;

function crossBridge(walk: Walk, crossing: BridgeCrossing, packet: Packet): Carried {
  const { bridge, inPort, outPort } = crossing;
  const from = inPort?.link.name ?? bridge.link.name;
  const begun = meet(walk, crossing, inPort === undefined ? 'output' : 'prerouting', packet);
  if (begun.fate !== undefined) return begun;
  // br_netfilter translated the destination: the frame is no longer for whom it was addressed to.
  const isRedirected = inPort !== undefined && begun.packet.destination !== packet.destination;
  const redirection = isRedirected ? walk.redirect(walk, bridge, inPort, begun.packet) : undefined;
  if (redirection !== undefined && isFate(redirection)) return { packet: begun.packet, fate: redirection };
  if (redirection?.kind === 'bridged') {
    return { ...passOn(walk, redirection.crossing, begun.packet), onward: redirection.rest };
  }
  if (outPort === undefined || isRedirected) {
    takeBridge(walk, bridge, from, bridge.link.name, 'local');
    const taken = meet(walk, crossing, 'input', begun.packet);
    if (taken.fate !== undefined) return taken;
    const { packet: up, fate } = comeIn(walk, bridge, taken.packet);
    return { packet: up, fate, ...(isRedirected ? { routedBy: bridge } : {}), port: inPort?.link.name };
  }
  return passOn(walk, { ...crossing, outPort }, begun.packet);
}

/** Out by the port that was found, through the hooks on the way there. */
function passOn(walk: Walk, crossing: BridgeCrossing & { readonly outPort: Device }, packet: Packet): Carried {
  const { bridge, inPort, outPort, how } = crossing;
  takeBridge(walk, bridge, inPort?.link.name ?? bridge.link.name, outPort.link.name, how);
  const forwarded: Carried =
    inPort === undefined ? { packet, fate: undefined } : meet(walk, crossing, 'forward', packet);
  if (forwarded.fate !== undefined) return forwarded;
  const tooLong = exceeds(outPort, forwarded.packet);
  if (tooLong !== undefined) return { packet: forwarded.packet, fate: tooLong };
  const posted = meet(walk, crossing, 'postrouting', forwarded.packet);
  return posted.fate === undefined ? transmit(walk, outPort, posted.packet) : posted;
}

/** One hook of the bridge family, with what br_netfilter adds to it. */
function meet(walk: Walk, { bridge, inPort, outPort, tagged }: BridgeCrossing, hook: Hook, packet: Packet): Passed {
  const name = bridge.link.name;
  return pass(walk, bridge.netns, hook, packet, {
    inDevice: inPort === undefined ? undefined : name,
    outDevice: outPort === undefined ? undefined : name,
    bridged: {
      bridge: name,
      inPort: inPort?.link.name,
      outPort: outPort?.link.name,
      isTagged: (hook === 'prerouting' ? tagged?.in : tagged?.out) ?? false,
    },
  });
}

function takeBridge(walk: Walk, { ref }: Device, from: DeviceName, to: DeviceName, how: BridgeCrossing['how']): void {
  take(walk, { netns: ref.netns, device: ref.device, stage: 'bridge', from, to: [to], how });
}

function exceeds({ ref, link }: Device, packet: Packet): Fate | undefined {
  const { lengthBytes } = packet;
  if (lengthBytes <= link.mtu + VLAN_TAG_BYTES) return undefined;
  const by = { kind: 'device' } as const;
  return droppedAt(ref, { kind: 'mtu-exceeded', packet, lengthBytes, mtu: link.mtu, at: ref, by });
}
