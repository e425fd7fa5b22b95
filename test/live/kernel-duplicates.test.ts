/** Two devices with one MAC address, and two namespaces with one IP address: who still hears whom. */

import { judge } from '../helpers/judge.ts';
import { liveTest } from '../helpers/world.ts';

const BRIDGE = `
  namespaces a b c br
  wire a va br pa
  wire b vb br pb
  wire c vc br pc
  bridge_ br br0 pa pb pc
  address a va 10.0.0.1/24 fd00::1/64
  address b vb 10.0.0.2/24 fd00::2/64
  address c vc 10.0.0.3/24 fd00::3/64
`;

const TWINS = `
  ip -n a link set dev va address 02:00:00:00:00:aa
  ip -n b link set dev vb address 02:00:00:00:00:aa
  forget a b c
`;

liveTest('a bridge sends nothing from one device to another of the same MAC, where its ports learn', async () => {
  const ask = { from: 'a', to: '10.0.0.2' };
  await judge(BRIDGE, [
    { claim: 'two MACs', ...ask, answered: true },
    { claim: 'one MAC', change: TWINS, ...ask, answered: false },
    { claim: 'one MAC, IPv6', from: 'a', to: 'fd00::2', answered: false },
    { claim: 'a third hears either', change: 'forget a b c', from: 'c', to: '10.0.0.2', answered: true },
    { claim: 'and the other', change: 'forget a b c', from: 'c', to: '10.0.0.1', answered: true },
    {
      claim: 'without learning every frame is flooded',
      change: `for port in pa pb; do bridge -n br link set dev $port learning off; done
        bridge -n br fdb del 02:00:00:00:00:aa dev pa master 2>/dev/null || :
        bridge -n br fdb del 02:00:00:00:00:aa dev pb master 2>/dev/null || :
        forget a b c`,
      ...ask,
      answered: true,
    },
  ]);
});

liveTest('a pair without a bridge does not mind one MAC on both ends', async () => {
  await judge(
    `namespaces a b
    wire a va b vb
    address a va 10.0.0.1/24
    address b vb 10.0.0.2/24
    ip -n a link set dev va address 02:00:00:00:00:aa
    ip -n b link set dev vb address 02:00:00:00:00:aa`,
    [{ claim: 'one MAC', from: 'a', to: '10.0.0.2', answered: true }],
  );
});

liveTest('a namespace refuses what comes from an address that it has itself', async () => {
  await judge(BRIDGE, [
    { claim: 'one owner', from: 'a', to: '10.0.0.2', answered: true },
    { claim: 'two owners', change: 'address b vb 10.0.0.1/24', from: 'a', to: '10.0.0.2', answered: false },
    { claim: 'not asked before', change: 'forget a b c', from: 'a', to: '10.0.0.2', answered: false },
    { claim: 'a third is answered by either', from: 'c', to: '10.0.0.1', answered: true },
    {
      claim: 'IPv6 answers, to itself',
      change: 'address b vb fd00::1/64; forget a b c',
      from: 'a',
      to: 'fd00::2',
      answered: false,
    },
    {
      claim: 'accept_local takes the question, and answers itself',
      change: 'sysctl_ b net.ipv4.conf.vb.accept_local=1; forget a b c',
      from: 'a',
      to: '10.0.0.2',
      answered: false,
    },
  ]);
});
