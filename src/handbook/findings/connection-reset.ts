/**
 * The page of `nsdiag explain connection-reset`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const connectionReset: FindingPage = {
  code: 'connection-reset',
  title: 'A connection is cut by a reset',
  group: 'saved capture',
  what: 'RST in a connection that stood. Who sent it says much: an application that ended with data unread, a firewall, a load balancer, or a host that knows nothing of the connection.',
  linux: [
    'A host sends RST for what belongs to no connection (RFC 9293 section 3.10.7), after a restart or when packets reach the wrong machine. Closing a socket with unread data sends one too (net/ipv4/tcp.c: __tcp_close()).',
  ],
  look: [
    {
      run: "tcpdump -nvr FILE 'tcp[tcpflags] & tcp-rst != 0'",
      shows: 'sender, sequence number and ttl, held against its earlier packets',
    },
  ],
  fix: [
    {
      does: 'Look at the packets before it: idle for long (a timeout of NAT or of a load balancer), or in the middle of data',
    },
  ],
  confused: [
    { code: 'connection-refused', tell: 'the connection never stood' },
    { code: 'conntrack-stale', tell: 'NAT sends it to another host than before' },
  ],
};
