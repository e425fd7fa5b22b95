/**
 * One device as `ip -d -j addr show` prints it.
 *
 * Source: ip/ipaddress.c print_linkinfo() of iproute2 6.1.
 *
 * @module
 */

import * as v from 'valibot';
import type { Fact } from '../host/fact.ts';
import { AddressRow } from './addresses.ts';
import { PortData } from './link-data.ts';
import { rowsOf } from './output.ts';
import type { RecordedNamespace } from './recording.ts';

const KIND = { info_kind: v.optional(v.string()), info_data: v.optional(v.unknown()) };

/** A bridge port is checked with the row: one whose state cannot be read is not taken for one that forwards. */
const LinkInfo = v.union([
  v.pipe(
    v.object({ ...KIND, info_slave_kind: v.literal('bridge'), info_slave_data: PortData }),
    v.transform(({ info_kind, info_data, info_slave_data }) => ({ info_kind, info_data, port: info_slave_data })),
  ),
  v.pipe(
    v.object({ ...KIND, info_slave_kind: v.optional(v.pipe(v.string(), v.notValue('bridge'))) }),
    v.transform(({ info_kind, info_data }) => ({ info_kind, info_data, port: undefined })),
  ),
]);

const LinkRowSchema = v.looseObject({
  ifindex: v.number(),
  ifname: v.string(),
  flags: v.array(v.string()),
  mtu: v.number(),
  link_type: v.optional(v.string()),
  address: v.optional(v.string()),
  master: v.optional(v.string()),
  /** The other end or the lower device, by name, where it is in the same namespace; `null` when it is gone. */
  link: v.optional(v.nullable(v.string())),
  /** The same by number, where it is in another one. */
  link_index: v.optional(v.number()),
  link_netnsid: v.optional(v.number()),
  linkinfo: v.optional(LinkInfo),
  /** XDP_ATTACHED_*; `prog` is absent where several programs are attached. */
  xdp: v.optional(
    v.looseObject({
      mode: v.number(),
      prog: v.optional(
        v.looseObject({ id: v.optional(v.number()), name: v.optional(v.string()), tag: v.optional(v.string()) }),
      ),
    }),
  ),
  addr_info: v.array(AddressRow),
});

export type LinkRow = v.InferOutput<typeof LinkRowSchema>;

/** The rows as they were printed, before anybody asks who is whose peer. */
export function linkRowsOf(namespace: RecordedNamespace): Fact<readonly LinkRow[]> {
  return rowsOf(namespace, 'link', LinkRowSchema);
}
