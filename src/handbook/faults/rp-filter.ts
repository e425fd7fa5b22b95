/**
 * The page of `nsdiag explain rp-filter`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const rpFilter: Page = {
  code: 'rp-filter',
  group: 'routing',
  what: 'Reverse-path filtering rejects the source: the way back to it does not lead out of the interface that the packet came in by, or there is none.',
  linux: [
    'The larger of all and of the interface counts: 1 is strict, only that interface; 2 is loose, any route (net/ipv4/fib_frontend.c: fib_validate_source(); ip-sysctl.rst). In strict mode ARP from such a source is not answered either (net/ipv4/arp.c: arp_process()).',
    'Nothing is answered and nothing is logged, unless log_martians is set. tcpdump sees the packet come in. Two uplinks, VPNs and asymmetric routes meet it; systemd sets 2, many hardening scripts 1.',
  ],
  look: [
    {
      run: 'ip netns exec NS sysctl net.ipv4.conf.all.rp_filter net.ipv4.conf.DEV.rp_filter',
      shows: '"DEV.rp_filter = 1"',
    },
    { run: 'ip -n NS route get SRC', shows: '"dev" and an interface that is not DEV, or unreachable' },
    {
      run: 'ip netns exec NS nstat -az TcpExtIPReversePathFilter',
      shows: '"TcpExtIPReversePathFilter" grows with every packet',
    },
  ],
  fix: [
    {
      run: 'ip netns exec NS sysctl -w net.ipv4.conf.DEV.rp_filter=2',
      does: 'loose: forged sources that some route leads to pass as well',
    },
    { run: 'ip -n NS route add PREFIX via GW dev DEV', does: 'when the way back itself is wrong' },
  ],
  confused: [
    { code: 'no-route', tell: 'the answer is made, and has no way' },
    { code: 'martian-source', tell: 'the source is refused whatever routes there are' },
    { code: 'firewall-drop', tell: 'rules of the raw or mangle table can do the same: -m rpfilter, fib saddr' },
  ],
};
