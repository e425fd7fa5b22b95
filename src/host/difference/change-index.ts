/**
 * Changes by what they are about, for whoever seeks the one that others follow from.
 *
 * @module
 */

import type { NetnsName } from '../link.ts';
import type { Change } from './change.ts';

export type LinkChange = Extract<Change, { subject: 'link' }>;
export type AddressChange = Extract<Change, { subject: 'address' }>;
export type SysctlChange = Extract<Change, { subject: 'sysctl' }>;
export type RouteChange = Extract<Change, { subject: 'route' }>;

export interface ChangeIndex {
  readonly netns: ReadonlyMap<NetnsName, Change>;
  /** Under the old name and under the new one. */
  readonly links: ReadonlyMap<string, LinkChange>;
  readonly addresses: readonly AddressChange[];
  readonly sysctls: ReadonlyMap<string, SysctlChange>;
}

export function indexOf(changes: readonly Change[]): ChangeIndex {
  const links = new Map<string, LinkChange>();
  for (const change of changes) {
    if (change.subject !== 'link') continue;
    if (change.action !== 'added') links.set(placeKey(wasIn(change), change.before.name), change);
    if (change.action !== 'deleted') links.set(placeKey(change.netns, change.after.name), change);
  }
  return {
    netns: new Map(changes.flatMap((change) => (change.subject === 'netns' ? [[change.netns, change]] : []))),
    links,
    addresses: changes.filter((change) => change.subject === 'address'),
    sysctls: new Map(
      changes.flatMap((change) => (change.subject === 'sysctl' ? [[placeKey(change.netns, change.key), change]] : [])),
    ),
  };
}

/** Of a device, or of a sysctl. */
export function placeKey(netns: NetnsName, name: string): string {
  return `${netns}/${name}`;
}

function wasIn(change: LinkChange): NetnsName {
  return change.action === 'moved' ? change.from : change.netns;
}
