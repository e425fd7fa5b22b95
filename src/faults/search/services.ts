/**
 * Who offers a service on a network that a namespace is connected to.
 *
 * @module
 */

import { allLinks, type Host, linksOf, type Netns } from '../../host/host.ts';
import { connectedPrefix } from '../../host/kernel-routes.ts';
import type { DeviceName } from '../../host/link.ts';
import type { DnatTarget } from '../../host/rule-action.ts';
import type { ListeningSocket } from '../../host/socket.ts';
import { type Address, isPrivate, isUnspecified } from '../../net/address.ts';
import { contains } from '../../net/prefix.ts';
import { natChains } from './border.ts';
import { addressFacing, routableAddresses } from './owner.ts';
import { forwards } from './way.ts';

/** The addresses on the network of `near`, as the router is connected to it, at which something listens on the port. */
export function servicesBehind(
  host: Host,
  router: Netns,
  near: Address,
  protocol: 'tcp' | 'udp',
  port: number,
): readonly DnatTarget[] {
  const own = linksOf(router).flatMap((link) => addressFacing(link, near) ?? [])[0];
  const network = own && connectedPrefix(own);
  if (network === undefined) return [];
  return [...allLinks(host)].flatMap(({ netns, link }) => {
    if (netns === router || !netns.sockets.known) return [];
    const { value: sockets } = netns.sockets;
    return link.addresses
      .filter(({ address }) => contains(network, address))
      .filter(({ address }) => sockets.some((socket) => serves(socket, protocol, port, address)))
      .map(({ address }) => ({ address, port }));
  });
}

/**
 * The services on a port that a translating router hides: on private networks of its own, but for the one on which it is
 * asked.
 */
export function servicesHiddenBy(
  host: Host,
  router: Netns,
  askedOn: DeviceName,
  protocol: 'tcp' | 'udp',
  port: number,
): readonly DnatTarget[] {
  const isTranslating = natChains(router).some(({ rules }) => rules.length > 0);
  if (!isTranslating || !forwards(router, 'inet')) return [];
  const inner = linksOf(router)
    .filter(({ name, detail }) => name !== askedOn && detail.kind !== 'loopback')
    .flatMap((link) => routableAddresses(link, 'inet').filter(({ address }) => isPrivate(address)));
  return inner.flatMap(({ address }) => servicesBehind(host, router, address, protocol, port));
}

function serves(socket: ListeningSocket, protocol: 'tcp' | 'udp', port: number, address: Address): boolean {
  if (socket.protocol !== protocol || Number(socket.port) !== port) return false;
  return socket.address === address || (isUnspecified(socket.address) && socket.v6only !== true);
}
