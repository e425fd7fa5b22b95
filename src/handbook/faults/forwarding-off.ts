/**
 * The page of `nsdiag explain forwarding-off`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const forwardingOff: Page = {
  code: 'forwarding-off',
  group: 'routing',
  what: 'A namespace on the way does not forward: it gets the packet, the destination is not its own, and it drops it without a word.',
  linux: [
    'The gate is the forwarding setting of the interface that the packet came in by (net/ipv4/route.c: ip_route_input_slow(), IN_DEV_FORWARD). net.ipv4.ip_forward is only the switch that sets all of them when it is written. So one interface may be 0 while ip_forward is 1; off on the other side, the request passes and the answer dies.',
    'A new namespace does not forward, or copies the setting of the host. IPv6 has its own: net.ipv6.conf.all.forwarding. No ICMP is sent, and InAddrErrors grows by one.',
  ],
  look: [
    {
      run: 'ip netns exec NS sysctl net.ipv4.ip_forward net.ipv4.conf.DEV.forwarding',
      shows: '"DEV.forwarding = 0": the interface counts',
    },
    {
      run: 'ip netns exec NS nstat -az IpInAddrErrors IpForwDatagrams',
      shows: '"IpInAddrErrors" grows with every packet',
    },
  ],
  fix: [
    { run: 'ip netns exec NS sysctl -w net.ipv4.conf.DEV.forwarding=1', does: 'for what comes in by DEV' },
    {
      run: 'ip netns exec NS sysctl -w net.ipv4.ip_forward=1',
      does: 'for every interface, and switches ICMP redirects on them off',
    },
  ],
  confused: [
    { code: 'firewall-drop', tell: 'a rule in FORWARD drops it: its counter grows, InAddrErrors does not' },
    { code: 'rp-filter', tell: 'the source is the reason, and IPReversePathFilter grows' },
    { code: 'wrong-gateway', tell: 'this was never meant to be a router' },
  ],
};
