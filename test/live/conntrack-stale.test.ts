/**
 * Connections that began under other rules: the kernel goes on with them, the model does as well, and after the printed
 * command the same port, or the same echo id, is answered.
 */

import { expect } from 'vitest';
import { predict } from '../../src/diagnosis/predict.ts';
import { forgetAllWords } from '../../src/host/conntrack-words.ts';
import { findNetns, type Host } from '../../src/host/host.ts';
import type { TrackedConnection } from '../../src/host/tracked-connection.ts';
import { isRoundTripDelivered } from '../../src/journey/journey.ts';
import type { Argv } from '../../src/system/run.ts';
import type { Question } from '../../src/walk/question.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { port } from '../helpers/iproute-text.ts';
import { WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

/** c 10.0.1.2 - r, which tracks but does not translate - s 10.0.2.2, which knows no way back and answers on UDP port 53. */
const NETWORK = `
  namespaces c r s
  wire c e r in
  wire r out s e
  address c e 10.0.1.2/24 fd01::2/64; address r in 10.0.1.1/24 fd01::1/64
  address r out 10.0.2.1/24 fd02::1/64; address s e 10.0.2.2/24 fd02::2/64
  ip -n c route add default via 10.0.1.1; ip -n c route add default via fd01::1
  sysctl_ r net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  ip netns exec r iptables -A FORWARD -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT
  ip netns exec r ip6tables -A FORWARD -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT
`;

const SERVER = `socket($s, AF_INET, SOCK_DGRAM, 0); bind($s, pack_sockaddr_in(53, INADDR_ANY)) or die;
  $| = 1; print "listening\\n"; while ($from = recv($s, $text, 2000, 0)) { send($s, $text, 0, $from) }`;

const CLIENT = `my ($port, $to) = @ARGV; socket($s, AF_INET, SOCK_DGRAM, 0);
  setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1); bind($s, pack_sockaddr_in($port, INADDR_ANY)) or die;
  connect($s, pack_sockaddr_in(53, inet_aton($to)));
  for (1 .. 3) { send($s, "?", 0); vec($r, fileno($s), 1) = 1;
    exit 0 if select($r, undef, undef, 0.4) and defined recv($s, $t, 9, 0) } exit 1`;

interface Flow {
  readonly claim: string;
  /** Under which the connection begins in vain, and then the rule that comes too late for it. */
  readonly rule: string;
  readonly to: string;
  readonly proto: 'udp' | 'icmp';
}

const FLOWS: readonly Flow[] = [
  {
    claim: 'a port is published',
    rule: `ip -n s route add default via 10.0.2.1
      ip netns exec r iptables -t nat -A PREROUTING -d 10.0.1.1 -p udp --dport 53 -j DNAT --to-destination 10.0.2.2`,
    to: '10.0.1.1',
    proto: 'udp',
  },
  {
    claim: 'echoes are masqueraded',
    rule: 'ip netns exec r iptables -t nat -A POSTROUTING -o out -j MASQUERADE',
    to: '10.0.2.2',
    proto: 'icmp',
  },
  {
    claim: 'IPv6 echoes are masqueraded',
    rule: 'ip netns exec r ip6tables -t nat -A POSTROUTING -o out -j MASQUERADE',
    to: 'fd02::2',
    proto: 'icmp',
  },
];

/** Ports and echo ids: that of the old connection, and one that is fresh. */
const OLD = 5000;
const FRESH = 5001;

function question({ to, proto }: Flow, sourcePort: number): Question {
  return { ...ask('c', to, proto === 'udp' ? { to: 'udp/53' } : {}), sourcePort: port(sourcePort) };
}

function entriesOf(host: Host, sourcePort: number): readonly TrackedConnection[] {
  const connections = findNetns(host, 'r')?.connections;
  const entries = connections?.known ? connections.value.entries : [];
  return entries.filter(({ original }) => original.sourcePort === sourcePort);
}

async function isAnswered(world: World, { to, proto }: Flow, sourcePort: number): Promise<boolean> {
  const program: Argv =
    proto === 'udp'
      ? ['perl', '-MSocket=:all', '-e', CLIENT, String(sourcePort), to]
      : ['ping', '-n', '-e', String(sourcePort), '-c3', '-i0.2', '-W1', to];
  const { exitCode, stdout } = await world.run(['ip', 'netns', 'exec', 'c', ...program]);
  return proto === 'udp' ? exitCode === 0 : / [1-3] received/.test(stdout);
}

liveTest.for(FLOWS)(
  'an old connection goes on as before when $claim, until it is forgotten',
  async (flow, { skip }) => {
    await inWorld(async (world) => {
      const { stdout } = await world.run(['sh', '-c', 'conntrack --version; ping -h 2>&1']);
      if (!stdout.includes('conntrack-tools')) skip('conntrack is not installed');
      if (flow.proto === 'icmp' && !/^ +-e /m.test(stdout)) skip('this ping takes no -e');
      await world.sh(`${WORDS}${NETWORK}`);
      const server = world.start(['ip', 'netns', 'exec', 's', 'perl', '-MSocket=:all', '-e', SERVER]);
      await server.said(/listening/);
      expect(await isAnswered(world, flow, OLD)).toBe(false);
      await world.sh(flow.rule);

      const host = await collectIn(world);
      const model = [OLD, FRESH].map((port) => isRoundTripDelivered(walkRoundTrip(host, question(flow, port))));
      expect(await isAnswered(world, flow, OLD)).toBe(false);
      expect(await isAnswered(world, flow, FRESH)).toBe(true);
      expect(model).toEqual([false, true]);

      const { causes } = predict(host, question(flow, OLD));
      expect(causes.map(({ finding }) => [finding.code, finding.netns])).toEqual([['conntrack-stale', 'r']]);
      const fixes = causes.flatMap(({ fix }) => fix.map(({ argv }) => argv as unknown as Argv));
      for (const argv of fixes) expect(await world.run(argv)).toMatchObject({ argv, exitCode: 0 });
      expect(fixes).toHaveLength(1);
      expect(await isAnswered(world, flow, OLD)).toBe(true);

      const [entry] = entriesOf(await collectIn(world), OLD);
      if (entry === undefined) throw new Error('the flow is not tracked any more');
      const forgotten = await world.run(['ip', 'netns', 'exec', 'r', ...forgetAllWords(entry)]);
      expect(forgotten).toMatchObject({ exitCode: 0 });
      expect(entriesOf(await collectIn(world), OLD)).toEqual([]);
    });
  },
);
