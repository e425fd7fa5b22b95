/**
 * Frames through a vxlan: to which far ends, and the walk of the UDP packet that wraps them.
 *
 * The wrapping is sent by the namespace in which the tunnel was made, as any packet of its own. An end learns from
 * every frame that comes out which far end its sender is behind, so a MAC that has just been heard is sent there, and
 * everything else to where floods go.
 *
 * Source: drivers/net/vxlan/vxlan_core.c vxlan_xmit(), vxlan_rcv(); RFC 7348.
 * Seen in test/live/kernel-vxlan.test.ts.
 *
 * @module
 */

import type { Fate, SegmentBlock } from '../journey/fate.ts';
import type { Leg } from '../journey/journey.ts';
import type { Packet } from '../journey/packet.ts';
import type { Step } from '../journey/step.ts';
import { type Address, isUnspecified } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import type { Port } from '../net/port.ts';
import { packetLength } from './answer.ts';
import type { FrameKind } from './bridge-port.ts';
import { droppedAt, isFate, undecided } from './fates.ts';
import type { HostIndex } from './host-index.ts';
import { type Conntrack, NO_CONNECTIONS } from './netfilter/contract.ts';
import type { Device } from './netns-index.ts';
import { redirect } from './redirected.ts';
import type { TunnelEnd } from './segment-search.ts';
import { travel } from './travel.ts';
import { fixedRemotes, floodRemotes, isSenderElsewhere, takenBy, underlayOf, type Vxlan, vxlanOf } from './vxlan.ts';
import { choosing, type Heard, type Multipath, type Tunnels, take, type Walk } from './walk.ts';

/** Ethernet, and the vxlan header (RFC 7348 section 5). */
const WRAPPING_BYTES = 14 + 8;
/** A hash of the frame from the ephemeral range; any will do. */
const SOURCE_PORT = 49152 as Port;
/** Enough for an ARP request: whether a frame of any length would pass is found out when one is carried. */
const SHORT_FRAME_BYTES = 28;

/** A new walk of one leg. @param within Tunnels that the packet is already wrapped in. */
export function newWalk(
  host: HostIndex,
  leg: Leg,
  conntrack: Conntrack,
  multipath: Multipath,
  heard: Heard[],
  within: readonly Device[] = [],
): Walk {
  return { host, leg, steps: [], conntrack, multipath, visited: [], heard, tunnels: tunnelsOf(host, within), redirect };
}

function tunnelsOf(host: HostIndex, within: readonly Device[]): Tunnels {
  return {
    ends: (device, frame, sender) => farEnds(host, device, frame, sender, within),
    carry: (walk, device, remote, inner) => carryThrough(walk, device, remote, inner, within),
  };
}

/** Every far end that the frame reaches, and where the wrapping did not get through. */
function farEnds(
  host: HostIndex,
  device: Device,
  frame: FrameKind,
  sender: Mac | undefined,
  within: readonly Device[],
): ReturnType<Tunnels['ends']> {
  const ends: TunnelEnd[] = [];
  const blocks: SegmentBlock[] = [];
  const found = remotesFor(host, device, frame, within);
  if (found.unknown !== undefined)
    return { ends, blocks: [{ at: device.ref, because: 'unmodelled', detail: found.unknown }] };
  if (found.remotes.length === 0) return { ends, blocks: [{ at: device.ref, because: 'no-fdb' }] };
  for (const remote of found.remotes) {
    const crossed = cross(host, device, remote, SHORT_FRAME_BYTES, within);
    if (crossed.end === undefined) {
      const { fate } = crossed;
      const steps = [...wrapping(device, remote, crossed.steps), ...crossed.steps];
      blocks.push({ at: device.ref, because: 'tunnel', detail: `to ${remote}`, underlay: { steps, fate } });
      continue;
    }
    if (sender !== undefined && isSenderElsewhere(crossed.end, sender, crossed.source)) {
      blocks.push({ at: crossed.end.ref, because: 'tunnel', detail: `its FDB has ${sender} elsewhere` });
      continue;
    }
    if (!ends.some((end) => end.device === crossed.end)) ends.push({ device: crossed.end, remote });
  }
  return { ends, blocks };
}

/** Where the frame is sent. */
function remotesFor(
  host: HostIndex,
  device: Device,
  frame: FrameKind,
  within: readonly Device[],
): { readonly remotes: readonly Address[]; readonly unknown?: string } {
  const { fdb } = device.netns.netns;
  const vxlan = vxlanOf(device);
  if (vxlan === undefined) return { remotes: [] };
  if (vxlan.external) return { remotes: [], unknown: 'vxlan external' };
  if (!fdb.known) return { remotes: [], unknown: fdb.why };
  const flood = floodRemotes(device);
  if (frame.kind !== 'unicast') return { remotes: flood };
  const fixed = fixedRemotes(device, frame.mac);
  if (fixed.length > 0) return { remotes: fixed };
  if (!frame.isLearned || !vxlan.learning) return { remotes: flood };
  return { remotes: [...learnedRemotes(host, device, vxlan, within), ...flood] };
}

/** The addresses from which frames of the other ends come, which is where answers to them are sent. */
function* learnedRemotes(host: HostIndex, device: Device, vxlan: Vxlan, within: readonly Device[]): Generator<Address> {
  if (within.includes(device)) return;
  for (const netns of host.namespaces.values()) {
    for (const other of netns.devices.values()) {
      const far = vxlanOf(other);
      if (far === undefined || other === device || far.vni !== vxlan.vni || !other.link.up) continue;
      for (const remote of remotesFor(host, other, { kind: 'broadcast' }, within).remotes) {
        const crossed = cross(host, other, remote, SHORT_FRAME_BYTES, [...within, device]);
        if (crossed.end === device && crossed.source !== undefined) yield crossed.source;
      }
    }
  }
}

interface Crossed {
  readonly steps: readonly Step[];
  /** How the wrapping ended, when it was not taken off. */
  readonly fate: Fate;
  readonly end: Device | undefined;
  /** The address that the wrapping arrived from. */
  readonly source: Address | undefined;
  readonly conntrack: Conntrack;
}

/** Walk the wrapping of a frame that carries so many bytes of IP. */
function cross(
  host: HostIndex,
  device: Device,
  remote: Address,
  innerBytes: number,
  within: readonly Device[],
  outside: Pick<Walk, 'leg' | 'conntrack' | 'multipath' | 'heard'> = {
    leg: 'request',
    conntrack: NO_CONNECTIONS,
    multipath: choosing(0),
    heard: [],
  },
  mark = 0,
): Crossed {
  const conntrack = { ...outside.conntrack, tracking: undefined };
  const walk = newWalk(host, outside.leg, conntrack, outside.multipath, outside.heard, [...within, device]);
  const { name } = device.netns;
  const fail = (fate: Fate): Crossed => ({
    steps: walk.steps,
    fate,
    end: undefined,
    source: undefined,
    conntrack: walk.conntrack,
  });
  const vxlan = vxlanOf(device);
  const underlay = vxlan && underlayOf(host, device, vxlan);
  if (vxlan === undefined || underlay === undefined)
    return fail(undecided(name, `the underlay of ${device.ref.device} was not found`));
  if (within.includes(device)) return fail(undecided(name, `${device.ref.device} would be its own underlay`));
  const { end } = travel(walk, underlay, {
    destination: remote,
    source: vxlan.local === undefined || isUnspecified(vxlan.local) ? undefined : vxlan.local,
    transport: { protocol: 'udp', sourcePort: SOURCE_PORT, destPort: vxlan.dstPort },
    lengthBytes: packetLength(remote, 'udp', innerBytes + WRAPPING_BYTES),
    mark,
    outDevice: vxlan.link,
    mayFragment: true,
    ttl: vxlan.ttl,
  });
  if (isFate(end)) return fail(vxlan.ttl === undefined ? end : ofOwnTtl(device, vxlan.ttl, end));
  const taken = takenBy(host, end.device.netns, vxlan);
  if (isFate(taken)) return fail(taken.kind === 'dropped' ? { ...taken, device: end.device.ref.device } : taken);
  // What a tunnel sends to itself comes back to where it came from.
  if (taken.device === device) {
    const here = [device.ref];
    return fail(droppedAt(end.device.ref, { kind: 'tunnel-unmatched', vni: vxlan.vni, port: vxlan.dstPort, here }));
  }
  const fate = { kind: 'delivered' as const, netns: end.device.netns.name };
  return { steps: walk.steps, fate, end: taken.device, source: end.packet.source, conntrack: walk.conntrack };
}

/** Routes that lead in a circle exhaust any TTL; no rule tells them from a tunnel that sets too small a one. */
function ofOwnTtl({ ref }: Device, ttl: number, fate: Fate): Fate {
  if (fate.kind !== 'dropped' || fate.reason.kind !== 'ttl-exceeded') return fate;
  return undecided(fate.netns, `${ref.device} in ${ref.netns} sends with TTL ${ttl}, which runs out in ${fate.netns}`);
}

/** Wrap the packet, walk the wrapping, take it off. A fate: it did not get through. */
function carryThrough(
  walk: Walk,
  device: Device,
  remote: Address,
  inner: Packet,
  within: readonly Device[],
): Fate | undefined {
  const vxlan = vxlanOf(device);
  if (vxlan === undefined) return undecided(device.netns.name, `${device.ref.device} is no vxlan`);
  const crossed = cross(walk.host, device, remote, inner.lengthBytes, within, walk, inner.mark);
  walk.steps.push(...wrapping(device, remote, crossed.steps), ...crossed.steps);
  walk.conntrack = { ...crossed.conntrack, tracking: undefined };
  if (crossed.end === undefined) return crossed.fate;
  take(walk, { ...crossed.end.ref, stage: 'decapsulate', vni: vxlan.vni, packet: inner });
  return undefined;
}

/** The step that wraps, ahead of those of the wrapping. */
function wrapping(device: Device, remote: Address, [sent]: readonly Step[]): readonly Step[] {
  const vni = vxlanOf(device)?.vni;
  const outer = sent?.stage === 'send' ? sent.packet : undefined;
  return vni === undefined ? [] : [{ ...device.ref, stage: 'encapsulate', vni, remote, outer }];
}
