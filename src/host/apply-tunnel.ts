/**
 * Edits of vxlan devices, as the host after them.
 *
 * Source: drivers/net/vxlan/vxlan_core.c vxlan_changelink(), vxlan_fdb_append(), vxlan_fdb_replace().
 * Held to the kernel in test/live/faults-tunnels.test.ts.
 *
 * @module
 */

import type { Address } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import { changeLink, forgetLearned, withoutRoutes } from './change.ts';
import type { Edit } from './edit.ts';
import { mapFact } from './fact.ts';
import { findLink, findNetns, type Host, type Netns, replaceNetns } from './host.ts';
import { kernelRoutesOf } from './kernel-routes.ts';
import type { DeviceRef, Link } from './link.ts';
import type { FdbEntry, Route } from './route.ts';
import { settle } from './settle.ts';

/** The entry for every MAC that no other entry knows. */
const ALL_ZERO = '00:00:00:00:00:00' as Mac;

/** `ip link set dev DEV type vxlan id N remote ADDR`: the all-zero entry of the old remote goes with it. */
export function setRemote(host: Host, ref: DeviceRef, remote: Address): Host {
  const { detail } = findLink(host, ref.netns, ref.device) ?? {};
  const old = detail?.kind === 'vxlan' ? detail.remote : undefined;
  const changed = changeLink(host, ref, (link) =>
    link.detail.kind === 'vxlan' ? { ...link, detail: { ...link.detail, remote } } : link,
  );
  const isOld = (entry: FdbEntry) =>
    entry.device === ref.device && entry.mac === ALL_ZERO && entry.destination === old && old !== undefined;
  const without = changeFdb(changed, ref, (entries) => entries.filter((entry) => !isOld(entry)));
  return forgetLearned(changeFdb(without, ref, (entries) => withEntry(entries, ref, ALL_ZERO, remote, 'permanent')));
}

/** `bridge fdb append` or `replace MAC dev DEV dst ADDR`. */
export function setFdbRemote(host: Host, edit: Extract<Edit, { kind: 'fdb-remote' }>): Host {
  const { mac, destination, how } = edit;
  const changed = changeFdb(host, edit, (entries) =>
    how === 'append'
      ? withEntry(entries, edit, mac, destination, 'permanent')
      : withEntry(
          entries.filter(
            (entry) => entry.device !== edit.device || entry.mac !== mac || entry.destination === undefined,
          ),
          edit,
          mac,
          destination,
          'static',
        ),
  );
  return forgetLearned(changed);
}

/** The device deleted and made anew, under another number or port; what hung on it is put back. */
export function remake(host: Host, edit: Extract<Edit, { kind: 'vxlan-remake' }>): Host {
  const { vni, dstPort } = edit;
  const changed = changeLink(host, edit, (link) =>
    link.detail.kind === 'vxlan' ? { ...link, detail: { ...link.detail, vni, dstPort } } : link,
  );
  return settle(host, forgetLearned(changed));
}

/** The routes that somebody added over the device: they have to be added again when it is made anew. */
export function routesOver(netns: Netns, link: Link): readonly Route[] {
  const all = netns.routes.known ? netns.routes.value : [];
  const over = all.filter(({ nexthops }) => nexthops.some(({ device }) => device === link.name));
  const own = link.addresses.flatMap((address) => kernelRoutesOf(link, address));
  return withoutRoutes(over, own).filter(({ protocol }) => protocol !== 'kernel');
}

/** The forwarding database can be changed only by who can tell what it holds. */
function changeFdb(host: Host, ref: DeviceRef, change: (entries: readonly FdbEntry[]) => readonly FdbEntry[]): Host {
  return findNetns(host, ref.netns) === undefined
    ? host
    : replaceNetns(host, ref.netns, (netns) => ({ ...netns, fdb: mapFact(netns.fdb, change) }));
}

function withEntry(
  entries: readonly FdbEntry[],
  { device }: DeviceRef,
  mac: Mac,
  destination: Address,
  state: FdbEntry['state'],
): readonly FdbEntry[] {
  const isThere = entries.some(
    (each) => each.device === device && each.mac === mac && each.destination === destination,
  );
  if (isThere) return entries;
  return [...entries, { mac, device, master: undefined, vlan: undefined, destination, state, flags: ['self'] }];
}
