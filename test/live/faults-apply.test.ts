/**
 * An edit has two readings, and the kernel says whether they agree: the host that the model has after the edit, and the
 * host that is collected after the printed commands have run.
 */

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { applyEdit } from '../../src/host/apply.ts';
import { commandsOf } from '../../src/host/commands.ts';
import type { Edit } from '../../src/host/edit.ts';
import { allLinks, type Host } from '../../src/host/host.ts';
import type { DeviceName } from '../../src/host/link.ts';
import { refusalOf } from '../../src/host/refusal.ts';
import { confKey, sysctlKey } from '../../src/host/sysctl.ts';
import type { Argv } from '../../src/system/run.ts';
import { settled } from '../faults/settled.ts';
import { netnsName } from '../helpers/build-host.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { addr, mac, route } from '../helpers/iproute-text.ts';
import { WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

/** Duplicate detection and carrier events take their time; the kernel has come to rest long before this. */
const REST_WITHIN_MS = 8000;

interface Case {
  readonly does: string;
  /** Shell, with WORDS. */
  readonly network: string;
  readonly edits: readonly Edit[];
}

const a = netnsName('a');
const b = netnsName('b');
const va = 'va' as DeviceName;
const vb = 'vb' as DeviceName;
const br = 'br0' as DeviceName;

const PAIR = `
  namespaces a b
  wire a va b vb
  address a va 10.0.0.1/24 fd00::1/64
  address b vb 10.0.0.2/24 fd00::2/64
`;

const v6 = (text: string) => ({ ...route(text), metric: 1024 });

const CASES: readonly Case[] = [
  {
    does: 'brings a link up: connected routes return, static ones do not, the peer gets carrier',
    network: `${PAIR}
      ip -n a route add 10.9.0.0/16 via 10.0.0.2
      address a va 10.0.0.5/24 10.1.0.1/32
      ip -n a link set dev va down`,
    edits: [{ netns: a, kind: 'link-up', device: va }],
  },
  {
    does: 'brings a link up whose peer is down: its routes are marked linkdown',
    network: `${PAIR} ip -n a link set dev va down; ip -n b link set dev vb down`,
    edits: [{ netns: a, kind: 'link-up', device: va }],
  },
  {
    does: 'brings lo up',
    network: 'ip netns add a',
    edits: [{ netns: a, kind: 'link-up', device: 'lo' as DeviceName }],
  },
  {
    does: 'brings a bridge up: its ports forward',
    network: `namespaces a b; wire a va b vb
      bridge_ b br0 vb; address b br0 10.0.0.9/24; ip -n b link set dev br0 down`,
    edits: [{ netns: b, kind: 'link-up', device: br }],
  },
  {
    does: 'brings a bridge without ports up',
    network: 'namespaces b; ip -n b link add br0 type bridge; address b br0 10.0.0.9/24',
    edits: [{ netns: b, kind: 'link-up', device: br }],
  },
  {
    does: 'brings the far end of a bridge port up: port and bridge come to life',
    network: `namespaces a b; wire a va b vb
      bridge_ b br0 vb; address b br0 10.0.0.9/24; ip -n a link set dev va down`,
    edits: [{ netns: a, kind: 'link-up', device: va }],
  },
  {
    does: 'attaches a port: the bridge takes its MAC, the address stays',
    network: `${PAIR} ip -n b link set dev vb mtu 1400; ip -n b link add br0 type bridge; ip -n b link set dev br0 up`,
    edits: [{ netns: b, kind: 'link-master', device: vb, master: br }],
  },
  {
    does: 'attaches a port that is down',
    network: `${PAIR} ip -n b link set dev vb down; bridge_ b br0`,
    edits: [{ netns: b, kind: 'link-master', device: vb, master: br }],
  },
  {
    does: 'takes the last port off a bridge',
    network: `${PAIR} bridge_ b br0 vb; address b br0 10.0.0.9/24`,
    edits: [{ netns: b, kind: 'link-master', device: vb, master: undefined }],
  },
  {
    does: 'moves a port from one bridge to another',
    network: `${PAIR} bridge_ b br1; bridge_ b br0 vb`,
    edits: [{ netns: b, kind: 'link-master', device: vb, master: 'br1' as DeviceName }],
  },
  {
    does: 'moves a link into another namespace: it arrives bare and down',
    network: `${PAIR} namespaces c; ip -n b link set dev vb mtu 1400; ip -n b route add 10.9.0.0/16 via 10.0.0.1
      sysctl_ c net.ipv4.conf.default.rp_filter=2`,
    edits: [{ netns: b, kind: 'link-netns', device: vb, target: netnsName('c') }],
  },
  {
    does: 'moves a bridge port into another namespace',
    network: `${PAIR} namespaces c; bridge_ b br0 vb`,
    edits: [{ netns: b, kind: 'link-netns', device: vb, target: netnsName('c') }],
  },
  { does: 'sets an MTU', network: PAIR, edits: [{ netns: a, kind: 'link-mtu', device: va, mtu: 1400 }] },
  {
    does: 'sets the MTU of a bridge port: the bridge follows',
    network: `${PAIR} bridge_ b br0 vb`,
    edits: [{ netns: b, kind: 'link-mtu', device: vb, mtu: 1300 }],
  },
  {
    does: 'switches ARP on: permanent neighbours go',
    network: `${PAIR} ip -n a link set dev va arp off
      ip -n a neigh add 10.0.0.2 lladdr 02:aa:aa:aa:aa:aa dev va nud permanent`,
    edits: [{ netns: a, kind: 'link-arp', device: va, arp: true }],
  },
  {
    does: 'gives a device another MAC: its addresses stay, the link-local one as well, its permanent neighbours go',
    network: `${PAIR} ip -n a neigh add 10.0.0.2 lladdr 02:aa:aa:aa:aa:aa dev va nud permanent`,
    edits: [{ netns: a, kind: 'link-mac', device: va, mac: mac('02:00:00:00:00:aa') }],
  },
  {
    does: 'answers for an address of another device, of both families',
    network: PAIR,
    edits: [
      { netns: a, kind: 'neighbor-proxy', device: va, address: addr('10.0.0.77') },
      { netns: a, kind: 'neighbor-proxy', device: va, address: addr('fd00::77') },
    ],
  },
  {
    does: 'opens an isolated port',
    network: `${PAIR} bridge_ b br0 vb; bridge -n b link set dev vb isolated on hairpin on flood off mcast_flood off bcast_flood off`,
    edits: [
      { netns: b, kind: 'bridge-port', device: vb, setting: 'isolated', on: false },
      { netns: b, kind: 'bridge-port', device: vb, setting: 'flood', on: true },
      { netns: b, kind: 'bridge-port', device: vb, setting: 'multicastFlood', on: true },
      { netns: b, kind: 'bridge-port', device: vb, setting: 'broadcastFlood', on: true },
    ],
  },
  {
    does: 'lets a disabled port forward: the bridge gets carrier',
    network: `${PAIR} bridge_ b br0 vb; bridge -n b link set dev vb state 0`,
    edits: [{ netns: b, kind: 'bridge-port', device: vb, setting: 'state', state: 'forwarding' }],
  },
  {
    does: 'adds addresses, a secondary one and one alone among them',
    network: PAIR,
    edits: [
      { netns: a, kind: 'address-add', device: va, address: addr('10.0.0.7'), prefixLength: 24 },
      { netns: a, kind: 'address-add', device: va, address: addr('10.3.0.1'), prefixLength: 31 },
      { netns: a, kind: 'address-add', device: va, address: addr('10.4.0.1'), prefixLength: 32 },
      { netns: a, kind: 'address-add', device: va, address: addr('fd01::1'), prefixLength: 64 },
    ],
  },
  {
    does: 'adds addresses to a link that is down',
    network: `${PAIR} ip -n a link set dev va down`,
    edits: [
      { netns: a, kind: 'address-add', device: va, address: addr('10.3.0.1'), prefixLength: 24 },
      { netns: a, kind: 'address-add', device: va, address: addr('fd01::1'), prefixLength: 64 },
      { netns: a, kind: 'link-up', device: va },
    ],
  },
  {
    does: 'gives an address another length, and keeps the routes beside it',
    network: `namespaces a b; wire a va b vb; address a va 10.0.0.1/30
      ip -n a route add 10.9.0.0/16 via 10.0.0.2 src 10.0.0.1`,
    edits: [
      { netns: a, kind: 'address-add', device: va, address: addr('10.0.0.1'), prefixLength: 24 },
      { netns: a, kind: 'address-delete', device: va, address: addr('10.0.0.1'), prefixLength: 30 },
    ],
  },
  {
    does: 'gives an IPv6 address another length',
    network: PAIR,
    edits: [
      { netns: a, kind: 'address-delete', device: va, address: addr('fd00::1'), prefixLength: 64 },
      { netns: a, kind: 'address-add', device: va, address: addr('fd00::1'), prefixLength: 48 },
    ],
  },
  {
    does: 'deletes an address: routes with it as their source go, gateways stay',
    network: `${PAIR} address a va 10.1.0.1/24
      ip -n a route add 10.8.0.0/16 via 10.0.0.2
      ip -n a route add 10.7.0.0/16 via 10.0.0.2 src 10.1.0.1
      ip -n a route add 10.6.0.0/16 via 10.1.0.2`,
    edits: [{ netns: a, kind: 'address-delete', device: va, address: addr('10.1.0.1'), prefixLength: 24 }],
  },
  {
    does: 'deletes a primary address: its secondaries and all IPv4 routes of the device go',
    network: `${PAIR} address a va 10.0.0.7/24
      sysctl_ a net.ipv4.conf.all.promote_secondaries=0 net.ipv4.conf.va.promote_secondaries=0
      ip -n a route add 10.8.0.0/16 via 10.0.0.2; ip -n a route add 10.6.0.0/16 dev va`,
    edits: [{ netns: a, kind: 'address-delete', device: va, address: addr('10.0.0.1'), prefixLength: 24 }],
  },
  {
    does: 'deletes an IPv6 address: routes lose it as their source and stay',
    network: `${PAIR} ip -n a route add fd09::/64 via fd00::2 src fd00::1`,
    edits: [{ netns: a, kind: 'address-delete', device: va, address: addr('fd00::1'), prefixLength: 64 }],
  },
  {
    does: 'adds routes',
    network: PAIR,
    edits: [
      { netns: a, kind: 'route-add', route: route('10.9.0.0/16 via 10.0.0.2 dev va') },
      { netns: a, kind: 'route-add', route: { ...route('10.8.0.0/16 dev va'), scope: 'link' } },
      { netns: a, kind: 'route-add', route: route('default via 10.0.0.2 dev va') },
      { netns: a, kind: 'route-add', route: route('default via 10.0.0.3 dev va metric 50') },
      { netns: a, kind: 'route-add', route: route('10.7.0.0/16 via 10.0.0.2 dev va table 7') },
      { netns: a, kind: 'route-add', route: v6('::/0 via fd00::2 dev va') },
      { netns: a, kind: 'route-add', route: v6('fd09::/64 dev va') },
    ],
  },
  {
    does: 'changes and deletes routes',
    network: `${PAIR} ip -n a route add 10.9.0.0/16 via 10.0.0.9; ip -n a route add blackhole 10.8.0.0/16
      ip -n a route add 10.8.8.0/24 via 10.0.0.2 table 7; ip -n a -6 route add default via fd00::9`,
    edits: [
      {
        netns: a,
        kind: 'route-change',
        from: route('10.9.0.0/16 via 10.0.0.9 dev va'),
        to: route('10.9.0.0/16 via 10.0.0.2 dev va'),
      },
      { netns: a, kind: 'route-delete', route: { ...route('blackhole 10.8.0.0/16'), nexthops: [] } },
      { netns: a, kind: 'route-delete', route: route('10.8.8.0/24 via 10.0.0.2 dev va table 7') },
      {
        netns: a,
        kind: 'route-change',
        from: v6('::/0 via fd00::9 dev va'),
        to: v6('::/0 via fd00::2 dev va'),
      },
    ],
  },
  {
    does: 'deletes a policy rule and a permanent neighbour',
    network: `${PAIR} ip -n a rule add pref 100 to 10.0.0.2 prohibit; ip -n a -6 rule add pref 100 blackhole
      ip -n a neigh add 10.0.0.2 lladdr 02:aa:aa:aa:aa:aa dev va nud permanent`,
    edits: [
      { netns: a, kind: 'rule-delete', priority: 100, family: 'inet' },
      { netns: a, kind: 'rule-delete', priority: 100, family: 'inet6' },
      { netns: a, kind: 'neighbor-delete', device: va, address: addr('10.0.0.2') },
    ],
  },
  {
    does: 'writes ip_forward: it reaches every device, also one that was switched on by itself',
    network: `${PAIR} sysctl_ a net.ipv4.conf.va.forwarding=1`,
    edits: [{ netns: a, kind: 'sysctl', key: sysctlKey('net/ipv4/ip_forward'), value: '1' }],
  },
  {
    does: 'writes forwarding of one device, and of all again to no effect',
    network: `${PAIR} sysctl_ a net.ipv4.ip_forward=1`,
    edits: [
      { netns: a, kind: 'sysctl', key: confKey('ipv4', va, 'forwarding'), value: '0' },
      { netns: a, kind: 'sysctl', key: confKey('ipv4', 'all', 'forwarding'), value: '1' },
      { netns: a, kind: 'sysctl', key: confKey('ipv4', va, 'rp_filter'), value: '2' },
    ],
  },
  {
    does: 'writes IPv6 forwarding',
    network: PAIR,
    edits: [{ netns: a, kind: 'sysctl', key: confKey('ipv6', 'all', 'forwarding'), value: '1' }],
  },
  {
    does: 'switches IPv6 off and on: addresses and routes go, the link-local one returns',
    network: `${PAIR} ip -n a -6 route add default via fd00::2`,
    edits: [
      { netns: a, kind: 'sysctl', key: confKey('ipv6', 'all', 'disable_ipv6'), value: '1' },
      { netns: a, kind: 'sysctl', key: confKey('ipv6', va, 'disable_ipv6'), value: '0' },
    ],
  },
  {
    does: 'wires a whole path of edits, one upon the other',
    network: `namespaces a b; ip link add dev va type veth peer name vb; ip link set dev vb netns b; bridge_ b br0; address b br0 10.0.0.2/24`,
    edits: [
      { netns: netnsName('host'), kind: 'link-netns', device: va, target: a },
      { netns: a, kind: 'link-up', device: va },
      { netns: a, kind: 'address-add', device: va, address: addr('10.0.0.1'), prefixLength: 24 },
      { netns: b, kind: 'link-master', device: vb, master: br },
      { netns: b, kind: 'link-up', device: vb },
      { netns: a, kind: 'route-add', route: route('default via 10.0.0.2 dev va') },
    ],
  },
];

async function run(world: World, host: Host, edit: Edit): Promise<void> {
  for (const { argv } of commandsOf(host, edit)) {
    const result = await world.run(argv as unknown as Argv);
    expect({ argv, exitCode: result.exitCode, stderr: result.stderr }).toEqual({ argv, exitCode: 0, stderr: '' });
  }
}

/** The collected host, once it does not change any more. */
async function restingHost(world: World): Promise<Host> {
  const deadline = performance.now() + REST_WITHIN_MS;
  let host = await collectIn(world);
  for (;;) {
    const next = await collectIn(world);
    const isAtRest = isDeepStrictEqual(settled(next), settled(host)) && hasLinkLocalAddresses(next);
    if (isAtRest || performance.now() > deadline) return next;
    host = next;
  }
}

/** A link that came up has its link-local address once the link watch has been there, which takes it up to a second. */
function hasLinkLocalAddresses(host: Host): boolean {
  return [...allLinks(host)].every(({ netns, link: { name, up, carrier, addresses } }) => {
    const isWithoutIpv6 = netns.sysctls.values.get(confKey('ipv6', name, 'disable_ipv6')) !== '0';
    return name === 'lo' || !up || !carrier || isWithoutIpv6 || addresses.some(({ scope }) => scope === 'link');
  });
}

/** The collected host, once it is as the model says, or as it is when the time is over. */
async function atRest(world: World, model: Host): Promise<Host> {
  const deadline = performance.now() + REST_WITHIN_MS;
  for (;;) {
    const host = await collectIn(world);
    if (isDeepStrictEqual(settled(host), settled(model)) || performance.now() > deadline) return host;
  }
}

liveTest.for(CASES)('applyEdit() and the commands agree with the kernel: $does', async ({ network, edits }) => {
  await inWorld(async (world) => {
    await world.sh(`${WORDS}\n${network}`);
    let host = await restingHost(world);
    const before = settled(host);
    for (const edit of edits) {
      expect(refusalOf(host, edit)).toBeUndefined();
      await run(world, host, edit);
      host = applyEdit(host, edit);
    }
    expect(settled(host)).not.toEqual(before);
    expect(settled(await atRest(world, host))).toEqual(settled(host));
  });
});

const REFUSED: readonly { readonly what: string; readonly edit: Edit }[] = [
  {
    what: 'a gateway in no network of ours',
    edit: { netns: a, kind: 'route-add', route: route('10.9.0.0/16 via 172.16.0.1 dev va') },
  },
  {
    what: 'an IPv6 gateway that is ourselves',
    edit: { netns: a, kind: 'route-add', route: v6('fd09::/64 via fd00::1 dev va') },
  },
  { what: 'a route that is there', edit: { netns: a, kind: 'route-add', route: route('10.0.0.0/24 dev va') } },
  {
    what: 'a route through a link that is down',
    edit: { netns: a, kind: 'route-add', route: route('10.9.0.0/16 dev d0') },
  },
  {
    what: 'an address that is there',
    edit: { netns: a, kind: 'address-add', device: va, address: addr('10.0.0.1'), prefixLength: 24 },
  },
  {
    what: 'an IPv6 address that is there with another length',
    edit: { netns: a, kind: 'address-add', device: va, address: addr('fd00::1'), prefixLength: 48 },
  },
  { what: 'moving a bridge', edit: { netns: b, kind: 'link-netns', device: br, target: a } },
  { what: 'moving to where the name is taken', edit: { netns: b, kind: 'link-netns', device: va, target: a } },
  {
    what: 'deleting a route that is not there',
    edit: { netns: a, kind: 'route-delete', route: route('10.9.0.0/16 via 10.0.0.2 dev va') },
  },
  { what: 'a master that is not there', edit: { netns: a, kind: 'link-master', device: va, master: br } },
];

liveTest('refusalOf() refuses what the kernel refuses, and applyEdit() then changes nothing', async () => {
  await inWorld(async (world) => {
    await world.sh(`${WORDS}\n${PAIR}
      namespaces c; ip link add dev d0 netns a type veth peer name d1 netns c
      bridge_ b br0; ip link add dev va netns b type veth peer name d2 netns c`);
    const host = await collectIn(world);
    for (const { what, edit } of REFUSED) {
      expect({ what, refused: refusalOf(host, edit) !== undefined }).toEqual({ what, refused: true });
      expect(applyEdit(host, edit)).toBe(host);
      const [command] = commandsOf(host, edit);
      const result = await world.run(command?.argv as unknown as Argv);
      expect({ what, failed: result.exitCode !== 0 }).toEqual({ what, failed: true });
    }
  });
});
