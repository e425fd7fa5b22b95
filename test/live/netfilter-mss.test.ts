/** Firewalls that lower the segment size which a connection's ends tell each other: what arrives, and what it is for. */

import { largePacketNotes } from '../../src/diagnosis/large-packets.ts';
import { toldLength } from '../../src/walk/netfilter/clamp-mss.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest, until, type World } from '../helpers/world.ts';

/** Between r and b fits less than either end believes, and a hears nothing of it. */
const NETWORK = `
  namespaces a r b
  wire a va r ra
  wire r rb b vb
  address a va 10.0.1.1/24; address r ra 10.0.1.254/24; address r rb 10.0.2.254/24; address b vb 10.0.2.1/24
  ip -n a route add default via 10.0.1.254; ip -n b route add default via 10.0.2.254
  sysctl_ r net.ipv4.ip_forward=1
  ip -n r link set dev rb mtu 1400
  ip netns exec a iptables -A INPUT -p icmp --icmp-type 3 -j DROP
`;

const IPTABLES = 'ip netns exec r iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS';
const nft = (statement: string) =>
  `ip netns exec r nft 'table inet clamp { chain pass { type filter hook forward priority mangle; tcp flags syn ${statement}; }; }'`;

const RULES: readonly (readonly [claim: string, rule: string, mss: number])[] = [
  ['iptables, to the path', `${IPTABLES} --clamp-mss-to-pmtu`, 1360],
  ['iptables, to a number', `${IPTABLES} --set-mss 1200`, 1200],
  ['iptables, to a larger number, which raises nothing', `${IPTABLES} --set-mss 9000`, 1460],
  ['nft, to the path', nft('tcp option maxseg size set rt mtu'), 1360],
  ['nft, to a number', nft('tcp option maxseg size set 1200'), 1200],
  ['nft, to a larger number, which raises nothing', nft('tcp option maxseg size set 9000'), 1460],
];
const CLEAR =
  'ip netns exec r iptables -t mangle -F FORWARD; ip netns exec r nft delete table inet clamp 2>/dev/null || :';

const QUESTION = ask('a', '10.0.2.1', { to: 'tcp/80' });

/** What the SYN tells where it arrives. The connection is refused: nobody has to listen. */
async function toldAtB(world: World): Promise<number> {
  const dump = world.start([
    'ip',
    'netns',
    'exec',
    'b',
    'tcpdump',
    '-nnl',
    '--immediate-mode',
    '-ivb',
    '-c1',
    'tcp[13] == 2',
  ]);
  await dump.said(/listening on/);
  await world.run(['ip', 'netns', 'exec', 'a', 'nc', '-z', '-w1', '10.0.2.1', '80']);
  await dump.exited;
  return Number(/mss (\d+)/.exec(dump.output)?.[1]);
}

liveTest('a firewall lowers the segment size that a SYN tells, and never raises it', async ({ expect }) => {
  await inWorld(async (world) => {
    await world.sh(`${WORDS}${NETWORK}`);
    for (const [claim, rule, mss] of RULES) {
      await world.sh(`${CLEAR}\n${rule}`);
      expect({ claim, mss: await toldAtB(world) }).toEqual({ claim, mss });
      const { request } = walkRoundTrip(await collectIn(world), QUESTION);
      const arrival = request.steps.findLast(({ stage }) => stage === 'ingress');
      const told = arrival?.stage === 'ingress' ? toldLength(arrival.packet) : undefined;
      expect({ claim, mss: Math.min(1460, (told ?? 1500) - 40) }).toEqual({ claim, mss });
    }
  });
});

const LISTEN = `net.createServer((socket) => socket.on('error', () => {}).on('data', () => socket.end('all'))).listen(80, '10.0.2.1', () => console.log('listening'))`;
/** Sends more than one segment at once, and wants a word back. */
const SEND = `const socket = net.connect(80, '10.0.2.1', () => socket.write(Buffer.alloc(4000)));
  socket.on('end', () => process.exit(0)).resume(); setTimeout(() => process.exit(1), 1500)`;

liveTest(
  'full segments hang where nobody is told, pass where the size was lowered, and the note knows which',
  async ({ expect }) => {
    await inWorld(async (world) => {
      await world.sh(`${WORDS}${NETWORK}`);
      const server = world.start(['ip', 'netns', 'exec', 'b', process.execPath, '-e', LISTEN]);
      await server.said(/listening/);
      const passes = async () =>
        (await world.run(['ip', 'netns', 'exec', 'a', process.execPath, '-e', SEND])).exitCode === 0;
      const notes = async () => {
        const host = await collectIn(world);
        return largePacketNotes(host, QUESTION, walkRoundTrip(host, QUESTION));
      };
      expect(await passes()).toBe(false);
      expect(await notes()).toEqual([expect.stringContaining('a request of 1500 bytes dies at r rb (MTU 1400)')]);
      await world.sh(`${IPTABLES} --clamp-mss-to-pmtu`);
      await until(passes, 'full segments to pass');
      expect(await notes()).toEqual([]);
    });
  },
);
