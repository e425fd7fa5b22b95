/**
 * The page of `nsdiag explain connection-refused`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const connectionRefused: FindingPage = {
  code: 'connection-refused',
  title: 'Connections that are refused',
  group: 'saved capture',
  what: 'A reset, or ICMP port unreachable, in answer to the first packet: nothing listens there, or a rule says so.',
  linux: [
    "A host answers a SYN to a closed port with RST and ACK (RFC 9293 section 3.5.2). iptables' REJECT --reject-with tcp-reset looks the same; a TTL that differs from the host's other packets gives a firewall on the way away.",
  ],
  look: [{ run: "tcpdump -nvr FILE 'tcp[tcpflags] & tcp-rst != 0'", shows: 'who sent it, and its ttl' }],
  fix: [{ does: 'nsdiag why NS DST --proto tcp --port PORT tells a service from a rule' }],
  confused: [
    { code: 'connection-reset', tell: 'the connection stood before' },
    { code: 'no-listener', tell: 'what why says of it' },
    { code: 'firewall-reject', tell: 'what why says when a rule did it' },
  ],
};
