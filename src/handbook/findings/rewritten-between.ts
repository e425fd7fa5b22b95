/**
 * The page of `nsdiag explain rewritten-between`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const rewrittenBetween: FindingPage = {
  code: 'rewritten-between',
  title: 'Addresses or ports change between two capture points',
  group: 'saved capture',
  what: 'The same packet is seen at both points with other addresses or ports: NAT in between. The report shows the mapping.',
  linux: [
    'Payload and IP id stay, addresses, ports and checksums change (RFC 3022). Answers have to be turned back by the same machine.',
  ],
  look: [{ run: "tcpdump -nr FILE 'host SRC or host DST'", shows: 'the packet before and after, by its id' }],
  fix: [{ does: 'nothing to repair by itself' }],
  confused: [
    { code: 'nat-wrong', tell: 'why says so when the translation is the fault' },
    { code: 'lost-between', tell: 'nothing at the second point fits' },
  ],
};
