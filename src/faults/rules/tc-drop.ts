/**
 * A queueing discipline or a filter of tc on a device takes the packet; or may, where nobody can tell what it does: then the
 * wire decides whether it is named (diagnosis/exonerated.ts).
 *
 * @module
 */

import { defineRule } from '../define.ts';
import { foundAt, suspectOf, takersOf } from '../search/taken.ts';

export const tcDrop = defineRule({
  code: 'tc-drop',
  title: 'A queueing discipline or filter of tc drops the packet',
  source: 'net/core/dev.c: __dev_queue_xmit(), sch_handle_egress(), sch_handle_ingress(); net/sched/sch_tbf.c',
  explains: ['neighbor-unresolved', 'address-not-found', 'gateway-unreachable'],

  find({ host, journey: { fate } }) {
    if (fate.kind === 'dropped') {
      return takersOf(fate.reason).map((taker) =>
        foundAt(
          host,
          taker,
          taker.frameBytes === undefined
            ? 'that drops every frame'
            : `without room for a frame of ${taker.frameBytes} bytes`,
        ),
      );
    }
    const suspect = suspectOf(fate);
    if (suspect === undefined || suspect.interceptor.sort.kind === 'xdp') return [];
    return [foundAt(host, suspect, 'that may drop it: nsdiag does not know which frames it takes')];
  },
});
