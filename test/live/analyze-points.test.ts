/**
 * tcpdump at every point of a path, and something on it that drops: `nsdiag analyze` says between which two points, what
 * the lost packets have in common, and who is translated to whom.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { inWorld, liveTest, until, type World } from '../helpers/world.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'nsdiag-points-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

interface Document {
  readonly points: readonly { readonly name: string }[];
  readonly losses: readonly {
    readonly after: string;
    readonly before: string;
    readonly packets: number;
    readonly common: string | null;
  }[];
  readonly translations: readonly { readonly flow: string; readonly becomes: string }[];
}

/** ns a (10.0.1.1) - router r, which masquerades - ns b (10.0.2.1). */
const ROUTED = `
  for n in a r b; do ip netns add $n; ip -n $n link set dev lo up; done
  ip link add va netns a type veth peer name ra netns r
  ip link add vb netns b type veth peer name rb netns r
  ip -n a addr add 10.0.1.1/24 dev va; ip -n r addr add 10.0.1.254/24 dev ra
  ip -n b addr add 10.0.2.1/24 dev vb; ip -n r addr add 10.0.2.254/24 dev rb
  ip -n a link set dev va up; ip -n r link set dev ra up; ip -n r link set dev rb up; ip -n b link set dev vb up
  ip -n a route add default via 10.0.1.254
  ip netns exec r sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
  printf 'table ip nat { chain post { type nat hook postrouting priority 100; oifname rb masquerade; }; }\\n' | ip netns exec r nft -f -
`;

/** The underlay, and a VXLAN over it: 10.9.0.1 in a, 10.9.0.2 in b. */
const OVERLAY = `
  for n in a b; do ip netns add $n; ip -n $n link set dev lo up; done
  ip link add va netns a type veth peer name vb netns b
  ip -n a addr add 10.0.1.1/24 dev va; ip -n b addr add 10.0.1.2/24 dev vb
  ip -n a link set dev va up; ip -n b link set dev vb up
  ip -n a link add vx type vxlan id 42 dstport 4789 local 10.0.1.1 remote 10.0.1.2 dev va
  ip -n b link add vx type vxlan id 42 dstport 4789 local 10.0.1.2 remote 10.0.1.1 dev vb
  ip -n a addr add 10.9.0.1/24 dev vx; ip -n b addr add 10.9.0.2/24 dev vx
  ip -n a link set dev vx up; ip -n b link set dev vx up
`;

function dropping(netns: string, hook: string, rule: string): string {
  const chain = `table ip drops { chain c { type filter hook ${hook} priority 0; ${rule}; }; }`;
  return `printf '${chain}\\n' | ip netns exec ${netns} nft -f -`;
}

/** Ten small datagrams to port 5000 and ten, of which every other is large, to another; then the ping that ends it. */
function sending(destination: string, port: number): string {
  return `ip netns exec a ${process.execPath} -e '
    const socket = require("node:dgram").createSocket("udp4");
    const jobs = [];
    for (let i = 0; i < 10; i++) for (const [port, bytes] of [[5000, 20], [${port}, i % 2 ? 900 : 20]])
      jobs.push(new Promise((done) => socket.send(Buffer.alloc(bytes, i), port, "${destination}", done)));
    Promise.all(jobs).then(() => socket.close());'
    ip netns exec a ping -q -c 20 -i 0.05 -W 1 ${destination}`;
}

const CASES = [
  {
    name: 'a port that a router drops, behind SNAT',
    build: ROUTED,
    drop: dropping('r', 'forward', 'udp dport 9999 drop'),
    send: sending('10.0.2.1', 9999),
    captures: [
      ['a', 'va', 128],
      ['r', 'ra', 256],
      ['r', 'rb', 0],
      ['b', 'vb', 96],
    ],
    losses: [{ after: 'ra.pcap', before: 'rb.pcap', packets: 10, common: 'UDP to port 9999' }],
    translates: ['10.0.1.1', '10.0.2.254'],
  },
  {
    name: 'what is large, behind SNAT',
    build: ROUTED,
    drop: dropping('r', 'forward', 'ip length > 500 drop'),
    send: sending('10.0.2.1', 6000),
    captures: [
      ['a', 'va', 96],
      ['b', 'vb', 0],
    ],
    losses: [{ after: 'va.pcap', before: 'vb.pcap', packets: 5, common: '928 bytes and more' }],
    translates: ['10.0.1.1', '10.0.2.254'],
  },
  {
    name: 'all answers of a ping, while its requests pass',
    build: `${ROUTED}
      ip netns exec r nft delete table ip nat
      ip -n b route add default via 10.0.2.254; ip -n a addr add 10.0.1.2/24 dev va`,
    drop: dropping('r', 'forward', 'icmp type echo-reply ip daddr 10.0.1.1 drop'),
    // That of the other address is answered, and so ends it.
    send: `ip netns exec a ping -q -c 4 -i 0.05 -W 1 -I 10.0.1.1 10.0.2.1
      ip netns exec a ping -q -c 20 -i 0.05 -W 1 -I 10.0.1.2 10.0.2.1`,
    captures: [
      ['a', 'va', 128],
      ['b', 'vb', 96],
    ],
    losses: [{ after: 'vb.pcap', before: 'va.pcap', packets: 4, common: 'to 10.0.1.1' }],
    translates: undefined,
  },
  {
    name: 'what is large, before it leaves its VXLAN',
    build: OVERLAY,
    drop: dropping('b', 'input', 'udp dport 4789 ip length > 500 drop'),
    send: sending('10.9.0.2', 9999),
    captures: [
      ['a', 'vx', 0],
      ['a', 'va', 256],
      ['b', 'vb', 256],
      ['b', 'vx', 128],
    ],
    losses: [{ after: 'b-vb.pcap', before: 'b-vx.pcap', packets: 5, common: '928 bytes and more' }],
    translates: undefined,
  },
] as const;

liveTest.for(CASES)('nsdiag analyze finds between which points packets die: $name', async (each, { expect }) => {
  await inWorld(async (world) => {
    await world.sh(each.build);
    // A link that has just come up drops what it is given.
    const destination = each.build === OVERLAY ? '10.9.0.2' : '10.0.2.1';
    const ping = ['ip', 'netns', 'exec', 'a', 'ping', '-c1', '-W1', destination] as const;
    await until(async () => (await world.run(ping)).exitCode === 0, 'a ping that is answered');
    await world.sh(each.drop);
    const devices = each.captures.map(([, device]) => device);
    const areDistinct = new Set(devices).size === devices.length;
    const names = each.captures.map(([netns, device]) => (areDistinct ? `${device}.pcap` : `${netns}-${device}.pcap`));
    // Of its own: of another case's file it could not be told when tcpdump listens.
    const folder = mkdtempSync(join(FOLDER, 'case-'));
    const paths = names.map((name) => join(folder, name));
    const running = each.captures.map(([netns, device, snap], at) =>
      world.start([
        'ip',
        'netns',
        'exec',
        netns,
        'tcpdump',
        '-Z',
        'root',
        '-i',
        device,
        '-s',
        String(snap),
        '-U',
        '-w',
        paths[at] ?? '',
      ]),
    );
    await listening(world, paths);
    await world.run(['sh', '-c', each.send]);
    await settled(world, paths);
    for (const capture of running) await capture.stop();

    const { stdout } = await world.nsdiag(['analyze', '--json', ...paths]);
    const { losses, points, translations } = JSON.parse(stdout) as Document;
    expect(
      losses.map(({ after, before, packets, common }) => ({ after, before, packets, common })),
      stdout,
    ).toEqual(each.losses);
    expect(points.map(({ name }) => name)).toEqual(names);
    if (each.translates === undefined) expect(translations).toEqual([]);
    else {
      const [before, after] = each.translates;
      expect(translations.length).toBeGreaterThan(0);
      for (const { flow, becomes } of translations)
        expect([flow.includes(before), becomes.includes(after)]).toEqual([true, true]);
    }
  });
});

/** tcpdump writes the header of its file once it listens. */
async function listening(world: World, paths: readonly string[]): Promise<void> {
  const condition = `for f in ${paths.join(' ')}; do [ -s $f ] || exit 1; done`;
  await until(async () => (await world.run(['sh', '-c', condition])).exitCode === 0, condition, 20_000);
}

/** The last ping and its answer are in every file: all before it are. */
async function settled(world: World, paths: readonly string[]): Promise<void> {
  const reads = paths.map((path) => `tcpdump -nr ${path} 2>/dev/null | grep -q 'echo reply.*seq 20,'`);
  const condition = reads.join(' && ');
  await until(async () => (await world.run(['sh', '-c', condition])).exitCode === 0, condition, 20_000);
}
