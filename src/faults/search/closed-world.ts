/**
 * Whether the network that a namespace can reach is seen whole: nothing leads out of it, and every interface in it is up
 * and addressed. An address that nobody has there is nowhere, and no route or sysctl will lead to it.
 *
 * @module
 */

import { findNetns, type Host, linksOf, type Netns } from '../../host/host.ts';
import type { DeviceRef, Link } from '../../host/link.ts';
import type { Family } from '../../net/address.ts';
import { segmentOf } from '../../topology/wiring.ts';
import { routableAddresses } from './owner.ts';

/** Every namespace that wires lead to, itself first; `undefined` when something may be hidden or missing there. */
export function closedWorldOf(host: Host, from: Netns, family: Family): readonly Netns[] | undefined {
  const reached: Netns[] = [from];
  for (const netns of reached) {
    if (!netns.links.known) return undefined;
    for (const link of linksOf(netns)) {
      if (leadsOut(link) || isUnfinished(link, family)) return undefined;
      for (const next of neighborsBy(host, { netns: netns.name, device: link.name })) {
        if (!reached.includes(next)) reached.push(next);
      }
    }
  }
  return reached;
}

function neighborsBy(host: Host, device: DeviceRef): readonly Netns[] {
  return segmentOf(host, device).flatMap(({ netns }) => findNetns(host, netns) ?? []);
}

/** What lies behind the device, no namespace of ours tells. */
function leadsOut({ detail }: Link): boolean {
  switch (detail.kind) {
    case 'loopback':
    case 'dummy':
    case 'bridge':
      return false;
    case 'veth':
      return detail.peer.kind === 'unseen';
    case 'macvlan':
    case 'vlan':
      return detail.lower.kind === 'unseen';
    case 'vxlan':
    case 'physical':
    case 'other':
      return true;
  }
}

/** An interface that may yet get the address: a bridge needs none, and neither does its port. */
function isUnfinished(link: Link, family: Family): boolean {
  if (link.detail.kind === 'loopback') return false;
  if (!link.up) return true;
  return link.detail.kind !== 'bridge' && link.port === undefined && routableAddresses(link, family).length === 0;
}
