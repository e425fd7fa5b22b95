/** What crosses a vxlan. */

import { judge } from '../helpers/judge.ts';
import { liveTest } from '../helpers/world.ts';

/** a and b, on a bridged underlay, with a vxlan each. */
const OVERLAY = `
  namespaces a b r
  wire a ua r ra
  wire b ub r rb
  bridge_ r br0 ra rb
  address a ua 192.168.0.1/24
  address b ub 192.168.0.2/24
  vxlan() { # NAME WORDS...
    in_=$1; shift
    ip -n "$in_" link del dev vx0 2>/dev/null || :
    ip -n "$in_" link add name vx0 type vxlan "$@"
    ip -n "$in_" link set dev vx0 up
  }
`;
const IN_A = 'vxlan a id 42 dstport 4789 remote 192.168.0.2 local 192.168.0.1; address a vx0 10.42.0.1/24';
const inB = (words: string) => `vxlan b ${words}; address b vx0 10.42.0.2/24; forget a b`;
const FUNCTION = OVERLAY.slice(OVERLAY.indexOf('  vxlan()'));
const ASK = { from: 'a', to: '10.42.0.2' };

liveTest('a vxlan is taken off by one of the same number on the same port', async () => {
  await judge(`${OVERLAY}\n${IN_A}`, [
    { claim: 'alike', change: `${FUNCTION}${inB('id 42 dstport 4789 remote 192.168.0.1')}`, ...ASK, answered: true },
    {
      claim: 'another number',
      change: `${FUNCTION}${inB('id 43 dstport 4789 remote 192.168.0.1')}`,
      ...ASK,
      answered: false,
    },
    {
      claim: 'another port',
      change: `${FUNCTION}${inB('id 42 dstport 4790 remote 192.168.0.1')}`,
      ...ASK,
      answered: false,
    },
    {
      claim: 'down',
      change: `${FUNCTION}${inB('id 42 dstport 4789 remote 192.168.0.1')}; ip -n b link set dev vx0 down`,
      ...ASK,
      answered: false,
    },
    {
      claim: 'filtered in the underlay',
      change: `${FUNCTION}${inB('id 42 dstport 4789 remote 192.168.0.1')}; ip netns exec b nft 'table ip f { chain i { type filter hook input priority 0; udp dport 4789 drop; }; }'`,
      ...ASK,
      answered: false,
    },
    { claim: 'not filtered', change: 'ip netns exec b nft delete table ip f', ...ASK, answered: true },
    { claim: 'underlay down', change: 'ip -n r link set dev ra down', ...ASK, answered: false },
  ]);
});

liveTest('a vxlan answers where a frame came from, if it learns; else its entries say', async () => {
  const macOf = (name: string) => `"$(ip netns exec ${name} cat /sys/class/net/vx0/address)"`;
  await judge(`${OVERLAY}\n${IN_A}`, [
    { claim: 'learns, no remote', change: `${FUNCTION}${inB('id 42 dstport 4789')}`, ...ASK, answered: true },
    {
      claim: 'does not learn, no remote',
      change: `${FUNCTION}${inB('id 42 dstport 4789 nolearning')}`,
      ...ASK,
      answered: false,
    },
    {
      claim: 'an all-zero entry',
      change: 'bridge -n b fdb append 00:00:00:00:00:00 dev vx0 dst 192.168.0.1; forget a b',
      ...ASK,
      answered: true,
    },
    {
      claim: 'an entry for the MAC that leads elsewhere',
      change: `bridge -n a fdb replace ${macOf('b')} dev vx0 dst 192.168.0.77 static; forget a b`,
      ...ASK,
      answered: false,
    },
    {
      claim: 'learns, no remote, asks first',
      change: `${FUNCTION} bridge -n a fdb del ${macOf('b')} dev vx0 || :; ${inB('id 42 dstport 4789')}`,
      from: 'b',
      to: '10.42.0.1',
      answered: false,
    },
  ]);
});

liveTest('a vxlan is a port of a bridge like any other', async () => {
  const network = `${OVERLAY}
    namespaces c d
    wire c vc a pc
    wire d vd b pd
    bridge_ a brx pc
    bridge_ b brx pd
    vxlan a id 42 dstport 4789 remote 192.168.0.2
    vxlan b id 42 dstport 4789 remote 192.168.0.1
    ip -n a link set dev vx0 master brx
    ip -n b link set dev vx0 master brx
    address c vc 10.42.0.3/24
    address d vd 10.42.0.4/24`;
  await judge(network, [
    { claim: 'both ways', from: 'c', to: '10.42.0.4', answered: true },
    {
      claim: 'not on the bridge',
      change: 'ip -n b link set dev vx0 nomaster; forget c d',
      from: 'c',
      to: '10.42.0.4',
      answered: false,
    },
  ]);
});
