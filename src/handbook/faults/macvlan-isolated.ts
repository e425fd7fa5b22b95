/**
 * The page of `nsdiag explain macvlan-isolated`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const macvlanIsolated: Page = {
  code: 'macvlan-isolated',
  group: 'link',
  what: 'A macvlan does not reach its own parent, or its mode keeps it from its siblings. It reaches everybody else on the wire.',
  linux: [
    "What a macvlan sends leaves by the parent's wire at once, and what the parent itself sends does not come back up: parent and child never meet (drivers/net/macvlan.c: macvlan_queue_xmit(), macvlan_handle_frame()). That is by design, in every mode.",
    'Only mode bridge hands frames from one child to another. private never does; vepa leaves it to the switch, which has to send the frame back (hairpin); passthru takes the parent for one child alone.',
  ],
  look: [
    { run: 'ip -n NS -d link show dev DEV', shows: '"macvlan mode private", or vepa, bridge, passthru' },
    {
      run: 'ip -n NS2 -d link show type macvlan',
      shows: 'every child that the parent has in that namespace: "macvlan"',
    },
  ],
  fix: [
    { run: 'ip -n NS link set dev DEV type macvlan mode bridge', does: 'siblings meet; passthru has to be made anew' },
    {
      run: 'ip -n NS2 link add link PARENT name shim type macvlan mode bridge',
      does: "the parent's namespace talks to its children through a macvlan of its own: give it an address and a route",
    },
  ],
  confused: [
    { code: 'bridge-hairpin-off', tell: 'vepa asks a bridge for exactly this' },
    { code: 'neighbor-unresolved', tell: 'the same silence to ARP, without a macvlan in between' },
  ],
};
