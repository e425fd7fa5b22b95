/**
 * `bridge vlan add`, as the host after it.
 *
 * Source: net/bridge/br_vlan.c br_vlan_add(), __vlan_add_flags(): a table has one PVID, and the last one given is it.
 * This kernel has no VLAN filtering; not held to it.
 *
 * @module
 */

import { forgetLearned } from './change.ts';
import type { Edit } from './edit.ts';
import { mapFact } from './fact.ts';
import { type Host, replaceNetns } from './host.ts';

export function addBridgeVlan(host: Host, edit: Extract<Edit, { kind: 'bridge-vlan' }>): Host {
  const { device, vid, pvid, untagged } = edit;
  const changed = replaceNetns(host, edit.netns, (netns) => ({
    ...netns,
    bridgeVlans: mapFact(netns.bridgeVlans, (entries) => [
      ...entries
        .filter((entry) => entry.device !== device || entry.vid !== vid)
        .map((entry) => (entry.device === device && pvid ? { ...entry, pvid: false } : entry)),
      { device, vid, pvid, untagged },
    ]),
  }));
  return forgetLearned(changed);
}
