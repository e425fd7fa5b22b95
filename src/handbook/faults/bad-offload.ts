/**
 * The page of `nsdiag explain bad-offload`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const badOffload: Page = {
  code: 'bad-offload',
  group: 'link',
  what: 'TCP and UDP are dropped by the receiver for a bad checksum, because the sender left it to an offload that nobody on the way does. Ping works: ICMP checksums are computed in software.',
  linux: [
    'A veth says that it computes checksums and does not: the receiving kernel is told that they are open (drivers/net/veth.c: VETH_FEATURES, NETIF_F_HW_CSUM). That word is lost where a program copies the bytes: a userspace switch, an AF_PACKET forwarder, DPDK, an XDP redirect. Then they count as wrong.',
    'So tcpdump on a sender shows "incorrect" for almost everything, and that means nothing there. It means something on the last interface before the receiver.',
  ],
  look: [
    { run: 'ip netns exec NS ethtool -k DEV', shows: '"tx-checksumming: on"' },
    {
      run: 'ip netns exec NS2 tcpdump -vvnni DEV2 -c 3 tcp or udp',
      shows: '"cksum", at the receiver with "incorrect" or "bad udp" beside it',
    },
    {
      run: 'ip netns exec NS2 nstat -az TcpInCsumErrors UdpInCsumErrors',
      shows: '"TcpInCsumErrors" that grows: the receiver drops them',
    },
  ],
  fix: [
    { run: 'ip netns exec NS ethtool -K DEV tx off', does: 'the sender computes in software; costs processor time' },
  ],
  confused: [
    { code: 'firewall-drop', tell: 'no counter of checksum errors grows' },
    { code: 'mtu-blackhole', tell: 'the first small segments pass' },
  ],
};
