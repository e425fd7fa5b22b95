/**
 * Edits of macvlans, as the host after them.
 *
 * Limit: the kernel draws the MAC of a new device, which nothing here depends on; the model's is made of its name.
 *
 * Source: drivers/net/macvlan.c macvlan_common_newlink(), macvlan_changelink(). Held to the kernel in
 * test/live/faults-tunnels.test.ts.
 *
 * @module
 */

import { macFromBytes } from '../net/mac.ts';
import { bornSysctls } from './apply-link.ts';
import { changeLink, changeLinks, forgetLearned } from './change.ts';
import type { Edit } from './edit.ts';
import { findLink, findNetns, type Host, linksOf, replaceNetns } from './host.ts';
import type { Link } from './link.ts';

/** `ip link set dev DEV type macvlan mode MODE`. */
export function setMacvlanMode(host: Host, edit: Extract<Edit, { kind: 'macvlan-mode' }>): Host {
  const { mode } = edit;
  const changed = changeLink(host, edit, (link) =>
    link.detail.kind === 'macvlan' ? { ...link, detail: { ...link.detail, mode } } : link,
  );
  return forgetLearned(changed);
}

/** `ip link add link LOWER name NAME type macvlan mode bridge`: it is down. */
export function addMacvlan(host: Host, edit: Extract<Edit, { kind: 'macvlan-add' }>): Host {
  const netns = findNetns(host, edit.netns);
  const lower = findLink(host, edit.netns, edit.lower);
  if (netns === undefined || lower === undefined) return host;
  const ifindex = Math.max(...linksOf(netns).map((each) => each.ifindex)) + 1;
  const made: Link = {
    ifindex,
    name: edit.name,
    up: false,
    carrier: false,
    noArp: false,
    mtu: lower.mtu,
    // Locally administered (IEEE 802 section 8.2): no device that is there already has it.
    mac: macFromBytes(new Uint8Array([0x02, 0xac, 0x0d, 0x1a, (ifindex >> 8) & 0xff, ifindex & 0xff])),
    master: undefined,
    port: undefined,
    addresses: [],
    detail: { kind: 'macvlan', lower: { kind: 'found', netns: edit.netns, device: edit.lower }, mode: 'bridge' },
    unmodelled: [],
  };
  const added = changeLinks(host, edit.netns, (links) => [...links, made]);
  return replaceNetns(added, edit.netns, (each) => ({ ...each, sysctls: bornSysctls(each.sysctls, edit.name) }));
}
