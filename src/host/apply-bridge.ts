/**
 * Edits of bridge ports and of the forwarding database, as the host after them.
 *
 * Source: net/bridge/br_netlink.c br_setport(), net/bridge/br_fdb.c br_fdb_delete().
 *
 * @module
 */

import type { Mac } from '../net/mac.ts';
import { changeLink, forgetLearned } from './change.ts';
import type { PortSetting } from './edit.ts';
import { mapFact } from './fact.ts';
import { type Host, replaceNetns } from './host.ts';
import type { BridgePort, DeviceRef } from './link.ts';
import { settle } from './settle.ts';

/** `bridge link set dev DEV ...`. A port whose bridge it wakes or silences changes the bridge's carrier too. */
export function editBridgePort(host: Host, ref: DeviceRef, setting: PortSetting): Host {
  const changed = changeLink(host, ref, (link) =>
    link.port === undefined ? link : { ...link, port: { ...link.port, ...portChange(setting) } },
  );
  return settle(host, forgetLearned(changed));
}

function portChange(setting: PortSetting): Partial<BridgePort> {
  return setting.setting === 'state' ? { state: setting.state } : { [setting.setting]: setting.on };
}

/** `bridge fdb del MAC dev DEV master`. */
export function deleteFdbEntry(host: Host, ref: DeviceRef, mac: Mac, vlan: number | undefined): Host {
  return replaceNetns(host, ref.netns, (netns) => ({
    ...netns,
    fdb: mapFact(netns.fdb, (entries) =>
      entries.filter((entry) => entry.mac !== mac || entry.device !== ref.device || entry.vlan !== vlan),
    ),
  }));
}
