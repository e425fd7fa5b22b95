/**
 * A device in a few words, the same in the tree, the picture and the diagrams. Unescaped.
 *
 * @module
 */

import type { InterfaceAddress, Link } from '../host/link.ts';
import { ownAddresses } from '../topology/use.ts';

/** What it is: `veth`, `bridge`, `vxlan 42`, `macvlan bridge`, and for what is not modelled the kernel's word. */
export function kindText({ detail }: Link): string {
  switch (detail.kind) {
    case 'vxlan':
      return detail.external ? 'vxlan external' : `vxlan ${detail.vni}`;
    case 'macvlan':
      return `macvlan ${detail.mode}`;
    case 'vlan':
      return `vlan ${detail.id}`;
    case 'bridge':
      return detail.vlanFiltering ? 'bridge vlan_filtering' : 'bridge';
    case 'other':
      return detail.infoKind;
    default:
      return detail.kind;
  }
}

/** As `ip` prints them; IPv6 link-local ones are everywhere, and left out. */
export function addressTexts(link: Link): readonly string[] {
  return ownAddresses(link).map(addressText);
}

function addressText({ address, peer, prefixLength }: InterfaceAddress): string {
  return peer === undefined ? `${address}/${prefixLength}` : `${address} peer ${peer}/${prefixLength}`;
}

/** How it is, when that is not simply up; in the words of `ip link`. */
export function stateText({ up, carrier, detail }: Link): 'DOWN' | 'NO-CARRIER' | undefined {
  if (!up) return 'DOWN';
  return carrier || detail.kind === 'loopback' ? undefined : 'NO-CARRIER';
}

/** How many addresses a line names. */
const MOST_ADDRESSES = 3;

/** What a person needs to know of it, in one line: `veth to ns2:veth1, port of br0, 10.0.1.1/24, DOWN`. */
export function roleText(link: Link): string {
  const { detail, master } = link;
  const peer = detail.kind === 'veth' && detail.peer.kind === 'found' ? detail.peer : undefined;
  const addresses = addressTexts(link);
  const more = addresses.length - MOST_ADDRESSES;
  const state = stateText(link);
  return [
    peer === undefined ? kindText(link) : `${kindText(link)} to ${peer.netns}:${peer.device}`,
    ...(master === undefined ? [] : [`port of ${master}`]),
    ...addresses.slice(0, MOST_ADDRESSES),
    ...(more > 0 ? [`${more} addresses more`] : []),
    ...(state === undefined ? [] : [state]),
  ].join(', ');
}
