/**
 * The page of `nsdiag explain keep-alive`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const keepAlive: FindingPage = {
  code: 'keep-alive',
  title: 'Probes of an idle connection',
  group: 'saved capture',
  what: 'Segments of no or one byte, one below the next sequence number, on a connection that is idle. Healthy as such.',
  linux: [
    'Asked for by the application, after two hours as made (RFC 9293 section 3.8.4; tcp(7), tcp_keepalive_time). Unanswered ones mean that the other side is gone, or that a NAT or a firewall has forgotten the connection.',
  ],
  look: [
    {
      run: "tshark -r FILE -Y 'tcp.analysis.keep_alive or tcp.analysis.keep_alive_ack'",
      shows: 'probes and their answers',
    },
  ],
  fix: [{ does: 'shorter than the timeout of what is between: 300 s is usual for NAT' }],
  confused: [
    { code: 'zero-window', tell: 'probes of a window, while data waits' },
    { code: 'connection-reset', tell: 'the answer to a probe is a reset' },
  ],
};
