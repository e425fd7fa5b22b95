/**
 * Where packets are seen: every device of every namespace that is listened in, by the numbers that a capture has of them,
 * and whose addresses are there.
 *
 * @module
 */

import { findNetns, type Host, linksOf } from '../../host/host.ts';
import type { DeviceName, Link, NetnsName } from '../../host/link.ts';
import { type Address, addressBits, familyOf, inetBits } from '../../net/address.ts';
import type { Place } from '../../postmortem/live/journey.ts';
import { NETWORK, PACKET_TYPE, type PacketFields } from '../../wire/fields.ts';
import type { PointName } from './request.ts';

/** A namespace that is listened in. */
interface Listening {
  readonly name: NetnsName;
  /** `undefined`: all of them. */
  readonly devices: ReadonlySet<string> | undefined;
  /** By ifindex. */
  links: ReadonlyMap<number, Link>;
  /** Its addresses, as PacketFields have them. */
  own4: ReadonlySet<number>;
  own6: ReadonlySet<string>;
  /** By ifindex, direction and whose frame it is: a list with holes, which every packet of a flood asks. */
  readonly points: (number | undefined)[];
}

/** What `arrivesAt()` answered last at a point: packet after packet goes to the same address. */
interface LastArrival {
  network: number;
  dest0: number;
  dest1: number;
  dest2: number;
  dest3: number;
  isHere: boolean | undefined;
}

/** Where the frames of one device go on, as far as wires tell. */
export type Wire =
  | { readonly kind: 'place'; readonly place: { readonly netns: NetnsName; readonly device: DeviceName } }
  /** To where nobody listens. */
  | { readonly kind: 'outside'; readonly towards: string }
  /** Within the namespace. */
  | { readonly kind: 'inside' };

/** Not a packet of a device that was asked for. */
export const NOT_ASKED = -1;

export class Places {
  /** By point. */
  readonly all: (Place & { readonly stream: number; readonly ifindex: number })[] = [];
  #host: Host;
  readonly #streams: Listening[] = [];
  /** By point, the first one of that name and direction. */
  readonly #hops: number[] = [];
  readonly #hopByName = new Map<string, number>();
  /** By point. */
  #arrivals: (LastArrival | undefined)[] = [];

  constructor(host: Host) {
    this.#host = host;
  }

  get host(): Host {
    return this.#host;
  }

  /** Packets of that stream are of this namespace. */
  listen(stream: number, { netns, devices }: PointName): void {
    this.#streams[stream] = {
      name: netns,
      devices,
      links: new Map(),
      own4: new Set(),
      own6: new Set(),
      points: [],
    };
    this.#readNames(stream);
  }

  /** The machine has changed. */
  look(host: Host): void {
    this.#host = host;
    this.#arrivals = [];
    for (const stream of this.#streams.keys()) this.#readNames(stream);
  }

  netns(stream: number): NetnsName | undefined {
    return this.#streams[stream]?.name;
  }

  link(stream: number, ifindex: number): Link | undefined {
    return this.#streams[stream]?.links.get(ifindex);
  }

  /** The place at which the packet was seen; NOT_ASKED where only other devices were asked for. */
  pointOf(stream: number, { ifindex, packetType }: PacketFields): number {
    const listening = this.#streams[stream];
    if (listening === undefined) return NOT_ASKED;
    const isOut = packetType === PACKET_TYPE.outgoing;
    const isForOther = packetType === PACKET_TYPE.otherHost;
    const key = ifindex * 4 + (isOut ? 1 : 0) + (isForOther ? 2 : 0);
    return listening.points[key] ?? this.#newPoint(stream, listening, key, ifindex, isOut, isForOther);
  }

  /** Whether the packet is for who sits there; `undefined`: it only passes by. */
  arrivesAt(point: number, fields: PacketFields): boolean | undefined {
    const { network, dest0, dest1, dest2, dest3 } = fields;
    const last = this.#arrivals[point];
    if (last === undefined) {
      const isHere = this.#arrives(point, fields);
      this.#arrivals[point] = { network, dest0, dest1, dest2, dest3, isHere };
      return isHere;
    }
    if (
      last.dest3 !== dest3 ||
      last.dest2 !== dest2 ||
      last.dest1 !== dest1 ||
      last.dest0 !== dest0 ||
      last.network !== network
    ) {
      last.network = network;
      last.dest0 = dest0;
      last.dest1 = dest1;
      last.dest2 = dest2;
      last.dest3 = dest3;
      last.isHere = this.#arrives(point, fields);
    }
    return last.isHere;
  }

  #arrives(point: number, fields: PacketFields): boolean | undefined {
    const place = this.all[point];
    if (place === undefined || this.isBeside(point)) return undefined;
    if (place.direction === 'out') return false;
    const listening = this.#streams[place.stream];
    if (listening === undefined) return false;
    // What comes in by lo has been routed to the namespace itself, whatever address it has.
    if (listening.links.get(place.ifindex)?.detail.kind === 'loopback') return true;
    if (fields.network === NETWORK.ipv6)
      return listening.own6.has(`${fields.dest0},${fields.dest1},${fields.dest2},${fields.dest3}`);
    return listening.own4.has(fields.dest3);
  }

  /** Of several points at one place (frames for it and for others, one number and another), the one that stands for all. */
  hopOf(point: number): number {
    return this.#hops[point] ?? point;
  }

  /** Whether the frame was flooded to a host that it is not for: beside the packet's way. */
  isBeside(point: number): boolean {
    const place = this.all[point];
    if (place?.isForOther !== true) return false;
    return this.link(place.stream, place.ifindex)?.master === undefined;
  }

  /** Whether packets there would be seen. */
  isListened(netns: string, device: string): boolean {
    return this.#streams.some(({ name, devices }) => name === netns && (devices?.has(device) ?? true));
  }

  /** Whether all devices of the namespace are listened at. */
  isWholeNetns(netns: string): boolean {
    return this.#streams.some(({ name, devices }) => name === netns && devices === undefined);
  }

  /** Where a frame goes that leaves by the point. */
  wireOf(point: number): Wire {
    const place = this.all[point];
    const link = place && this.link(place.stream, place.ifindex);
    if (place === undefined || link === undefined) return { kind: 'inside' };
    const { detail } = link;
    const here = `${place.netns}:${place.device}`;
    switch (detail.kind) {
      case 'veth': {
        const { peer } = detail;
        if (peer.kind === 'unseen') return { kind: 'outside', towards: `the other end of ${here}` };
        if (!this.isListened(peer.netns, peer.device))
          return { kind: 'outside', towards: `${peer.netns}:${peer.device}` };
        return { kind: 'place', place: { netns: peer.netns, device: peer.device } };
      }
      case 'physical':
      case 'other':
        return { kind: 'outside', towards: `what is behind ${here}` };
      case 'macvlan':
      case 'vlan':
        return detail.lower.kind === 'found' && this.isListened(detail.lower.netns, detail.lower.device)
          ? { kind: 'inside' }
          : { kind: 'outside', towards: `what is below ${here}` };
      case 'loopback':
      case 'bridge':
      case 'vxlan':
      case 'dummy':
        return this.isWholeNetns(place.netns)
          ? { kind: 'inside' }
          : { kind: 'outside', towards: `the rest of ${place.netns}` };
    }
    return { kind: 'inside' };
  }

  #newPoint(stream: number, listening: Listening, key: number, ifindex: number, isOut: boolean, isForOther: boolean) {
    // A device that came after the last look has no name yet.
    const device = listening.links.get(ifindex)?.name ?? `if${ifindex}`;
    if (listening.devices !== undefined && !listening.devices.has(device)) {
      listening.points[key] = NOT_ASKED;
      return NOT_ASKED;
    }
    const direction = isOut ? 'out' : 'in';
    const point = this.all.push({ netns: listening.name, device, direction, isForOther, stream, ifindex }) - 1;
    listening.points[key] = point;
    const name = `${direction} ${listening.name}:${device}`;
    const hop = this.#hopByName.get(name) ?? point;
    this.#hopByName.set(name, hop);
    this.#hops[point] = hop;
    return point;
  }

  #readNames(stream: number): void {
    const listening = this.#streams[stream];
    const netns = listening && findNetns(this.#host, listening.name);
    if (listening === undefined || netns === undefined) return;
    const links = new Map(linksOf(netns).map((link) => [link.ifindex, link]));
    // By keys(): of the largest ifindex there may be two billion holes.
    for (const key of Object.keys(listening.points).map(Number)) {
      const point = listening.points[key];
      const ifindex = Math.floor(key / 4);
      // What had no name, or another one, is another place from now on.
      const name = links.get(ifindex)?.name;
      const known = point === undefined || point === NOT_ASKED ? undefined : this.all[point]?.device;
      if (name !== known) listening.points[key] = undefined;
    }
    listening.links = links;
    const addresses = [...links.values()].flatMap((link) => link.addresses.map(({ address }) => address));
    listening.own4 = new Set(addresses.flatMap((each) => (familyOf(each) === 'inet' ? [inetBits(each) | 0] : [])));
    listening.own6 = new Set(addresses.flatMap((each) => (familyOf(each) === 'inet6' ? [words6(each)] : [])));
  }
}

function words6(address: Address): string {
  const bits = addressBits(address);
  return [96n, 64n, 32n, 0n].map((shift) => Number(BigInt.asIntN(32, bits >> shift))).join(',');
}
