/** The hosts that tests build, held to what the collector finds of the same network. */

import { expect } from 'vitest';
import type { Host, Netns } from '../../src/host/host.ts';
import { formatPrefix } from '../../src/net/prefix.ts';
import { type HostSpec, hostOf } from '../helpers/build-host.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest } from '../helpers/world.ts';

const NETWORK = `
  namespaces a gw
  wire a va gw pa
  wire a vz gw pz
  bridge_ gw br0 pa
  sysctl_ gw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  address a va 10.0.0.1/24 10.0.0.7/24 10.0.9.9/32 fd00::1/64 fd09::9/128
  address gw br0 10.0.0.254/24 fd00::fe/64
  address gw pz 10.0.5.1/31
  ip -n a route add default via 10.0.0.254 metric 50
  ip -n a route add fd05::/64 via fd00::fe
  ip -n a route add blackhole 10.66.0.0/16 table 7
  ip -n a rule add priority 100 from 10.0.0.0/8 lookup 7
  ip -n a link set dev vz down
  until ip -n gw link show dev pz | grep -q "NO-CARRIER.*state" && bridge -n gw link | grep -q "state forwarding"; do sleep 0.05; done
  # The solicited multicast routes of a bridge come with its carrier.
  until ip -n gw -6 route show table local | grep -q "fd00::fe"; do sleep 0.05; done
`;

const SPEC: HostSpec = {
  a: {
    links: {
      va: {
        peer: 'gw:pa',
        addresses: ['10.0.0.1/24', '10.0.9.9/32', '10.0.0.7/24 secondary', 'fd09::9/128', 'fd00::1/64'],
      },
      vz: { peer: 'gw:pz', up: false },
    },
    routes: ['default via 10.0.0.254 metric 50', 'fd05::/64 via fd00::fe', 'blackhole 10.66.0.0/16 table 7'],
    rules: ['100: from 10.0.0.0/8 lookup 7'],
  },
  gw: {
    links: {
      br0: { kind: 'bridge', addresses: ['10.0.0.254/24', 'fd00::fe/64'] },
      pa: { master: 'br0' },
      pz: { addresses: ['10.0.5.1/31'] },
    },
    sysctls: { 'net/ipv4/ip_forward': 1, 'net/ipv6/conf/all/forwarding': 1 },
  },
};

/** What the tests rely on; link-local addresses come from random MACs, and neither is compared. */
function essence(netns: Netns): unknown {
  const { links, routes, rules, sysctls } = netns;
  if (!links.known || !routes.known || !rules.known) throw new Error(`${netns.name} was not read`);
  const devices = links.value.map(({ name, up, carrier, mtu, master, port, addresses, detail, noArp, unmodelled }) => ({
    name,
    state: { up, carrier, mtu, master, noArp, port: port?.state },
    addresses: addresses
      .filter(({ scope }) => scope !== 'link')
      .map(({ address, prefixLength }) => `${address}/${prefixLength}`),
    kind: detail.kind,
    peer: detail.kind === 'veth' ? detail.peer : undefined,
    unmodelled,
  }));
  const routeTexts = routes.value
    .filter(({ destination }) => !destination.address.startsWith('fe80:'))
    .map(({ type, table, destination, metric, nexthops, scope, prefsrc, protocol }) => {
      const hops = nexthops.map(({ via, device, flags }) => `${via ?? '-'} ${device} ${flags.join()}`);
      return `${type} ${formatPrefix(destination)} table ${table} metric ${metric} ${hops} ${scope} ${prefsrc} ${protocol}`;
    });
  const ruleTexts = rules.value.map(
    ({ family, priority, from, action }) => `${family} ${priority} ${from?.address} ${JSON.stringify(action)}`,
  );
  const settings = [
    'ipv4/conf/all/forwarding',
    'ipv4/conf/lo/rp_filter',
    'ipv6/conf/all/forwarding',
    'ipv4/icmp_echo_ignore_all',
  ];
  return {
    devices: devices.sort((a, b) => (a.name < b.name ? -1 : 1)),
    routes: routeTexts.sort(),
    rules: ruleTexts,
    settings: settings.map((key) => [...sysctls.values].find(([each]) => each === `net/${key}`)),
  };
}

function find(host: Host, name: string): Netns {
  const netns = host.namespaces.find((each) => each.name === name);
  if (netns === undefined) throw new Error(`no ${name}`);
  return netns;
}

liveTest('hostOf() builds what the kernel makes of the same network', async () => {
  await inWorld(async (world) => {
    await world.sh(`${WORDS}${NETWORK}`);
    const collected = await collectIn(world);
    for (const name of ['a', 'gw']) expect(essence(find(hostOf(SPEC), name))).toEqual(essence(find(collected, name)));
  });
});
