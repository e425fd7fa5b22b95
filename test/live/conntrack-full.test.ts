/** A table of connections that is full: what opens a connection is dropped before any rule sees it. */

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

/** More connections than this take the machine more memory than a test may: 320 bytes each. */
const MOST = 300_000;

/** Prints connections of other pairs for conntrack to load, none of which the kernel may forget for a new one. */
const CONNECTIONS = `for my $n (0 .. $ARGV[0] - 1) {
  printf "-I -p udp -s 10.%d.%d.1 -d 10.99.0.1 --sport %d --dport 53 -t 600 -u SEEN_REPLY,ASSURED\\n",
    1 + ($n >> 16), ($n >> 8) & 255, 1000 + ($n & 255);
}`;

async function isAnswered(world: World): Promise<boolean> {
  const { stdout } = await world.run(['ip', 'netns', 'exec', 'a', 'ping', '-n', '-c2', '-i0.2', '-W1', '10.0.2.1']);
  return /, [12] received/.test(stdout);
}

liveTest(
  'a full table of connections drops what opens one, and only where connections are tracked',
  async ({ skip }) => {
    const max = Number(readFileSync('/proc/sys/net/netfilter/nf_conntrack_max', 'utf8'));
    if (max > MOST) skip(`nf_conntrack_max is ${max}: too many connections to fill the table with`);
    await inWorld(async (world) => {
      const { exitCode } = await world.run(['conntrack', '--version']).catch(() => ({ exitCode: 127 }));
      if (exitCode !== 0) skip('conntrack is not installed');
      await world.sh(`${WORDS}
      namespaces a r b
      wire a e r in
      wire r out b e
      address a e 10.0.1.1/24; address r in 10.0.1.254/24; address r out 10.0.2.254/24; address b e 10.0.2.1/24
      ip -n a route add default via 10.0.1.254; ip -n b route add default via 10.0.2.254
      sysctl_ r net.ipv4.ip_forward=1
    `);
      await world.sh(`perl -e '${CONNECTIONS}' ${max} | ip netns exec r conntrack -R -`);

      expect(await isAnswered(world)).toBe(true);
      expect(walkRoundTrip(await collectIn(world), ask('a', '10.0.2.1')).reply?.fate.kind).toBe('delivered');

      await world.sh('ip netns exec r iptables -A FORWARD -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT');
      expect(await isAnswered(world)).toBe(false);
      const { request } = walkRoundTrip(await collectIn(world), ask('a', '10.0.2.1'));
      expect(request.fate).toMatchObject({
        kind: 'dropped',
        netns: 'r',
        device: 'in',
        reason: { kind: 'conntrack-full' },
      });

      await world.sh('ip netns exec r conntrack -F');
      expect(await isAnswered(world)).toBe(true);
    });
  },
);
