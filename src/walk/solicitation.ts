/**
 * Neighbour discovery's two packets on their way: unlike ARP they are IPv6, and pass every filter that IPv6 passes.
 *
 * Only their passing is walked, not their meaning, which `neighbor-discovery.ts` knows. Steps are not noted: a
 * solicitation that gets through is no news.
 *
 * Source: net/ipv6/ndisc.c ndisc_send_skb(); net/netfilter/nf_conntrack_proto_icmpv6.c. Seen in
 * test/live/kernel-nd.test.ts.
 *
 * @module
 */

import type { Fate } from '../journey/fate.ts';
import type { IcmpMessage, Packet } from '../journey/packet.ts';
import { type Address, addressBits, addressFromBits, parseAddress } from '../net/address.ts';
import { carryFrame } from './carry-frame.ts';
import { isFate } from './fates.ts';
import { pass } from './hooks.ts';
import type { Device } from './netns-index.ts';
import type { Reach } from './segment-search.ts';
import type { Walk } from './walk.ts';

/** RFC 4291 section 2.7.1: ff02::1:ff00:0/104, and the last 24 bits of the address. */
const SOLICITED_NODE_BASE = 0xff02_0000_0000_0000_0000_0001_ff00_0000n;
const SOLICITED_NODE_BITS = 0xff_ffffn;
/** IPv6 header, ICMPv6 message with target, source or target link-layer address option (RFC 4861 section 4.3). */
const MESSAGE_BYTES = 40 + 24 + 8;
/** RFC 4861 section 7.1: anything less was forwarded, and is refused. */
const HOP_LIMIT = 255;
const UNSPECIFIED = parseAddress('::');

/** Who asks whom. */
export interface Solicitation {
  readonly asker: Device;
  readonly sender: Address | undefined;
  readonly target: Address;
}

/** Carry the solicitation to a device that would answer: a fate, when it does not get there. */
export function carrySolicitation(walk: Walk, { asker, sender, target }: Solicitation, to: Reach): Fate | undefined {
  const group = addressFromBits('inet6', SOLICITED_NODE_BASE | (addressBits(target) & SOLICITED_NODE_BITS));
  return carry(walk, asker, message('neighbor-solicitation', sender ?? UNSPECIFIED ?? target, group), to);
}

/** Carry the advertisement back. */
export function carryAdvertisement(
  walk: Walk,
  answerer: Device,
  { sender, target }: Solicitation,
  to: Reach,
): Fate | undefined {
  return sender === undefined
    ? undefined
    : carry(walk, answerer, message('neighbor-advertisement', target, sender), to);
}

function carry(walk: Walk, from: Device, packet: Packet, to: Reach): Fate | undefined {
  const unnoted: Walk = { ...walk, steps: [], conntrack: { ...walk.conntrack, tracking: undefined } };
  let current = packet;
  for (const hook of ['output', 'postrouting'] as const) {
    const passed = pass(unnoted, from.netns, hook, current, { outDevice: from.link.name });
    if (passed.fate !== undefined) return passed.fate;
    current = passed.packet;
  }
  const arrived = carryFrame(unnoted, from, current, to);
  if (isFate(arrived)) return arrived;
  for (const hook of ['prerouting', 'input'] as const) {
    const place = { inDevice: arrived.device.link.name, arrivalPort: arrived.port };
    const passed = pass(unnoted, arrived.device.netns, hook, arrived.packet, place);
    if (passed.fate !== undefined) return passed.fate;
  }
  return undefined;
}

function message(kind: IcmpMessage, source: Address, destination: Address): Packet {
  const transport = { protocol: 'icmp' as const, message: kind, id: 0 };
  return { source, destination, transport, lengthBytes: MESSAGE_BYTES, dontFragment: true, ttl: HOP_LIMIT, mark: 0 };
}
