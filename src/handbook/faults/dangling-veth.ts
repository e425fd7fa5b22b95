/**
 * The page of `nsdiag explain dangling-veth`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const danglingVeth: Page = {
  code: 'dangling-veth',
  group: 'link',
  what: 'One end of the veth is where it belongs, its peer is not: left in the host, moved to a wrong namespace, or in one that has no name and cannot be seen.',
  linux: [
    'A veth hands each packet to its peer, wherever that is (drivers/net/veth.c: veth_xmit()). The peer is named by the number behind @if and by link-netnsid. Both numbers mean something only in that namespace: ifindex 7 exists in each of them.',
    'Moving a device to another namespace takes its addresses and routes away and sets it down.',
  ],
  look: [
    {
      run: 'ip -n NS -d link show dev DEV',
      shows: '"DEV@if", then the peer\'s ifindex in its namespace; "link-netns" names that, or link-netnsid numbers it',
    },
    { run: 'ip -n NS netns list-id', shows: 'the name behind the number, where it has one: "nsid"' },
    { run: 'ip -brief link show type veth', shows: '"PEER": the other end, still in the host' },
  ],
  fix: [
    { run: 'ip link set dev PEER netns NS2', does: 'it arrives down and without its addresses: add them, set it up' },
  ],
  confused: [
    { code: 'no-interface', tell: 'the same fault seen from the namespace that got nothing' },
    { code: 'link-down', tell: 'the peer is in its place and down' },
    { code: 'disconnected', tell: 'nothing of ours hangs at the far end' },
  ],
};
