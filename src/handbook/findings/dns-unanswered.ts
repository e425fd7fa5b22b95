/**
 * The page of `nsdiag explain dns-unanswered`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const dnsUnanswered: FindingPage = {
  code: 'dns-unanswered',
  title: 'Name lookups without an answer',
  group: 'saved capture',
  what: 'DNS queries, repeated, and no answer. Every connection by name then begins with seconds of waiting.',
  linux: [
    'The resolver of glibc waits five seconds, then asks the next server, twice round as made (resolv.conf(5), timeout and attempts). A query for AAAA that is dropped alone delays everything, while A works.',
  ],
  look: [{ run: 'tcpdump -nr FILE port 53', shows: 'the same id again and again, without an answer' }],
  fix: [{ does: 'nsdiag why NS SERVER --proto udp --port 53' }],
  confused: [
    { code: 'dns-error', tell: 'the answer comes, and says no' },
    { code: 'name-unresolved', tell: 'what why says of a name' },
  ],
};
