/**
 * Two neighbours disagree about the length of their common prefix: it is too long, and the peer falls outside of the
 * connected network, or too short, and a remote address is taken for a neighbour.
 *
 * @module
 */

import type { Edit, Repair } from '../../host/edit.ts';
import { findLink, findNetns, type Host, linksOf } from '../../host/host.ts';
import { connectedPrefix } from '../../host/kernel-routes.ts';
import type { DeviceRef, InterfaceAddress, NetnsName } from '../../host/link.ts';
import { confKey } from '../../host/sysctl.ts';
import { type Address, familyOf } from '../../net/address.ts';
import { contains, formatPrefix, type Prefix } from '../../net/prefix.ts';
import { type Endpoint, endpointsOf, segmentOf } from '../../topology/wiring.ts';
import { defineRule, type Found } from '../define.ts';
import { addressEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { crossingOf } from '../search/crossing.ts';
import { routeSteps, unroutedIn } from '../search/dropped.ts';
import { ownersOf, routableAddresses } from '../search/owner.ts';
import { wayTo } from '../search/way.ts';

export const wrongPrefix = defineRule({
  code: 'wrong-prefix',
  title: 'The prefix length does not fit the network',
  source: 'net/ipv4/fib_frontend.c: fib_add_ifaddr(), the connected route has the length of the address',
  explains: [
    'no-route',
    'address-not-found',
    'neighbor-unresolved',
    'arp-filtered',
    'outside-view',
    'wrong-gateway',
    'routing-loop',
    'nat-missing',
  ],

  find(context) {
    const wrong = tooLong(context) ?? tooShort(context);
    return wrong === undefined ? [] : [found(context.host, wrong)];
  },
});

interface Mismatch {
  readonly ref: DeviceRef;
  readonly address: InterfaceAddress;
  /** The length that the neighbours have. */
  readonly length: number;
  readonly neighbor: Address;
  readonly why: string;
}

function found(host: Host, { ref, address, length, neighbor, why }: Mismatch): Found {
  const text = `${address.address}/${address.prefixLength}`;
  return {
    ...ref,
    what: `${ref.device} in ${ref.netns} has ${text}, where its neighbour ${neighbor} has a /${length}`,
    why,
    evidence: addressEvidence(host, ref, address.family),
    repairs: [withLength(ref, address, length)],
  };
}

/** IPv4 takes the new one beside the old one, which keeps other routes; IPv6 refuses the same address twice. */
export function withLength(ref: DeviceRef, { address, prefixLength }: InterfaceAddress, length: number): Repair {
  const add: Edit = { kind: 'address-add', ...ref, address, prefixLength: length };
  const remove: Edit = { kind: 'address-delete', ...ref, address, prefixLength };
  return {
    intent: `Give ${address} on ${ref.device} the length that its neighbour has, /${length}`,
    edits: familyOf(address) === 'inet' ? [add, remove] : [remove, add],
    sideEffects: `${ref.device} no longer takes ${address}/${prefixLength} for its network. That /${length} is right is a guess: it may be the neighbour that is wrong`,
  };
}

/** What was looked for sits on our wire, and its owner counts us into its network, but not we it into ours. */
function tooLong(context: FaultContext): Mismatch | undefined {
  for (const { netns, destination } of lookups(context)) {
    for (const { out, end } of neighbours(context.host, netns)) {
      const theirs =
        end.link.addresses.find(({ address }) => address === destination) ?? stoodInFor(context.host, end, destination);
      if (theirs === undefined) continue;
      const ours = routableAddresses(out.link, familyOf(destination)).find(
        (own) => isWithin(theirs, own.address) && !isWithin(own, destination) && own.prefixLength > theirs.prefixLength,
      );
      if (ours === undefined) continue;
      return {
        ref: out.ref,
        address: ours,
        length: theirs.prefixLength,
        neighbor: theirs.address,
        why: `With /${ours.prefixLength} the connected network is ${networkText(ours)}, and ${destination} is not in it`,
      };
    }
  }
  return undefined;
}

/** The address that a router on the wire answers for in its owner's place: to us it is a neighbour's. */
function stoodInFor(host: Host, { ref }: Endpoint, destination: Address): InterfaceAddress | undefined {
  const sysctls = findNetns(host, ref.netns)?.sysctls;
  const standsIn = (['all', ref.device] as const).some((device) => {
    return sysctls !== undefined && sysctls.values.get(confKey('ipv4', device, 'proxy_arp')) === '1';
  });
  return standsIn ? ownersOf(host, destination)[0]?.address : undefined;
}

interface Lookup {
  readonly netns: NetnsName;
  readonly destination: Address;
}

/** What was looked for; without a route, the neighbour over which the way to it leads as well. */
function lookups(context: FaultContext): readonly Lookup[] {
  const unrouted = unroutedIn(context);
  if (unrouted !== undefined) {
    const netns = unrouted.netns.name;
    const gateway = wayTo(context.host, netns, unrouted.destination)?.hops[0].nexthop;
    return [unrouted.destination, ...(gateway === undefined ? [] : [gateway])].map((destination) => ({
      netns,
      destination,
    }));
  }
  if (crossingOf(context)?.wire !== undefined) return [];
  return routeSteps(context.journey.steps)
    .filter(({ nexthop }) => nexthop?.via !== undefined)
    .map(({ netns, lookup }) => ({ netns, destination: lookup.destination }));
}

function neighbours(host: Host, name: NetnsName): readonly { out: Endpoint; end: Endpoint }[] {
  const netns = findNetns(host, name);
  if (netns === undefined) return [];
  return linksOf(netns)
    .filter(({ detail, port }) => detail.kind !== 'loopback' && port === undefined)
    .flatMap((link) => {
      const ref = { netns: name, device: link.name };
      return endpointsOf(host, segmentOf(host, ref))
        .filter((end) => end.ref.netns !== name)
        .map((end) => ({ out: { ref, link }, end }));
    });
}

/** The next hop is taken for a neighbour and is none; everybody on the wire has a longer prefix, without it. */
function tooShort(context: FaultContext): Mismatch | undefined {
  const crossing = crossingOf(context);
  if (crossing === undefined || crossing.isGateway || crossing.wire !== undefined || crossing.owners.length === 0) {
    return undefined;
  }
  const { from, nexthop, segment } = crossing;
  const link = findLink(context.host, from.netns, from.device);
  const ours = link && routableAddresses(link, familyOf(nexthop)).find((own) => isWithin(own, nexthop));
  if (ours === undefined) return undefined;
  const others = endpointsOf(context.host, segment)
    .filter(({ ref }) => ref.netns !== from.netns)
    .flatMap((end) => routableAddresses(end.link, ours.family));
  const theirs = others.find(
    (other) => other.prefixLength > ours.prefixLength && isWithin(other, ours.address) && !isWithin(other, nexthop),
  );
  if (theirs === undefined) return undefined;
  return {
    ref: from,
    address: ours,
    length: theirs.prefixLength,
    neighbor: theirs.address,
    why: `With /${ours.prefixLength} the connected network is ${networkText(ours)}, so ${nexthop} is asked for on this wire, where it is not`,
  };
}

function isWithin(address: InterfaceAddress, other: Address): boolean {
  const prefix = connectedPrefix(address);
  return prefix !== undefined && contains(prefix, other);
}

function networkText(address: InterfaceAddress): string {
  const prefix: Prefix | undefined = connectedPrefix(address);
  return prefix === undefined ? `${address.address} alone` : formatPrefix(prefix);
}
