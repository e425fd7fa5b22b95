/** The commands of every edit, run as printed, on devices with the names that break scripts. */

import { expect } from 'vitest';
import { commandsOf } from '../../src/host/commands.ts';
import type { Edit } from '../../src/host/edit.ts';
import type { DeviceName } from '../../src/host/link.ts';
import { confKey } from '../../src/host/sysctl.ts';
import type { Argv } from '../../src/system/run.ts';
import { hostOf, netnsName } from '../helpers/build-host.ts';
import { addr, mac, route } from '../helpers/iproute-text.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

const NAMES = ['-x', 'br', 'via', 'dev', 'a@b', 'br0.1', '$(reboot)', '😀', `a"b'c`, 'x*?', 'up;id', '-', '0'];

/** Everything that can be done to one device, in an order in which each step is possible. */
function editsOf(device: DeviceName): readonly Edit[] {
  const netns = netnsName('ns1');
  const on = { netns, device };
  const added = route(`10.9.0.0/24 via 10.0.0.254 dev ${device}`);
  return [
    { ...on, kind: 'link-mtu', mtu: 1400 },
    { ...on, kind: 'link-arp', arp: true },
    { ...on, kind: 'link-checksum' },
    { ...on, kind: 'link-up' },
    { ...on, kind: 'address-add', address: addr('10.0.0.1'), prefixLength: 24 },
    { ...on, kind: 'address-add', address: addr('fd00::1'), prefixLength: 64 },
    { netns, kind: 'route-add', route: added },
    { netns, kind: 'route-change', from: added, to: route(`10.9.0.0/24 via 10.0.0.253 dev ${device}`) },
    { netns, kind: 'route-delete', route: route(`10.9.0.0/24 via 10.0.0.253 dev ${device}`) },
    { netns, kind: 'route-add', route: { ...route(`::/0 via fd00::fe dev ${device}`), metric: 1024 } },
    { ...on, kind: 'neighbor-delete', address: addr('10.0.0.9') },
    { netns, kind: 'sysctl', key: confKey('ipv4', device, 'forwarding'), value: '1' },
    { ...on, kind: 'address-delete', address: addr('10.0.0.1'), prefixLength: 24 },
    { ...on, kind: 'link-master', master: '-br' as DeviceName },
    { ...on, kind: 'bridge-port', setting: 'isolated', on: true },
    { ...on, kind: 'bridge-port', setting: 'hairpin', on: true },
    { ...on, kind: 'bridge-port', setting: 'flood', on: false },
    { ...on, kind: 'bridge-port', setting: 'state', state: 'blocking' },
    { ...on, kind: 'fdb-delete', mac: mac('02:aa:aa:aa:aa:aa'), vlan: undefined },
    { ...on, kind: 'link-master', master: undefined },
    { ...on, kind: 'link-netns', target: netnsName('-n') },
  ];
}

async function run(world: World, argv: readonly string[] | undefined): Promise<void> {
  const result = await world.run(argv as unknown as Argv);
  expect({ argv, exitCode: result.exitCode, stderr: result.stderr }).toEqual({ argv, exitCode: 0, stderr: '' });
}

liveTest.for(NAMES)('commandsOf() makes every change to a device called %s', async (name) => {
  const device = name as DeviceName;
  const host = hostOf({
    ns1: { links: { [name]: { peer: 'ns2:peer', up: false }, '-br': { kind: 'bridge' } } },
    ns2: { links: { peer: {} } },
    '-n': {},
  });
  await inWorld(async (world) => {
    await world.sh(`
      ip netns add ns1; ip netns add ns2; ip netns add -n
      ip -n ns1 link add dev -br type bridge; ip -n ns1 link set dev -br up
    `);
    const pair = ['link', 'add', 'dev', name, 'type', 'veth', 'peer', 'name', 'peer', 'netns', 'ns2'];
    await run(world, ['ip', '-n', 'ns1', ...pair]);
    await run(world, ['ip', '-n', 'ns2', 'link', 'set', 'dev', 'peer', 'up']);
    for (const edit of editsOf(device)) {
      if (edit.kind === 'neighbor-delete') {
        await run(world, ['ip', '-n', 'ns1', 'neigh', 'add', edit.address, 'lladdr', '02:aa:aa:aa:aa:aa', 'dev', name]);
      }
      if (edit.kind === 'fdb-delete') {
        await run(world, ['bridge', '-n', 'ns1', 'fdb', 'add', edit.mac, 'dev', name, 'master', 'static']);
      }
      for (const { argv, undo } of commandsOf(host, edit)) {
        await run(world, argv);
        // Taken back and done again: what is printed as the way back is one.
        if (undo === undefined || edit.kind === 'link-up' || edit.kind === 'sysctl') continue;
        await run(world, undo);
        if (edit.kind === 'link-master' && edit.master === undefined)
          await run(world, ['ip', '-n', 'ns1', 'link', 'set', 'dev', name, 'master', '-br']);
        await run(world, argv);
      }
    }
  });
});
