/**
 * The devices of every namespace but our own, whose devices Wireshark finds itself.
 *
 * @module
 */

import { type Host, linksOf, type Netns } from '../../host/host.ts';
import type { Link } from '../../host/link.ts';
import { roleText } from '../../report/device-text.ts';
import { isModuleDevice } from '../../topology/use.ts';
import { ANY, type ListedInterface } from './protocol.ts';

/** By namespace: all devices at once, then each one; those that a module makes everywhere are left out. */
export function interfacesOf({ namespaces }: Host): readonly ListedInterface[] {
  return namespaces.filter(isElsewhere).flatMap((netns) => {
    const links = linksOf(netns).filter((link) => !isModuleDevice(link));
    if (!netns.links.known) return [];
    const all = { netns: netns.name, device: ANY, hasEthernet: false, description: 'all devices of the namespace' };
    return [all, ...links.map((link) => listed(netns, link))];
  });
}

/** Why namespaces are missing, in one line; `undefined`: none is. */
export function obstacleOf({ namespaces }: Host): string | undefined {
  const unread = namespaces.filter((netns) => isElsewhere(netns) && !netns.links.known);
  const [first] = unread;
  if (first === undefined || first.links.known) return undefined;
  const count = unread.length === 1 ? 'one namespace is' : `${unread.length} namespaces are`;
  return `nsdiag: ${count} not listed: ${first.links.why}`;
}

function isElsewhere({ entry }: Netns): boolean {
  return entry.kind !== 'here';
}

function listed({ name }: Netns, link: Link): ListedInterface {
  const hasEthernet = link.mac !== undefined || link.detail.kind === 'loopback';
  return { netns: name, device: link.name, hasEthernet, description: roleText(link) };
}
