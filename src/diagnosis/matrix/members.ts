/**
 * Which namespaces are asked about when none is named: those that are hosts or routers. What only switches, or holds
 * nothing, would fill the table with what nobody wants to know; it is left out, and that is said.
 *
 * @module
 */

import { type Host, linksOf, type Netns } from '../../host/host.ts';
import type { NetnsName, VethPeer } from '../../host/link.ts';
import { globalAddresses } from '../../topology/netns-address.ts';

export interface Members {
  readonly members: readonly NetnsName[];
  readonly leftOut: readonly { readonly netns: NetnsName; readonly why: string }[];
}

/** All that can be asked; what could not be read stays in, because nobody knows. */
export function membersOf(host: Host): Members {
  const verdicts = host.namespaces.map((netns) => ({ netns: netns.name, why: whyLeftOut(host, netns) }));
  return {
    members: verdicts.flatMap(({ netns, why }) => (why === undefined ? [netns] : [])),
    leftOut: verdicts.flatMap(({ netns, why }) => (why === undefined ? [] : [{ netns, why }])),
  };
}

function whyLeftOut(host: Host, netns: Netns): string | undefined {
  if (!netns.links.known) return undefined;
  if (netns.entry.kind === 'here' && !isWired(host, netns)) return 'nothing wires it to the others';
  if (globalAddresses(netns).length > 0) return undefined;
  const devices = linksOf(netns).filter(({ detail }) => detail.kind !== 'loopback');
  // A name was given by somebody, who may have forgotten to move a device in; processes shut off the network have none.
  if (devices.length === 0) return netns.entry.kind === 'named' ? undefined : 'it holds only lo';
  const isSwitch = devices.every(({ detail, port }) => port !== undefined || detail.kind === 'bridge');
  return isSwitch ? 'it has no address: it only switches' : undefined;
}

function isWired(host: Host, netns: Netns): boolean {
  const endsElsewhere = (of: Netns, where: (peer: Extract<VethPeer, { kind: 'found' }>) => boolean) =>
    linksOf(of).some(({ detail }) => {
      const end = 'peer' in detail ? detail.peer : 'lower' in detail ? detail.lower : undefined;
      return end?.kind === 'found' && where(end);
    });
  return (
    host.namespaces.length === 1 ||
    endsElsewhere(netns, (end) => end.netns !== netns.name) ||
    host.namespaces.some((other) => other !== netns && endsElsewhere(other, (end) => end.netns === netns.name)) ||
    linksOf(netns).some(({ detail }) => detail.kind === 'vxlan')
  );
}
