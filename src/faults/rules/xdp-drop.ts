/**
 * A program of XDP on a device may take the packet. What it does nobody can tell by looking at it: the wire decides whether
 * it is named (diagnosis/exonerated.ts).
 *
 * @module
 */

import { defineRule } from '../define.ts';
import { foundAt, suspectOf } from '../search/taken.ts';

export const xdpDrop = defineRule({
  code: 'xdp-drop',
  title: 'An XDP program drops the packet',
  source: 'drivers/net/veth.c: veth_xdp_rcv_one(); net/core/dev.c: do_xdp_generic()',
  explains: [],

  find({ host, journey: { fate } }) {
    const suspect = suspectOf(fate);
    if (suspect?.interceptor.sort.kind !== 'xdp') return [];
    return [foundAt(host, suspect, 'that may drop it: nsdiag does not know which frames it takes')];
  },
});
