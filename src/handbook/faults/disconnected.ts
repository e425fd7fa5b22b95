/**
 * The page of `nsdiag explain disconnected`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const disconnected: Page = {
  code: 'disconnected',
  group: 'link',
  what: 'No chain of devices joins the two namespaces. There may be interfaces, addresses and routes; they lead elsewhere.',
  linux: [
    'Namespaces share nothing. A packet passes from one to another only through a device with an end in each: a veth, a bridge between veths, a macvlan, a tunnel over these (veth(4), ip-link(8)).',
  ],
  look: [
    {
      run: 'ip -n NS -d link show',
      shows: 'each device and its kind, for example "bridge": a veth shows its peer behind the @',
    },
    {
      run: 'ip -n NS netns list-id',
      shows: '"nsid": the namespaces that a wire leads to, or once led to, by number and name',
    },
  ],
  fix: [
    {
      run: 'ip link add DEV netns NS type veth peer name DEV2 netns NS2',
      does: 'nsdiag proposes nothing: it cannot know which wire was meant',
    },
  ],
  confused: [
    { code: 'no-interface', tell: 'one of the two holds lo and nothing else' },
    { code: 'bridge-port-unattached', tell: 'the wire is there and not plugged in' },
    { code: 'outside-view', tell: 'the way leads out of this machine' },
  ],
};
