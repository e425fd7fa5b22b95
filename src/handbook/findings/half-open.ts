/**
 * The page of `nsdiag explain half-open`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const halfOpen: FindingPage = {
  code: 'half-open',
  title: 'Handshakes that are not completed',
  group: 'saved capture',
  what: 'The handshake is begun and not ended: SYN and SYN-ACK, and no ACK; or data without an answer after it.',
  linux: [
    "The server repeats its SYN-ACK, five times as made (tcp_synack_retries in ip-sysctl.rst). If the client's ACK is not there, the SYN-ACK did not reach it, or did and was dropped as invalid.",
  ],
  look: [{ run: "tcpdump -nr FILE 'tcp[tcpflags] & tcp-syn != 0'", shows: 'SYN-ACKs that are repeated' }],
  fix: [{ does: 'nsdiag why for the way back: from the server to the client' }],
  confused: [
    { code: 'conntrack-invalid', tell: 'a firewall drops the SYN-ACK, whose SYN it has not seen' },
    { code: 'syn-unanswered', tell: 'not even a SYN-ACK' },
  ],
};
