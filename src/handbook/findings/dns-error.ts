/**
 * The page of `nsdiag explain dns-error`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const dnsError: FindingPage = {
  code: 'dns-error',
  title: 'Name lookups that are answered by an error',
  group: 'saved capture',
  what: 'The name server answers, and says no: NXDOMAIN (no such name), SERVFAIL (it cannot find out), REFUSED (not for you).',
  linux: [
    "NXDOMAIN is an answer of the owner of the zone (RFC 1035, RFC 2308), and normal while search domains are tried. SERVFAIL says that the server's own questions fail, or DNSSEC does.",
  ],
  look: [
    {
      run: "tcpdump -nvr FILE 'udp port 53 and udp[11] & 0xf != 0'",
      shows: 'the answers with a code that is not zero',
    },
  ],
  fix: [{ does: 'ask that server by hand: dig @SERVER NAME' }],
  confused: [
    { code: 'dns-unanswered', tell: 'nothing comes back' },
    { code: 'name-unresolved', tell: 'what why says of a name' },
  ],
};
