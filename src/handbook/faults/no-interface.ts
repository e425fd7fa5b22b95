/**
 * The page of `nsdiag explain no-interface`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const noInterface: Page = {
  code: 'no-interface',
  group: 'link',
  what: 'The namespace holds lo and nothing else. A veth was made, and its end was not moved in, or it was deleted together with its peer.',
  linux: [
    'A new namespace has no device but lo (ip-netns(8)). Deleting either end of a veth deletes both, and deleting a namespace deletes every virtual device in it, so the other end vanishes elsewhere.',
  ],
  look: [
    { run: 'ip -n NS -brief link show', shows: '"lo" and nothing else' },
    { run: 'ip -n NS route show', shows: 'nothing' },
    { run: 'ip -brief link show type veth', shows: '"DEV": a candidate that was left in the host' },
  ],
  fix: [
    { run: 'ip link set dev DEV netns NS', does: 'it arrives down and without its addresses' },
    { run: 'ip -n NS addr add ADDR/LEN dev DEV', does: 'then link set up, then the routes' },
  ],
  confused: [
    { code: 'dangling-veth', tell: 'the same fault seen from the end that is in place' },
    { code: 'disconnected', tell: 'there are interfaces, but no chain of links joins the two' },
  ],
};
