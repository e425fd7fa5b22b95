/**
 * Pick out of all that was captured the probe's own packets, the answers, the errors about them, and the ARP and ND
 * requests that were made for their sake.
 *
 * How each packet looked at each place is remembered, because an ICMP error quotes it as it looked where it died.
 * An ARP or ND request counts when the namespace that sends it holds one of our packets (or is the sender's own, before
 * there is any); the same request is then ours wherever it is seen. Limit: somebody else's packet to the same next hop
 * at the same moment would make the same request.
 *
 * @module
 */

import type { NetnsName } from '../host/link.ts';
import type { Sighting } from '../journey/observation.ts';
import type { Address } from '../net/address.ts';
import { ARP_OPERATION } from '../wire/arp.ts';
import { checksumOf } from '../wire/checksum.ts';
import { decodeQuoted } from '../wire/decode-packet.ts';
import { describePacket } from '../wire/describe.ts';
import { type DecodedPacket, type IpPacket, innermostIp } from '../wire/packet.ts';
import type { Identity } from './identity.ts';
import { type OwnPacket, ownPacketReader } from './own-packet.ts';
import type { Seen } from './seen.ts';

export interface RecogniseContext {
  readonly identity: Identity;
  /** Where the probe starts. */
  readonly source: NetnsName;
  readonly isLocal: (netns: NetnsName, address: Address) => boolean;
}

/** A sighting, and the packet that it is of. */
export interface Found {
  readonly sighting: Sighting;
  readonly seen: Seen;
}

/** @param seen Of all namespaces, in any order. @returns In the order of time. */
export function recognise(seen: readonly Seen[], context: RecogniseContext): readonly Found[] {
  const ownPacket = ownPacketReader(context.identity, context.source);
  const flows = new Map<string, OwnPacket>();
  const neighbors = new NeighborRequests(context);

  const inTime = seen.toSorted((a, b) => Number(a.timestampNs - b.timestampNs));
  return inTime.flatMap((one) => {
    const ip = innermostIp(one.packet);
    const own = ip && ownPacket(ip, one);
    if (ip !== undefined && own !== undefined) {
      flows.set(flowOf(ip), own);
      neighbors.packetSeen(one, ip, own);
      return found(one, own, 'packet');
    }
    const quoted = ip && quotedIn(ip);
    const about = quoted && flows.get(flowOf(quoted));
    if (about !== undefined) return found(one, about, 'error');
    const asked = neighbors.madeFor(one);
    return asked === undefined ? [] : found(one, asked, 'resolution');
  });
}

function found(seen: Seen, { leg, sequence }: OwnPacket, what: Sighting['what']): readonly Found[] {
  const { netns, device, direction, isForOtherHost, timestampNs, packet } = seen;
  const ends = endsOf(packet);
  if (ends === undefined) return [];
  const checksum = what === 'packet' ? checksumOf(packet) : undefined;
  const sighting = {
    netns,
    device,
    direction,
    isForOtherHost,
    leg,
    timestampNs,
    sequence,
    what,
    ...(checksum === undefined ? {} : { checksum }),
    ...ends,
    text: describePacket(packet),
  };
  const arrived = { seen, sighting };
  return seen.isLoopback ? [{ seen, sighting: { ...sighting, direction: 'out' } }, arrived] : [arrived];
}

/** Who sends to whom, as it is on that device: a tunnel's own addresses, when the packet is inside one. */
function endsOf(packet: DecodedPacket): { readonly source: Address; readonly destination: Address } | undefined {
  const request = neighborRequestOf(packet);
  if (request !== undefined) return { source: request.asker, destination: request.target };
  for (const { layer, header } of packet.layers) {
    if (layer === 'ipv4' || layer === 'ipv6') return { source: header.source, destination: header.destination };
  }
  return undefined;
}

/** The packet that an ICMP error is about. Of TCP a router that quotes no more than it must (8 bytes) tells too little. */
function quotedIn({ transport, payload }: IpPacket): IpPacket | undefined {
  if (transport?.layer !== 'icmp' && transport?.layer !== 'icmpv6') return undefined;
  const { kind } = transport.header;
  return kind === 'error' || kind === 'redirect' ? innermostIp(decodeQuoted(payload)) : undefined;
}

/** What makes two IP packets the same at one place; within the first 8 bytes behind the IP header, which errors quote. */
function flowOf({ source, destination, transport }: IpPacket): string {
  switch (transport?.layer) {
    case 'tcp': {
      const { sourcePort, destPort, sequence } = transport.header;
      return `tcp ${source} ${sourcePort} ${destination} ${destPort} ${sequence}`;
    }
    case 'udp':
      return `udp ${source} ${transport.header.sourcePort} ${destination} ${transport.header.destPort}`;
    case 'icmp':
    case 'icmpv6': {
      const { header } = transport;
      if (header.kind !== 'echo-request' && header.kind !== 'echo-reply') return 'other';
      return `${header.kind} ${source} ${destination} ${header.id} ${header.sequence}`;
    }
    case undefined:
      return 'other';
  }
}

/** Which ARP and ND requests are made for our packets. */
class NeighborRequests {
  readonly #context: RecogniseContext;
  /** By namespace: the last packet of ours that was seen there. */
  readonly #latest = new Map<NetnsName, OwnPacket & { readonly direction: 'in' | 'out'; readonly to: Address }>();
  readonly #made = new Map<string, OwnPacket>();

  constructor(context: RecogniseContext) {
    this.#context = context;
  }

  packetSeen({ netns, direction }: Seen, { destination }: IpPacket, own: OwnPacket): void {
    this.#latest.set(netns, { ...own, direction, to: destination });
  }

  madeFor(seen: Seen): OwnPacket | undefined {
    const request = neighborRequestOf(seen.packet);
    if (request === undefined) return undefined;
    const key = `${request.target} ${request.asker}`;
    const known = this.#made.get(key);
    if (known !== undefined || seen.direction === 'in') return known;
    const own = this.#inNeed(seen.netns);
    if (own !== undefined) this.#made.set(key, own);
    return own;
  }

  #inNeed(netns: NetnsName): OwnPacket | undefined {
    const latest = this.#latest.get(netns);
    if (latest === undefined) return netns === this.#context.source ? { leg: 'request', sequence: 1 } : undefined;
    const { leg, sequence, direction, to } = latest;
    // It has arrived: what needs a neighbour now is the answer.
    const hasArrived = direction === 'in' && leg === 'request' && this.#context.isLocal(netns, to);
    return { leg: hasArrived ? 'reply' : leg, sequence };
  }
}

/** Who looks for whom; gratuitous ARP and duplicate address detection look for nobody. */
function neighborRequestOf({
  layers,
}: DecodedPacket): { readonly asker: Address; readonly target: Address } | undefined {
  const last = layers.at(-1);
  if (last?.layer === 'arp') {
    const { operation, senderAddress: asker, targetAddress: target } = last.header;
    const isRequest = operation === ARP_OPERATION.request && asker !== target && asker !== '0.0.0.0';
    return isRequest ? { asker, target } : undefined;
  }
  if (last?.layer !== 'icmpv6' || last.header.kind !== 'neighbor-solicitation') return undefined;
  const ip = layers.findLast(({ layer }) => layer === 'ipv6');
  if (ip?.layer !== 'ipv6' || ip.header.source === '::') return undefined;
  return { asker: ip.header.source, target: last.header.target };
}
