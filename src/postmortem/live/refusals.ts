/**
 * What routers and hosts said of packets that they did not pass on: the ICMP errors that a capture saw, by the flow that each
 * is about. An error may come before its packet is told as lost, or after: of a host that does not answer, after 3 s.
 *
 * Limit: a flow is told by addresses and ports, so that an error about one packet stands for the others that were lost with it;
 * an error that quotes no ports (RFC 792 asks for 8 bytes) is about nobody.
 *
 * Source: RFC 792, RFC 4443: an error quotes the packet behind 8 bytes of its own.
 *
 * @module
 */

import { decodePacket } from '../../wire/decode-packet.ts';
import type { PacketFields } from '../../wire/fields.ts';
import { ICMP_TYPE } from '../../wire/icmp.ts';
import { icmpText, icmpv6Text } from '../../wire/icmp-text.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { innermostIp } from '../../wire/packet.ts';
import type { DirectedFlow } from '../points/flow-ids.ts';
import type { PacketBytes } from './followed-packet.ts';
import type { LostGroup } from './journey.ts';

/** More flows are forgotten, the oldest first. */
const MOST_FLOWS = 1_024;
/** So long, an error is about what is lost now. */
const FRESH_NS = 5e9;
const ERRORS = new Set<number>([ICMP_TYPE.unreachable, ICMP_TYPE.timeExceeded, ICMP_TYPE.parameterProblem]);
/** ICMPv6 has its errors below. */
const FIRST_INFORMATIONAL_V6 = 128;
const QUOTE_AT = 8;

/** Whether it is an error, which is about another packet. */
export function isIcmpError({ protocol, hasTransport, icmpType, fragmentOffsetBytes }: PacketFields): boolean {
  if (!hasTransport || fragmentOffsetBytes > 0) return false;
  if (protocol === IP_PROTOCOL.icmp) return ERRORS.has(icmpType);
  return protocol === IP_PROTOCOL.icmpv6 && icmpType < FIRST_INFORMATIONAL_V6;
}

/** The packet that an error quotes, as far as it does. */
export function quoteIn({ bytes, start, capturedBytes, transportAt }: PacketFields): PacketBytes {
  const at = transportAt + QUOTE_AT;
  const length = Math.max(0, start + capturedBytes - at);
  return { bytes, start: at, capturedBytes: length, originalBytes: length };
}

/** `10.1.0.1 says: Frag needed and DF set (mtu = 1400)`. */
export function refusalText(error: Uint8Array, linkType: number): string | undefined {
  const ip = innermostIp(decodePacket(error, linkType));
  if (ip?.transport?.layer === 'icmp') return `${ip.source} says: ${icmpText(ip.transport.header)}`;
  if (ip?.transport?.layer === 'icmpv6') return `${ip.source} says: ${icmpv6Text(ip.transport.header)}`;
  return undefined;
}

export class Refusals {
  readonly #said = new Map<string, { readonly atNs: number; readonly text: () => string | undefined }>();
  readonly #groups = new Map<string, LostGroup>();

  /** An error about a packet of that flow. @param text Made when somebody wants it. */
  hear(about: DirectedFlow, atNs: number, text: () => string | undefined): void {
    const key = keyOf(about);
    const group = this.#groups.get(key);
    if (group !== undefined) group.said ??= text();
    keep(this.#said, key, { atNs, text });
  }

  /** Packets are counted in the group: what was said of them, and what will be. @param flows As one of them looked. */
  ask(flows: readonly DirectedFlow[], group: LostGroup, nowNs: number): void {
    for (const key of flows.map(keyOf)) {
      const said = this.#said.get(key);
      if (said !== undefined && nowNs - said.atNs < FRESH_NS) group.said ??= said.text();
      keep(this.#groups, key, group);
    }
  }
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST_FLOWS && oldest !== undefined) map.delete(oldest);
}

function keyOf({ protocol, source, destination, sourcePort, destPort }: DirectedFlow): string {
  return `${protocol} ${source} ${sourcePort} ${destination} ${destPort}`;
}
