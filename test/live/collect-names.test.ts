import { expect } from 'vitest';
import { findNetns, linksOf } from '../../src/host/host.ts';
import { confKey } from '../../src/host/sysctl.ts';
import { collectIn, recordIn } from '../helpers/collect-world.ts';
import { inWorld, liveTest } from '../helpers/world.ts';

/** Each as the shell of the test writes it (printf), and as it must come through. */
const DEVICES = [
  ['\\055x', '-x'],
  ['$(x)', '$(x)'],
  ['a@b', 'a@b'],
  ['br', 'br'],
  ['if7', 'if7'],
  ['*', '*'],
  ['"', '"'],
  ["it's", "it's"],
  ['a\\\\b', 'a\\b'],
  ['br0.1', 'br0.1'],
  ['\\360\\237\\230\\200', '😀'],
  ['\\033[31mred', '\u001b[31mred'],
  ['\\001\\177', '\u0001\u007f'],
  ['\\342\\200\\256x', '\u202ex'],
  // No UTF-8: a byte alone, the beginning of a character, a surrogate.
  ['a\\377b', 'a\udcffb'],
  ['a\\303b', 'a\udcc3b'],
  ['\\355\\277\\277', '\udced\udcbf\udcbf'],
] as const;

function printf(escaped: string): string {
  return `"$(printf '${escaped.replaceAll("'", "'\\''")}')"`;
}

liveTest('collect() brings every device name through exactly, with addresses, routes and sysctls', async () => {
  await inWorld(async (world) => {
    await world.sh(`
      ip netns add ns1
      i=1
      for name in ${DEVICES.map(([escaped]) => printf(escaped)).join(' ')}; do
        ip -n ns1 link add name "$name" type bridge
        ip -n ns1 link set dev "$name" up
        ip -n ns1 addr add "10.0.$i.1/24" dev "$name"
        ip -n ns1 route add "10.1.$i.0/24" dev "$name"
        i=$((i + 1))
      done
    `);
    const ns1 = findNetns(await collectIn(world), 'ns1');
    if (ns1 === undefined || !ns1.routes.known) throw new Error('ns1 was not read');
    const routes = ns1.routes.value;

    expect(linksOf(ns1).map(({ name }) => name)).toEqual(['lo', ...DEVICES.map(([, name]) => name)]);
    for (const [index, { name }] of linksOf(ns1).slice(1).entries()) {
      const prefix = `10.1.${index + 1}.0`;

      expect(routes.find(({ destination }) => destination.address === prefix)?.nexthops[0]?.device).toBe(name);
      expect(ns1.sysctls.values.get(confKey('ipv4', name, 'rp_filter'))).toMatch(/^[012]$/);
    }
  });
});

liveTest('collect() finds the filters of a device with an odd name', async () => {
  await inWorld(async (world) => {
    await world.sh(`
      ip link add name '-a"b' type bridge
      tc qdisc add dev '-a"b' clsact
      tc filter add dev '-a"b' ingress u32 match u32 0 0 flowid 1:1
    `);
    const host = findNetns(await collectIn(world), 'host');

    expect(
      host && linksOf(host).map(({ name, interceptors = [] }) => [name, interceptors.map((each) => each.name)]),
    ).toEqual([
      ['lo', []],
      ['-a"b', ['tc filter on ingress']],
    ]);
  });
});

liveTest('collect() tells namespaces with odd names apart, and the peers in them', async () => {
  await inWorld(async (world) => {
    const names = [':0', ':1', '-x', '$(x)', 'a b', "it's", '"', 'line\nfeed', '😀'];
    await world.sh(
      names
        .map((name, index) => {
          const quoted = `'${name.replaceAll("'", "'\\''")}'`;
          return `touch /run/netns/${quoted} 2>/dev/null || { mkdir -p /run/netns; touch /run/netns/${quoted}; }
            unshare --net=/run/netns/${quoted} ip link set dev lo up
            ip link add name v${index} type veth
            ip link add name w${index} type veth peer name eth0
            nsenter --net=/run/netns/${quoted} sleep 5 & 
            pid=$!
            until [ "$(readlink /proc/$pid/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
            ip link set dev eth0 netns $pid
            kill $pid`;
        })
        .join('\n'),
    );
    const { namespaces } = await recordIn(world);
    const host = await collectIn(world);

    expect(namespaces.map(({ name }) => name).toSorted()).toEqual(['host', ...names].toSorted());
    for (const [index, name] of names.entries()) {
      const eth0 = linksOf(findNetns(host, name) ?? expect.unreachable(name)).find((link) => link.name === 'eth0');

      expect([name, eth0?.detail]).toEqual([
        name,
        { kind: 'veth', peer: { kind: 'found', netns: 'host', device: `w${index}` } },
      ]);
    }
  });
});
