/**
 * An address for an interface that has none: one that others already expect there, else one that is free in the network
 * on its wire.
 *
 * @module
 */

import { allLinks, findNetns, type Host } from '../../host/host.ts';
import { connectedPrefix } from '../../host/kernel-routes.ts';
import type { DeviceRef, InterfaceAddress, NetnsName } from '../../host/link.ts';
import { type Address, addressBits, addressFromBits, FAMILY_BITS, type Family, familyOf } from '../../net/address.ts';
import { broadcastOf, contains, covers, type Prefix, prefixOf } from '../../net/prefix.ts';
import { endpointsOf, segmentOf } from '../../topology/wiring.ts';
import { addressFacing, ownersOf, routableAddresses } from './owner.ts';
import { waysOut } from './way.ts';

/** How far to look for a free address; a person takes one near the start. */
const LOOK_AT_MOST = 512n;

export interface NewAddress {
  readonly address: Address;
  readonly prefixLength: number;
  /** Who routes to it, though nobody has it: it is the one that was lost. */
  readonly expectedBy?: NetnsName;
  /** Why this one, when nobody asks for it and another would do as well. */
  readonly guess?: string | undefined;
}

/** What to say of a new address besides, when it is a guess. */
export function guessText({ address, guess }: NewAddress): string | undefined {
  return guess === undefined
    ? undefined
    : `${address} is a guess (${guess}): take the one that was meant, if you know it`;
}

/**
 * @param towards Whom it is needed for: of several networks on the wire, the one that holds it.
 * @returns `undefined` when nobody on the wire has an address to go by, or their network is full.
 */
export function freeAddressFor(host: Host, ref: DeviceRef, family: Family, towards?: Address): NewAddress | undefined {
  const lost = routedOnto(host, ref, family);
  if (lost !== undefined) return lost;
  const isMeant = (prefix: Prefix | undefined) =>
    prefix !== undefined && towards !== undefined && contains(prefix, towards);
  const networks = facingAddresses(host, ref, family)
    .map((facing) => ({ facing, prefix: connectedPrefix(facing) }))
    .sort((a, b) => Number(isMeant(b.prefix)) - Number(isMeant(a.prefix)));
  for (const { facing, prefix } of networks) {
    if (prefix === undefined) continue;
    const { prefixLength } = facing;
    const expected = expectedIn(host, prefix);
    if (expected !== undefined) return { address: expected, prefixLength };
    const address = freeIn(host, prefix);
    if (address !== undefined) return { address, prefixLength, guess: `free beside ${facing.address} on its wire` };
  }
  return undefined;
}

/** What people choose when nothing tells them otherwise. */
const USUAL_LENGTH = { inet: 24, inet6: 64 } as const;

/** An address in the network that the other one is probably in. */
export function freeAddressBeside(host: Host, other: Address): NewAddress | undefined {
  const owned = ownersOf(host, other)[0]?.address;
  const network = owned && connectedPrefix(owned);
  // One that stands alone says nothing of its network.
  const prefixLength = network?.length ?? USUAL_LENGTH[familyOf(other)];
  const address = freeIn(host, prefixOf(other, prefixLength), other);
  return address && { address, prefixLength, guess: `free in the network of ${other}` };
}

/** How many networks to look through for one that nobody uses. */
const NETWORKS_AT_MOST = 64;

/**
 * An address in a network of its own: one that somebody routes to and nobody has, else the next one that is unknown
 * to all.
 */
export function freeAddressApart(host: Host, from: Address): NewAddress | undefined {
  const family = familyOf(from);
  const orphan = routedNetworks(host, family).find((prefix) => !isUsed(host, prefix));
  const prefix = orphan ?? nextUnused(host, prefixOf(from, USUAL_LENGTH[family]));
  const address = prefix && freeIn(host, prefix);
  if (address === undefined || prefix === undefined) return undefined;
  const guess =
    orphan === undefined ? 'in a network that nobody uses' : 'in a network that is routed to and nobody has';
  return { address, prefixLength: prefix.length, guess };
}

/** The networks that some route leads to by a gateway. */
function routedNetworks(host: Host, family: Family): readonly Prefix[] {
  return host.namespaces
    .flatMap(({ routes }) => (routes.known ? routes.value : []))
    .filter(
      ({ nexthops, destination }) => destination.family === family && nexthops.some(({ via }) => via !== undefined),
    )
    .map(({ destination }) => destination)
    .filter(({ length }) => length > 0 && length < FAMILY_BITS[family]);
}

function nextUnused(host: Host, after: Prefix): Prefix | undefined {
  const width = BigInt(FAMILY_BITS[after.family] - after.length);
  for (let step = 1n; step <= NETWORKS_AT_MOST; step++) {
    const bits = ((after.bits + step) << width) & ((1n << BigInt(FAMILY_BITS[after.family])) - 1n);
    const prefix = prefixOf(addressFromBits(after.family, bits), after.length);
    if (!isUsed(host, prefix) && !routedNetworks(host, after.family).some((routed) => covers(routed, prefix)))
      return prefix;
  }
  return undefined;
}

/** Whether somebody has an address in the network, or a network that holds it. */
function isUsed(host: Host, prefix: Prefix): boolean {
  return [...allLinks(host)].some(({ link }) =>
    link.addresses.some((own) => {
      const connected = connectedPrefix(own);
      return contains(prefix, own.address) || (connected !== undefined && covers(connected, prefix));
    }),
  );
}

/**
 * An address that a neighbour on the wire has a route to, by that wire, and that nobody has. It is as long as the network
 * in which others see it, else it stands alone, as the route does.
 */
function routedOnto(host: Host, ref: DeviceRef, family: Family): NewAddress | undefined {
  const length = FAMILY_BITS[family];
  for (const near of endpointsOf(host, segmentOf(host, ref))) {
    const netns = near.ref.netns === ref.netns ? undefined : findNetns(host, near.ref.netns);
    if (netns === undefined || !netns.routes.known) continue;
    for (const { type, destination, nexthops } of netns.routes.value) {
      const isOntoWire = nexthops.some(({ via, device }) => via === undefined && device === near.ref.device);
      if (type !== 'unicast' || destination.family !== family || destination.length !== length || !isOntoWire) continue;
      const { address } = destination;
      if (!isTaken(host, address))
        return { address, prefixLength: lengthSeen(host, address) ?? length, expectedBy: netns.name };
    }
  }
  return undefined;
}

/** The length of the narrowest network of somebody that holds the address. */
function lengthSeen(host: Host, address: Address): number | undefined {
  const lengths = [...allLinks(host)].flatMap(({ link }) => addressFacing(link, address)?.prefixLength ?? []);
  return lengths.length === 0 ? undefined : Math.max(...lengths);
}

function facingAddresses(host: Host, ref: DeviceRef, family: Family): readonly InterfaceAddress[] {
  return endpointsOf(host, segmentOf(host, ref)).flatMap((end) =>
    end.ref.netns === ref.netns && end.ref.device === ref.device ? [] : routableAddresses(end.link, family),
  );
}

/** A gateway that some route names and nobody has. */
function expectedIn(host: Host, prefix: Prefix): Address | undefined {
  return host.namespaces
    .flatMap(({ routes }) => (routes.known ? routes.value : []))
    .flatMap(({ nexthops }) => nexthops.flatMap(({ via }) => (via === undefined ? [] : [via])))
    .find((via) => contains(prefix, via) && !isTaken(host, via));
}

function freeIn(host: Host, prefix: Prefix, besides?: Address): Address | undefined {
  const start = addressBits(prefix.address);
  const size = 1n << BigInt(FAMILY_BITS[prefix.family] - prefix.length);
  const broadcast = broadcastOf(prefix);
  // The first address names the network itself, except in a /31 or /127.
  const first = size <= 2n ? 0n : 1n;
  for (let offset = first; offset < size && offset <= LOOK_AT_MOST; offset++) {
    const address = addressFromBits(prefix.family, start + offset);
    if (address !== broadcast && address !== besides && !isTaken(host, address)) return address;
  }
  return undefined;
}

function isTaken(host: Host, address: Address): boolean {
  return [...allLinks(host)].some(({ link }) => link.addresses.some((own) => own.address === address));
}

/** Whether the namespace has more than one way in, and so may be meant to pass packets on. */
export function isJunction(host: Host, ref: DeviceRef): boolean {
  const netns = findNetns(host, ref.netns);
  return netns !== undefined && waysOut(netns).length > 1;
}
