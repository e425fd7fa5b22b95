/**
 * The page of `nsdiag explain l2-loop`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const l2Loop: FindingPage = {
  code: 'l2-loop',
  title: 'The same frame goes round and round',
  group: 'saved capture',
  what: 'One frame comes again and again, unchanged, with the same TTL. A broadcast that goes round is a storm and takes the whole segment.',
  linux: [
    'Ethernet has no TTL: in a loop of bridges a broadcast never ends. STP closes one of the ways (IEEE 802.1D); Linux bridges have it off as made. Routers take one from the TTL, so a falling TTL is a routing loop.',
  ],
  look: [{ run: "tcpdump -envr FILE 'ether broadcast or ether multicast'", shows: 'identical lines, IP id and all' }],
  fix: [
    {
      run: 'ip -n NS link set dev BR type bridge stp_state 1',
      does: 'ports take 30 seconds to forward; or take one of the two ways away',
    },
  ],
  confused: [
    { code: 'routing-loop', tell: 'the TTL falls' },
    { code: 'duplicated-between', tell: 'two copies, not without end' },
  ],
};
