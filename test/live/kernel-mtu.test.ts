/** Where a packet is too long. */

import type { DropReason } from '../../src/journey/fate.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { judge, WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

/** 972 bytes of payload make a packet of 1000 bytes, header and all. */
const LONG = { payloadBytes: 972 };

liveTest('a router refuses what is longer than the device it leaves by, when it may not be cut', async () => {
  const ask = { from: 'a', to: '10.0.2.1' };
  await judge(
    `namespaces a r b
    wire a va r ra
    wire r rb b vb
    address a va 10.0.1.1/24
    address r ra 10.0.1.254/24
    address r rb 10.0.2.254/24
    address b vb 10.0.2.1/24
    ip -n a route add default via 10.0.1.254
    ip -n b route add default via 10.0.2.254
    sysctl_ r net.ipv4.ip_forward=1
    # What it would learn from the router is not what is asked here.
    sysctl_ a net.ipv4.route.min_pmtu=600 net.ipv4.ip_no_pmtu_disc=0`,
    [
      {
        claim: 'fits exactly',
        change: 'ip -n r link set dev rb mtu 1000; ip -n b link set dev vb mtu 1000',
        ...ask,
        ...LONG,
        answered: true,
      },
      { claim: 'one byte longer', ...ask, payloadBytes: 973, answered: false },
      { claim: 'may be cut', ...ask, ping: ['-s', '1200', '-M', 'dont'], answered: true },
    ],
  );
});

liveTest('a veth end drops what is more than a VLAN tag longer than its MTU, and so does a bridge port', async () => {
  const ask = { from: 'a', to: '10.0.1.2' };
  const four = { payloadBytes: 976 };
  const five = { payloadBytes: 977 };
  await judge(
    `namespaces a b
    wire a va b vb
    address a va 10.0.1.1/24
    address b vb 10.0.1.2/24
    ip -n b link set dev vb mtu 1000
    # So that the answer may go back in one piece.
    ip -n b link set dev vb mtu 1000`,
    [
      { claim: 'exactly', ...ask, ...LONG, answered: true },
      { claim: '5 bytes longer', ...ask, ...five, answered: false },
    ],
  );
  await judge(
    `namespaces a b br
    wire a va br pa
    wire b vb br pb
    bridge_ br br0 pa pb
    address a va 10.0.1.1/24
    address b vb 10.0.1.2/24
    ip -n br link set dev pb mtu 1000`,
    [
      { claim: '4 bytes longer', ...ask, ...four, answered: true },
      { claim: '5 bytes longer', ...ask, ...five, answered: false },
    ],
  );
});

liveTest('echo replies may be cut by routers', async () => {
  const ask = { from: 'a', to: '10.0.2.1' };
  await judge(
    `namespaces a r b
    wire a va r ra
    wire r rb b vb
    address a va 10.0.1.1/24
    address r ra 10.0.1.254/24
    address r rb 10.0.2.254/24
    address b vb 10.0.2.1/24
    ip -n a route add default via 10.0.1.254
    ip -n b route add default via 10.0.2.254
    sysctl_ r net.ipv4.ip_forward=1`,
    [
      {
        claim: 'the way back is narrower',
        // The veth end itself takes 1000 bytes: only the router's route says 900.
        change: 'ip -n r route change 10.0.1.0/24 dev ra mtu 900 src 10.0.1.254',
        ...ask,
        ...LONG,
        answered: true,
      },
    ],
  );
});

const ROUTER_6 = `namespaces a r b
  wire a va r ra
  wire r rb b vb
  address a va fd01::1/64
  address r ra fd01::fe/64
  address r rb fd02::fe/64
  address b vb fd02::1/64
  sysctl_ r net.ipv6.conf.all.forwarding=1
  ip -n a -6 route add default via fd01::fe
  ip -n b -6 route add default via fd02::fe`;

liveTest('no IPv6 router cuts anything; a sender that may does so itself once it is told', async () => {
  const ask = { from: 'a', to: 'fd02::1' };
  await judge(ROUTER_6, [
    {
      claim: 'fits exactly',
      change: 'ip -n r link set dev rb mtu 1400; ip -n b link set dev vb mtu 1400',
      ...ask,
      payloadBytes: 1352,
      answered: true,
    },
    { claim: 'one byte longer', ...ask, payloadBytes: 1353, answered: false },
    {
      claim: 'the way back is narrower: the answerer is told, and cuts its next answer',
      // The veth end itself takes 1500 bytes: only the router's route says 1300.
      change: 'ip -n r -6 route add fd01::1/128 dev ra mtu 1300; ip -n a -6 route flush cache',
      ...ask,
      payloadBytes: 1352,
      answered: true,
    },
  ]);
});

liveTest("a sender's own route limits it, and so does what it has learned, until that is flushed", async () => {
  const ask = { from: 'a', to: '10.0.2.1' };
  await judge(ROUTER_4, [
    {
      claim: 'a route of 1000 bytes',
      change: 'ip -n a route replace default via 10.0.1.254 mtu 1000',
      ...ask,
      ...LONG,
      answered: true,
    },
    { claim: 'one byte longer', ...ask, payloadBytes: 973, answered: false },
    {
      claim: 'the router says so, and it is learned',
      change: 'ip -n a route replace default via 10.0.1.254; ip -n r link set dev rb mtu 1000',
      ...ask,
      payloadBytes: 973,
      answered: false,
    },
    {
      claim: 'still believed, although the path is wide again',
      // What has been learned is listed once it is used.
      change: 'ip -n r link set dev rb mtu 1500; ip -n a route get 10.0.2.1',
      ...ask,
      payloadBytes: 973,
      answered: false,
    },
    { claim: 'flushed', change: 'ip -n a route flush cache', ...ask, payloadBytes: 973, answered: true },
  ]);
});

const ROUTER_4 = `namespaces a n r b
  wire a va n na
  wire n nr r rn
  wire r rb b vb
  address a va 10.0.1.1/24
  address n na 10.0.1.254/24
  address n nr 10.0.12.1/24
  address r rn 10.0.12.2/24
  address r rb 10.0.2.254/24
  address b vb 10.0.2.1/24
  ip -n a route add default via 10.0.1.254
  ip -n n route add 10.0.2.0/24 via 10.0.12.2
  ip -n r route add 10.0.1.0/24 via 10.0.12.1
  ip -n b route add default via 10.0.2.254
  sysctl_ n net.ipv4.ip_forward=1
  sysctl_ r net.ipv4.ip_forward=1
  sysctl_ a net.ipv4.ip_no_pmtu_disc=0`;

/** Each on the network in which r's way to b carries 1000 bytes. */
const WORDS_OF_ROUTERS: readonly (readonly [claim: string, change: string, told: boolean])[] = [
  ['nothing is in the way', ':', true],
  ['the router drops its own errors', 'iptables_ r -A OUTPUT -p icmp --icmp-type 3/4 -j DROP', false],
  ['it drops another code of them', 'iptables_ r -A OUTPUT -p icmp --icmp-type 3/13 -j DROP', true],
  ['it is related to what it is about, where it is made', 'nft_ r output "ct state != related drop"', true],
  ['... where it passes', 'nft_ n forward "ct state != { new, related } drop"', true],
  ['... and established it is not', 'nft_ n forward "ct state related drop"', false],
  ['the sender drops it', 'iptables_ a -A INPUT -m conntrack --ctstate RELATED -j DROP', false],
  ['the router has no way back', 'ip -n r route del 10.0.1.0/24', false],
  ['its source is not believed', 'sysctl_ n net.ipv4.conf.nr.rp_filter=1; ip -n n route add 10.0.12.2 dev na', false],
  [
    'the sender is translated, and so is the word to it',
    'iptables_ n -t nat -A POSTROUTING -o nr -j MASQUERADE; ip -n r route del 10.0.1.0/24',
    true,
  ],
  [
    'the destination is translated',
    'iptables_ n -t nat -A PREROUTING -d 10.0.9.9 -j DNAT --to-destination 10.0.2.1; asked=10.0.9.9',
    true,
  ],
];

const CHANGE_WORDS = `
  iptables_() { in_=$1; shift; ip netns exec "$in_" iptables -w "$@"; }
  nft_() { # NAME HOOK RULE
    ip netns exec "$1" nft "add table ip t; add chain ip t c { type filter hook $2 priority 0; }; add rule ip t c $3"
  }
`;

liveTest.concurrent.for(WORDS_OF_ROUTERS)(
  "a router's word comes to its sender as far as filters let it: %s",
  async ([claim, change, told], { expect }) => {
    await inWorld(async (world) => {
      await world.sh(`${WORDS}${CHANGE_WORDS}${ROUTER_4}\nip -n r link set dev rb mtu 1000\n${change}`);
      const to = change.includes('10.0.9.9') ? '10.0.9.9' : '10.0.2.1';
      const question = ask('a', to, { payloadBytes: 1400, dontFragment: true });
      const { request } = walkRoundTrip(await collectIn(world), question);
      expect({ claim, told: await isTold(world, to) }).toEqual({ claim, told });
      const reason = request.fate.kind === 'dropped' ? request.fate.reason : undefined;
      expect({ claim, fate: request.fate.kind, model: wordReaches(reason) }).toEqual({
        claim,
        fate: 'dropped',
        model: told,
      });
    });
  },
);

/** Whether ping hears of it, if not at once (a neighbour entry may be pending) then at the second or third time. */
async function isTold(world: World, to: string): Promise<boolean> {
  const words = ['-n', '-c3', '-i0.2', '-W0.5', '-M', 'do', '-s', '1400', to];
  const { stdout, stderr } = await world.run(['ip', 'netns', 'exec', 'a', 'ping', ...words]);
  return /Frag needed|message too long/.test(stdout + stderr);
}

function wordReaches(reason: DropReason | undefined): boolean | undefined {
  if (reason?.kind !== 'mtu-exceeded' || reason.by.kind !== 'router') return undefined;
  return reason.by.word?.fate.kind === 'delivered' && reason.by.word.fate.netns === 'a';
}
