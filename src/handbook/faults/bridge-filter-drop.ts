/**
 * The page of `nsdiag explain bridge-filter-drop`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const bridgeFilterDrop: Page = {
  code: 'bridge-filter-drop',
  group: 'bridge',
  what: 'A rule of the bridge family, made by nft or by ebtables, drops the frame. iptables shows nothing of it.',
  linux: [
    'Frames pass hooks of their own: prerouting, then input or forward, output, postrouting of family bridge (net/bridge/br_forward.c: NF_BR_FORWARD). They see ARP as well, so that a rule about IP can leave a host without neighbours. ebtables-nft writes into the same tables.',
  ],
  look: [
    {
      run: 'ip netns exec NS nft -a list table bridge filter',
      shows: '"drop" or policy drop, with the handle of each rule',
    },
    { run: 'ip netns exec NS nft list tables bridge', shows: '"table bridge filter": every table of the family' },
  ],
  fix: [
    {
      run: 'ip netns exec NS nft insert rule bridge filter forward ether type ip accept',
      does: 'name the addresses as well: this accepts all IPv4',
    },
    {
      run: 'ip netns exec NS nft delete rule bridge filter forward handle HANDLE',
      does: 'HANDLE is the number behind # handle',
    },
  ],
  confused: [
    { code: 'bridge-netfilter', tell: 'the rule stands in an IP table, and br_netfilter sends the frame there' },
    { code: 'firewall-drop', tell: 'the packet is routed here, not bridged' },
    { code: 'bridge-port-isolated', tell: 'no rule, a flag' },
  ],
};
