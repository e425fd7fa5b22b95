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
