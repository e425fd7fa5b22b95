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

/** A host never changes: its owners are listed once. */
const owners = new WeakMap<Host, ReadonlyMap<Address, readonly Owner[]>>();

/** Every device of the host that has the address. */
export function ownersOf(host: Host, address: Address): readonly Owner[] {
  const listed = owners.get(host) ?? listOwners(host);
  owners.set(host, listed);
  return listed.get(address) ?? [];
}

function listOwners(host: Host): ReadonlyMap<Address, readonly Owner[]> {
  const listed = new Map<Address, Owner[]>();
  for (const { netns, link } of allLinks(host)) {
    for (const each of link.addresses) {
      const owner: Owner = { ref: { netns: netns.name, device: link.name }, link, address: each };
      const others = listed.get(each.address);
      if (others === undefined) listed.set(each.address, [owner]);
      else others.push(owner);
    }
  }
  return listed;
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
