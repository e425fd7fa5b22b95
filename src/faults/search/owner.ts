/**
 * Who owns an address, and which addresses a device can be spoken to by.
 *
 * @module
 */

import { allLinks, type Host } from '../../host/host.ts';
import { connectedPrefix } from '../../host/kernel-routes.ts';
import type { DeviceRef, InterfaceAddress, Link } from '../../host/link.ts';
import { type Address, type Family, isLinkLocal } from '../../net/address.ts';
import { contains } from '../../net/prefix.ts';

/** A device that has the address. */
export interface Owner {
  readonly ref: DeviceRef;
  readonly link: Link;
  readonly address: InterfaceAddress;
}

/** Every device of the host that has the address. */
export function ownersOf(host: Host, address: Address): readonly Owner[] {
  return [...allLinks(host)].flatMap(({ netns, link }) =>
    link.addresses
      .filter((each) => each.address === address)
      .map((each) => ({ ref: { netns: netns.name, device: link.name }, link, address: each })),
  );
}

/** The addresses of the family that other hosts can route to: an IPv6 link-local one does not count. */
export function routableAddresses(link: Link, family: Family): readonly InterfaceAddress[] {
  return link.addresses.filter((each) => each.family === family && !(family === 'inet6' && isLinkLocal(each.address)));
}

/** The address of the device whose network holds the other address, the narrowest network first. */
export function addressFacing(link: Link, other: Address): InterfaceAddress | undefined {
  return link.addresses
    .filter((each) => {
      const prefix = connectedPrefix(each);
      return prefix !== undefined && contains(prefix, other);
    })
    .sort((a, b) => b.prefixLength - a.prefixLength)[0];
}

/** Whether the device connects the address: one of its own networks holds it. */
export function connects(link: Link, other: Address): boolean {
  return addressFacing(link, other) !== undefined;
}
