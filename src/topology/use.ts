/**
 * Whether a device takes part in anything: by an address, as a part of another device, or by a route.
 *
 * @module
 */

import { allLinks, type Host, type Netns, sameDevice } from '../host/host.ts';
import type { Link } from '../host/link.ts';
import { isLinkLocal } from '../net/address.ts';

/**
 * Devices that modules put into every namespace by themselves, never used unless somebody sets them up.
 * Source: net/ipv4/ipip.c, ip_gre.c, ip_vti.c; net/ipv6/sit.c, ip6_tunnel.c, ip6_gre.c, ip6_vti.c.
 */
const MODULE_DEVICES =
  /^(tunl0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|sit0|ip6tnl0|ip6gre0|ip6gretap0|ip6erspan0|teql0|ifb[01]|dummy0|bond0)$/;

/** Left as the module made it: down, without an address. */
export function isModuleDevice({ name, up, addresses, master }: Link): boolean {
  return MODULE_DEVICES.test(name) && !up && addresses.length === 0 && master === undefined;
}

/** Addresses that others can send to; an IPv6 link-local one is everywhere. */
export function ownAddresses({ addresses }: Link): Link['addresses'] {
  return addresses.filter(({ address, scope }) => scope !== 'host' && !(address.includes(':') && isLinkLocal(address)));
}

/** @param netns Where routes by it are looked for; `undefined`: its addresses and its master alone are asked. */
export function isUsed(host: Host, netns: Netns | undefined, link: Link): boolean {
  if (ownAddresses(link).length > 0 || link.master !== undefined) return true;
  if (netns === undefined) return false;
  const isRouted = ({ protocol, nexthops }: { protocol: string; nexthops: readonly { device: unknown }[] }) =>
    protocol !== 'kernel' && nexthops.some(({ device }) => device === link.name);
  // Nobody says of a device that it is unused whose routes could not be read.
  if (!netns.routes.known || netns.routes.value.some(isRouted)) return true;
  const ref = { netns: netns.name, device: link.name };
  return [...allLinks(host)].some(({ netns: other, link: { detail } }) => {
    if (detail.kind === 'vxlan') return detail.link === link.name && (detail.underlay ?? other.name) === netns.name;
    return (
      (detail.kind === 'macvlan' || detail.kind === 'vlan') &&
      detail.lower.kind === 'found' &&
      sameDevice(detail.lower, ref)
    );
  });
}
