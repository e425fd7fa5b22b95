/**
 * The page of `nsdiag explain syn-unanswered`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const synUnanswered: FindingPage = {
  code: 'syn-unanswered',
  title: 'Connections that nobody answers',
  group: 'saved capture',
  what: 'SYN, repeated after 1, 2, 4 ... seconds, without an answer and without ICMP. Either it never arrived, or it was dropped in silence, or the answer has no way back.',
  linux: [
    'The first SYN is repeated after a second, then at doubled intervals, six times as made (RFC 6298; tcp_syn_retries in ip-sysctl.rst). A closed port would answer with a reset, a REJECT with ICMP: silence is DROP, or no way.',
  ],
  look: [
    {
      run: "tcpdump -nr FILE 'tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn'",
      shows: 'the same ports and sequence number again and again',
    },
  ],
  fix: [{ does: 'nsdiag why NS DST --proto tcp --port PORT' }],
  confused: [
    { code: 'connection-refused', tell: 'an answer comes, and it is no' },
    { code: 'half-open', tell: 'the SYN is answered, and the rest is missing' },
  ],
};
