/**
 * The page of `nsdiag explain bridge-netfilter`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const bridgeNetfilter: Page = {
  code: 'bridge-netfilter',
  group: 'bridge',
  what: 'The frame is only bridged, and still dies in the IP firewall: br_netfilter passes bridged frames through iptables. Docker, Kubernetes and libvirt switch it on for the whole machine.',
  linux: [
    "With net.bridge.bridge-nf-call-iptables=1 a bridged IPv4 packet passes the IP hooks PREROUTING, FORWARD and POSTROUTING of its namespace, ip6tables by its own sysctl, arptables too (net/bridge/br_netfilter_hooks.c: br_nf_forward_ip()). With Docker's policy DROP in FORWARD every other bridge of the machine goes silent. ARP passes, so the neighbour entry is fine.",
    "The sysctl is a namespace's own since Linux 5.3; a bridge can have it too (nf_call_iptables of ip link).",
  ],
  look: [
    { run: 'ip netns exec NS sysctl net.bridge.bridge-nf-call-iptables', shows: '"= 1"' },
    { run: 'ip netns exec NS iptables -nvL FORWARD', shows: '"DROP", with a counter that grows while you ping' },
    { run: 'ip -n FROM neigh show to DST', shows: '"REACHABLE" or another state with a MAC: "lladdr"' },
  ],
  fix: [
    {
      run: 'ip netns exec NS iptables -I FORWARD -m physdev --physdev-is-bridged -j ACCEPT',
      does: 'bridged frames pass; what is routed is still filtered',
    },
    {
      run: 'ip netns exec NS sysctl -w net.bridge.bridge-nf-call-iptables=0',
      does: 'bridged frames pass no rule at all; published ports of containers on one bridge may need the rules',
    },
  ],
  confused: [
    { code: 'firewall-drop', tell: 'the same rule, to a packet that is routed' },
    { code: 'bridge-filter-drop', tell: 'the rule is in the bridge family, and drops ARP too' },
  ],
};
