/**
 * The address by which a namespace is meant when it is named instead of an address: the one home of that rule.
 *
 * The likeliest first: on a wire with the asker and in a net of its own there, on a wire with it, in a net of its own;
 * IPv4 before IPv6, and a family that the asker has none of last.
 *
 * @module
 */

import { type Host, linksOf, type Netns } from '../host/host.ts';
import type { InterfaceAddress } from '../host/link.ts';
import { type Address, type Family, familyOf } from '../net/address.ts';
import { contains, prefixOf } from '../net/prefix.ts';
import { endpointsOf, segmentOf } from './wiring.ts';

/** Which of the addresses it is. */
export interface NetnsAddress {
  readonly address: Address;
  /** It is on a wire with the asker. */
  readonly isWired: boolean;
  /** The others that it might have been. */
  readonly others: readonly Address[];
}

/**
 * How the asker would reach other namespaces: what is found out of the asker is found out once.
 *
 * @returns For a target, and where it matters the only family that will do, its address; `undefined` when it has none.
 */
export function addressesSeenFrom(
  host: Host,
  asker: Netns,
): (target: Netns, family?: Family) => NetnsAddress | undefined {
  const own = globalAddresses(asker);
  const families = new Set(own.map(({ family }) => family));
  const nets = own.map(({ address, prefixLength }) => prefixOf(address, prefixLength));
  const wired = new Set(
    linksOf(asker).flatMap(({ name }) =>
      endpointsOf(host, segmentOf(host, { netns: asker.name, device: name })).flatMap(({ link }) => link.addresses),
    ),
  );
  const isInNet = ({ address }: InterfaceAddress) => nets.some((net) => contains(net, address));

  return (target, family) => {
    const isWired = (address: InterfaceAddress) => target !== asker && wired.has(address);
    const candidates = globalAddresses(target)
      .filter((each) => family === undefined || each.family === family)
      // A family that the asker has none of comes last; it may be what is missing.
      .toSorted((a, b) => Number(families.has(b.family)) - Number(families.has(a.family)));
    const chosen =
      candidates.find((each) => isWired(each) && isInNet(each)) ??
      candidates.find(isWired) ??
      candidates.find(isInNet) ??
      candidates[0];
    if (chosen === undefined) return undefined;
    const others = candidates.filter((each) => each !== chosen).map(({ address }) => address);
    return { address: chosen.address, isWired: isWired(chosen), others };
  };
}

/** What others may send to: neither the loopback's nor link-local addresses. IPv4 first, as in "ping ns2". */
export function globalAddresses(netns: Netns): readonly InterfaceAddress[] {
  const addresses = linksOf(netns).flatMap((link) => (link.detail.kind === 'loopback' ? [] : link.addresses));
  return addresses
    .filter(({ scope }) => scope === 'global' || scope === 'site')
    .toSorted((a, b) => Number(familyOf(a.address) === 'inet6') - Number(familyOf(b.address) === 'inet6'));
}
