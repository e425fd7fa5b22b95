import { expect } from 'vitest';
import { findLink, findNetns, type Host } from '../../src/host/host.ts';
import type { DeviceName, NetnsName } from '../../src/host/link.ts';
import { hostOf } from '../../src/recording/to-host.ts';
import { collectIn, recordIn } from '../helpers/collect-world.ts';
import { inWorld, liveTest, until, type World } from '../helpers/world.ts';

function names(host: Host): readonly string[] {
  return host.namespaces.map(({ name }) => name);
}

function peerOf(host: Host, netns: string, device: string): unknown {
  const detail = findLink(host, netns as NetnsName, device as DeviceName)?.detail;
  return detail?.kind === 'veth' ? detail.peer : undefined;
}

/** A namespace that only a process holds; answers its number in the world. */
async function unnamedNetns(world: World): Promise<number> {
  world.start(['unshare', '--net', 'sh', '-c', 'echo $$ >/run/holder; exec sleep 600']);
  let pid = 0;
  const find = async (): Promise<boolean> => {
    pid = Number((await world.run(['cat', '/run/holder'])).stdout);
    return pid > 0;
  };
  await until(find, 'a process in a namespace of its own');
  return pid;
}

liveTest('collect() finds namespaces by name, by process, by mount, and each of them once', async () => {
  await inWorld(async (world) => {
    const pid = await unnamedNetns(world);
    await world.sh(`
      ip netns add ns1
      ln -s ns1 /run/netns/again
      ip netns attach self $$
      mkdir /run/docker; touch /run/docker/a /run/docker/b
      ip netns add tmp; mount --bind /run/netns/tmp '/run/docker/a'; ip netns del tmp
      mount --bind /proc/${pid}/ns/net /run/docker/b
      touch /run/netns/stale
    `);
    const host = await collectIn(world);

    expect(names(host)).toEqual(['host', 'again', `pid:${pid}`, '/run/docker/a']);
    expect(host.namespaces.map(({ aliases }) => aliases)).toEqual([['self'], ['ns1'], ['/run/docker/b'], []]);
    expect(host.namespaces.map(({ entry }) => entry.kind)).toEqual(['here', 'named', 'pid', 'path']);
    for (const netns of host.namespaces) expect(netns.links).toMatchObject({ known: true });
    expect(host.notes).toEqual(['/run/netns/stale is no network namespace: a name that was left behind']);
  });
});

liveTest('collect() finds veth peers everywhere, though ifindex and nsid are the same in every namespace', async () => {
  await inWorld(async (world) => {
    const pid = await unnamedNetns(world);
    await world.sh(`
      for name in a b c; do ip netns add $name; done
      ip -n a link add name ab type veth peer name ba netns b
      ip -n b link add name bc type veth peer name cb netns c
      ip -n c link add name ca type veth peer name ac netns a
      ip link add name ha type veth peer name ah netns a
      ip link add name hp type veth peer name ph netns ${pid}
      ip -n b link add name bp type veth peer name pb netns ${pid}
      ip -n c link add name c1 type veth peer name c2
    `);
    const host = await collectIn(world);
    const hidden = `pid:${pid}`;
    const pairs = [
      ['a:ab', 'b:ba'],
      ['b:bc', 'c:cb'],
      ['c:ca', 'a:ac'],
      ['host:ha', 'a:ah'],
      ['host:hp', `${hidden}:ph`],
      ['b:bp', `${hidden}:pb`],
      ['c:c1', 'c:c2'],
    ];

    for (const [left = '', right = ''] of [...pairs, ...pairs.map((pair) => pair.toReversed())]) {
      const [netns, device] = splitLast(left);
      const [peerNetns, peerDevice] = splitLast(right);

      expect([left, peerOf(host, netns, device)]).toEqual([
        left,
        { kind: 'found', netns: peerNetns, device: peerDevice },
      ]);
    }
  });
});

function splitLast(text: string): readonly [string, string] {
  const colon = text.lastIndexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1)];
}

liveTest('collect() says of a peer in a namespace that nobody can find that it was not seen', async () => {
  await inWorld(async (world) => {
    // Held by an open file of the shell alone.
    const holder = world.start([
      'sh',
      '-euc',
      'ip netns add gone; ip link add name near type veth peer name far netns gone; exec 9</run/netns/gone; ip netns del gone; echo held; sleep 600',
    ]);
    await holder.said(/held/);
    const host = await collectIn(world);

    expect(names(host)).toEqual(['host']);
    expect(peerOf(host, 'host', 'near')).toEqual({ kind: 'unseen', ifindex: 2, nsid: expect.any(Number) });
  });
});

liveTest('collect() leaves no mount, no name, no file and no process behind, and loads no legacy table', async () => {
  await inWorld(async (world) => {
    await unnamedNetns(world);
    await world.sh('ip netns add ns1');
    const look = () =>
      world.sh(`
        cat /proc/self/mountinfo; ls -lR /run
        ls /proc | grep '^[0-9]' | wc -l
        cat /proc/net/ip_tables_names /proc/net/ip6_tables_names 2>/dev/null || :
      `);
    const before = await look();
    const host = await collectIn(world);

    expect(names(host)).toHaveLength(3);
    // A process that has ended is gone once it has been reaped.
    await until(async () => (await look()) === before, 'the machine as it was before');
  });
});

liveTest('collect() reads a hundred namespaces, all of them with their peers', async () => {
  await inWorld(async (world) => {
    await world.sh(`
      for i in $(seq 100); do
        ip netns add n$i
        ip link add name v$i type veth peer name eth0 netns n$i
      done
    `);
    const host = await collectIn(world);

    expect(names(host)).toHaveLength(101);
    expect(host.notes).toEqual([]);
    for (let i = 1; i <= 100; i++) {
      expect(peerOf(host, `n${i}`, 'eth0')).toEqual({ kind: 'found', netns: 'host', device: `v${i}` });
      expect(peerOf(host, 'host', `v${i}`)).toEqual({ kind: 'found', netns: `n${i}`, device: 'eth0' });
    }
  });
});

liveTest('collect() answers while namespaces come and go; what vanished is a note', async () => {
  await inWorld(async (world) => {
    await world.sh('ip netns add stays');
    const churn = world.start([
      'sh',
      '-c',
      'while :; do for i in 1 2 3 4 5 6; do ip netns add t$i; done; for i in 1 2 3 4 5 6; do ip netns del t$i; done; done',
    ]);
    for (let round = 0; round < 8; round++) {
      const recording = await recordIn(world);
      const { namespaces } = hostOf(recording);

      for (const note of recording.notes) {
        expect(note).toMatch(
          /^(t\d|pid:\d+) vanished while it was being read$|^\/run\/netns\/t\d is no network namespace/,
        );
      }
      for (const { name, links, routes, rules } of namespaces) {
        expect([name, links.known, routes.known, rules.known]).toEqual([name, true, true, true]);
      }
      expect(namespaces.map(({ name }) => name)).toContain('stays');
    }
    await churn.stop();
  });
});

liveTest('collect() reads legacy tables where there are some, and says which process listens', async () => {
  await inWorld(async (world) => {
    await world.sh('ip netns add ns1; ip -n ns1 link set dev lo up; ip netns exec ns1 iptables-legacy -P FORWARD DROP');
    const listener = world.start([
      ...['ip', 'netns', 'exec', 'ns1', process.execPath, '-e'],
      'require("net").createServer().listen(80, "127.0.0.1", () => console.log("listens"))',
    ] as const satisfies readonly [string, ...string[]]);
    await listener.said(/listens/);
    const ns1 = findNetns(await collectIn(world), 'ns1');

    expect(ns1?.ruleset).toMatchObject({
      value: { tables: [{ machinery: 'iptables-legacy', family: 'ip', name: 'filter' }], unread: [] },
    });
    expect(ns1?.sockets).toMatchObject({
      value: [
        { protocol: 'tcp', address: '127.0.0.1', port: 80, process: expect.stringMatching(/^node \(pid \d+\)$/) },
      ],
    });
  });
});
