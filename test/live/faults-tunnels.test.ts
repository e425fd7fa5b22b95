/**
 * The edits of vxlans and macvlans have two readings, and the kernel says whether they agree: what the model has after
 * the edit, and what is collected after the printed commands have run.
 */

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { applyEdit } from '../../src/host/apply.ts';
import { commandsOf } from '../../src/host/commands.ts';
import type { Edit } from '../../src/host/edit.ts';
import { allLinks, type Host, linksOf } from '../../src/host/host.ts';
import type { DeviceName } from '../../src/host/link.ts';
import { refusalOf } from '../../src/host/refusal.ts';
import { routeText } from '../../src/host/route-text.ts';
import type { Argv } from '../../src/system/run.ts';
import { netnsName } from '../helpers/build-host.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { addr, mac, port } from '../helpers/iproute-text.ts';
import { WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest } from '../helpers/world.ts';

const REST_WITHIN_MS = 15_000;

const NETWORK = `
  namespaces a b c
  wire a va b vb
  address a va 192.168.0.1/24
  address b vb 192.168.0.2/24
  ip -n a link add name vx0 mtu 1400 type vxlan id 42 dstport 4789 remote 192.168.0.9 local 192.168.0.1 nolearning
  ip -n a link set dev vx0 up
  address a vx0 10.42.0.1/24
  ip -n a route add 10.43.0.0/16 via 10.42.0.2
  bridge -n a fdb append 02:00:00:00:00:07 dev vx0 dst 192.168.0.7 static
  bridge_ b br0
  ip -n b link add name vx1 type vxlan id 43 dstport 8472
  ip -n b link set dev vx1 master br0
  ip -n b link set dev vx1 up
  ip -n a link add link va name mv0 netns c type macvlan mode private
  ip -n c link set dev mv0 up
`;

const a = netnsName('a');
const vx0 = 'vx0' as DeviceName;

const CASES: readonly { readonly does: string; readonly edits: readonly Edit[] }[] = [
  {
    does: 'sends a tunnel elsewhere: the entry of the old remote goes',
    edits: [{ kind: 'vxlan-remote', netns: a, device: vx0, remote: addr('192.168.0.2') }],
  },
  {
    does: 'gives a tunnel one more far end, and a MAC another one',
    edits: [
      {
        kind: 'fdb-remote',
        netns: a,
        device: vx0,
        mac: mac('00:00:00:00:00:00'),
        destination: addr('192.168.0.2'),
        how: 'append',
      },
      {
        kind: 'fdb-remote',
        netns: a,
        device: vx0,
        mac: mac('02:00:00:00:00:07'),
        destination: addr('192.168.0.2'),
        how: 'replace',
      },
    ],
  },
  {
    does: 'makes a tunnel anew, with its address, route, entries and MTU',
    edits: [{ kind: 'vxlan-remake', netns: a, device: vx0, vni: 44, dstPort: port(4790) }],
  },
  {
    does: 'makes a tunnel anew that is a port of a bridge and has no remote',
    edits: [{ kind: 'vxlan-remake', netns: netnsName('b'), device: 'vx1' as DeviceName, vni: 42, dstPort: port(4789) }],
  },
  {
    does: 'changes the mode of a macvlan, and gives the parent one of its own',
    edits: [
      { kind: 'macvlan-mode', netns: netnsName('c'), device: 'mv0' as DeviceName, mode: 'bridge' },
      { kind: 'macvlan-add', netns: a, name: 'macvlan0' as DeviceName, lower: 'va' as DeviceName },
      { kind: 'link-up', netns: a, device: 'macvlan0' as DeviceName },
    ],
  },
];

/** What the edits change; the MAC of a new macvlan is the kernel's own choice, and so is its link-local address. */
function tunnelsOf(host: Host): unknown {
  return {
    links: [...allLinks(host)].map(({ netns, link }) => {
      const { name, up, carrier, mtu, master, port: asPort, detail, addresses } = link;
      const given = addresses.filter(({ scope }) => scope !== 'link').map(({ address }) => address);
      return { at: `${netns.name}:${name}`, up, carrier, mtu, master, asPort, detail, given };
    }),
    fdb: host.namespaces.flatMap(({ name, fdb }) =>
      (fdb.known ? fdb.value : [])
        .filter(({ destination }) => destination !== undefined)
        .map((entry) => `${name} ${entry.device} ${entry.mac} ${entry.destination} ${entry.state}`),
    ),
    routes: host.namespaces.flatMap(({ name, routes }) =>
      (routes.known ? routes.value : [])
        .filter(({ family, type }) => family === 'inet' && type === 'unicast')
        .map((route) => `${name} ${routeText(route)}`),
    ),
  };
}

/** In no order: a device that is made anew comes last. */
function sorted(host: Host): unknown {
  const lists = Object.entries(tunnelsOf(host) as Record<string, readonly unknown[]>);
  return Object.fromEntries(lists.map(([key, list]) => [key, list.map((each) => JSON.stringify(each)).sort()]));
}

liveTest.for(CASES)('applyEdit() and the commands agree with the kernel: $does', async ({ edits }) => {
  await inWorld(async (world) => {
    await world.sh(`${WORDS}\n${NETWORK}`);
    const isUpAll = (host: Host) =>
      host.namespaces.every((netns) => linksOf(netns).every(({ up, carrier }) => up && carrier));
    const comesUpBy = performance.now() + REST_WITHIN_MS;
    let host = await collectIn(world);
    while (!isUpAll(host) && performance.now() < comesUpBy) host = await collectIn(world);
    const before = sorted(host);
    for (const edit of edits) {
      expect(refusalOf(host, edit)).toBeUndefined();
      for (const { argv } of commandsOf(host, edit)) {
        const { exitCode, stderr } = await world.run(argv as unknown as Argv);
        expect({ argv, exitCode, stderr }).toEqual({ argv, exitCode: 0, stderr: '' });
      }
      host = applyEdit(host, edit);
    }
    const model = sorted(host);
    const deadline = performance.now() + REST_WITHIN_MS;
    expect(model).not.toEqual(before);
    let now = sorted(await collectIn(world));
    while (!isDeepStrictEqual(now, model) && performance.now() < deadline) now = sorted(await collectIn(world));
    expect(now).toEqual(model);
  });
});

liveTest('refusalOf() refuses what the kernel refuses of macvlans', async () => {
  await inWorld(async (world) => {
    await world.sh(`${WORDS}
      namespaces a b c
      wire a va b vb
      bridge_ b br0 vb
      ip -n a link add link va name mv0 netns c type macvlan mode passthru`);
    const host = await collectIn(world);
    const refused: readonly Edit[] = [
      { kind: 'macvlan-mode', netns: netnsName('c'), device: 'mv0' as DeviceName, mode: 'bridge' },
      { kind: 'macvlan-add', netns: a, name: 'new' as DeviceName, lower: 'va' as DeviceName },
      { kind: 'macvlan-add', netns: netnsName('b'), name: 'new' as DeviceName, lower: 'vb' as DeviceName },
      { kind: 'macvlan-add', netns: a, name: 'va' as DeviceName, lower: 'va' as DeviceName },
    ];
    for (const edit of refused) {
      expect({ edit, refused: refusalOf(host, edit) !== undefined }).toEqual({ edit, refused: true });
      const [command] = commandsOf(host, edit);
      const { exitCode } = await world.run(command?.argv as unknown as Argv);
      expect({ edit, failed: exitCode !== 0 }).toEqual({ edit, failed: true });
    }
  });
});
