/**
 * `bridge -j fdb show` to forwarding databases: those of bridges and of vxlan devices.
 *
 * The same dump lists the addresses that a plain device accepts (`self`, without a destination): they forward nothing
 * and are left out.
 *
 * Source: bridge/fdb.c print_fdb() of iproute2 6.1: an entry that was learned has an empty state.
 *
 * @module
 */

import * as v from 'valibot';
import { type Fact, mapFact } from '../host/fact.ts';
import type { FdbEntry } from '../host/route.ts';
import { AddressField, DeviceField, MacField } from './fields.ts';
import { rowsOf } from './output.ts';
import type { RecordedNamespace } from './recording.ts';

const FdbRow = v.looseObject({
  /** Of another form on devices without Ethernet addresses. */
  mac: v.string(),
  ifname: DeviceField,
  master: v.optional(DeviceField),
  vlan: v.optional(v.number()),
  dst: v.optional(AddressField),
  port: v.optional(v.number()),
  vni: v.optional(v.number()),
  /** A vxlan entry that leads to a nexthop object. */
  nhid: v.optional(v.number()),
  flags: v.optional(v.array(v.string()), []),
  state: v.optional(v.string(), ''),
});

/** All entries that lead somewhere. */
export function fdbOf(namespace: RecordedNamespace): Fact<readonly FdbEntry[]> {
  return mapFact(rowsOf(namespace, 'fdb', FdbRow), (rows) => rows.flatMap(entryOf));
}

function entryOf(row: v.InferOutput<typeof FdbRow>): readonly FdbEntry[] {
  const mac = v.safeParse(MacField, row.mac);
  const isForwarding = row.master !== undefined || row.dst !== undefined || row.nhid !== undefined;
  if (!mac.success || !isForwarding) return [];
  return [
    {
      mac: mac.output,
      device: row.ifname,
      master: row.master,
      vlan: row.vlan,
      destination: row.dst,
      ...(row.port === undefined ? {} : { destinationPort: row.port }),
      ...(row.vni === undefined ? {} : { vni: row.vni }),
      state: row.state === 'permanent' || row.state === 'static' ? row.state : 'dynamic',
      flags: row.nhid === undefined ? row.flags : [...row.flags, `nhid ${row.nhid}`],
    },
  ];
}
