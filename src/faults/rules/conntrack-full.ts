/**
 * The packet opens a connection, and the table of connections has no room for it.
 *
 * Limit: whether the kernel finds a connection that it may forget in its stead is not known; the wire tells.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import type { Host, Netns } from '../../host/host.ts';
import { CONNTRACK_COUNT, CONNTRACK_MAX } from '../../host/sysctl.ts';
import { defineRule } from '../define.ts';
import { sysctlEvidence } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';

export const conntrackFull = defineRule({
  code: 'conntrack-full',
  title: 'The table of connections is full',
  source: 'net/netfilter/nf_conntrack_core.c: __nf_conntrack_alloc(), early_drop()',
  explains: [],

  find(context) {
    const dropped = droppedAs(context, 'conntrack-full');
    if (dropped === undefined) return [];
    const { netns, device, reason } = dropped;
    return [
      {
        netns: netns.name,
        device: device?.device,
        what: `${netns.name} tracks ${reason.count} connections and may track ${reason.max}: a new one is dropped before any rule sees it`,
        why: 'A rule that translates, or asks for the state, makes the kernel track every connection; when the table is full, and no connection nearby may be forgotten, the packet that opens one is dropped ("nf_conntrack: table full, dropping packet")',
        evidence: [CONNTRACK_COUNT, CONNTRACK_MAX].map((key) => sysctlEvidence(netns, key)),
        repairs: [grow(context.host, netns, Math.max(reason.max, reason.count) * 2)],
      },
    ];
  },
});

/** The namespaces show the limit, and the one that the machine started with sets it for all. */
function grow(host: Host, netns: Netns, max: number): Repair {
  const setter = host.namespaces.find(({ entry }) => entry.kind === 'here') ?? netns;
  return {
    intent: `Let the machine track ${max} connections`,
    edits: [{ kind: 'sysctl', netns: setter.name, key: CONNTRACK_MAX, value: String(max) }],
    sideEffects: 'It holds for every namespace of the machine, and each connection takes about 320 bytes of its memory',
  };
}
