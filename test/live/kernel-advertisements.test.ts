/** What router advertisements bring, and what switching on forwarding does to it. */

import { expect } from 'vitest';
import { predict } from '../../src/diagnosis/predict.ts';
import type { Argv } from '../../src/system/run.ts';
import { ask } from '../helpers/ask.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { WORDS } from '../helpers/judge.ts';
import { answers } from '../helpers/lab-judge.ts';
import { inWorld, liveTest, until, type World } from '../helpers/world.ts';

/** far fd02::2 behind the router r; the box gets its address and its default route by advertisement. */
const NETWORK = `
  namespaces box r far
  sysctl_ box net.ipv6.conf.default.accept_ra=1 net.ipv6.conf.default.autoconf=1
  wire r ra box eth0
  wire r rb far v0
  sysctl_ r net.ipv6.conf.all.forwarding=1
  address r ra fd01::fe/64
  address r rb fd02::fe/64
  address far v0 fd02::2/64
  ip -n far route add default via fd02::fe
`;

/**
 * RFC 4861 section 4.2: router lifetime 1800 s, and the prefix fd01::/64, on link and autonomous, for an hour. Perl,
 * because Node opens no raw sockets; the kernel fills in the checksum.
 */
const ADVERTISE = `
  use Socket qw(:all);
  socket(my $s, AF_INET6, SOCK_RAW, 58) or die $!;
  setsockopt($s, 41, 18, pack('i', 255)) or die $!;
  setsockopt($s, 41, 17, pack('i', $ARGV[0])) or die $!;
  my $prefix = pack('CCCCNNN', 3, 4, 64, 0xc0, 3600, 3600, 0) . inet_pton(AF_INET6, 'fd01::');
  my $message = pack('CCnCCnNN', 134, 0, 0, 64, 0, 1800, 0, 0) . $prefix;
  send($s, $message, 0, pack_sockaddr_in6(0, inet_pton(AF_INET6, 'ff02::1'), $ARGV[0])) or die $!;
`;

async function advertise(world: World): Promise<void> {
  const ifindex = (await world.sh('ip netns exec r cat /sys/class/net/ra/ifindex')).trim();
  await world.run(['ip', 'netns', 'exec', 'r', 'perl', '-e', ADVERTISE, ifindex]);
}

function shown(world: World, what: string): Promise<string> {
  return world.sh(`ip -n box -6 ${what} dev eth0`);
}

liveTest(
  'switching on forwarding takes the default route of advertisements, and accept_ra 2 brings it back',
  async ({ skip }) => {
    await inWorld(async (world) => {
      if ((await world.run(['perl', '-MSocket=:all', '-e', '1'])).exitCode !== 0) skip('needs perl');
      await world.sh(`${WORDS}\n${NETWORK}`);
      const hasRoute = async () => (await shown(world, 'route show default')).includes('proto ra');
      await until(async () => {
        await advertise(world);
        return hasRoute();
      }, 'the route of an advertisement');
      const question = { from: 'box', to: 'fd02::2', proto: 'icmp' } as const;
      await until(() => answers(world, question), 'an answer by that route');
      expect(predict(await collectIn(world), ask('box', 'fd02::2')).causes).toEqual([]);

      await world.sh('ip netns exec box sysctl -qw net.ipv6.conf.all.forwarding=1');
      await until(async () => !(await hasRoute()), 'the route to go');
      expect(await shown(world, 'addr show scope global dynamic')).toContain('fd01::');
      await advertise(world);
      expect(await answers(world, question)).toBe(false);
      expect(await hasRoute()).toBe(false);

      const [cause] = predict(await collectIn(world), ask('box', 'fd02::2')).causes;
      expect(cause?.finding).toMatchObject({ code: 'accept-ra-off', netns: 'box', device: 'eth0', leg: 'request' });
      const [accept, route] = cause?.fix.map(({ argv }) => argv as unknown as Argv) ?? [];
      if (accept === undefined || route === undefined) throw new Error('two commands were expected');
      expect(await world.run(accept)).toMatchObject({ exitCode: 0 });
      await until(async () => {
        await advertise(world);
        return hasRoute();
      }, 'the route of the next advertisement');
      await until(() => answers(world, question), 'an answer by it');
    });
  },
);

liveTest('why repairs a namespace that takes no advertisements before the next one comes', async ({ skip }) => {
  await inWorld(async (world) => {
    if ((await world.run(['perl', '-MSocket=:all', '-e', '1'])).exitCode !== 0) skip('needs perl');
    await world.sh(`${WORDS}\n${NETWORK}`);
    await until(async () => {
      await advertise(world);
      return (await shown(world, 'addr show scope global dynamic')).includes('fd01::');
    }, 'an address of an advertisement');
    await world.sh('ip netns exec box sysctl -qw net.ipv6.conf.all.forwarding=1');
    const { causes, proof } = predict(await collectIn(world), ask('box', 'fd02::2'));
    expect(causes.map(({ finding }) => finding.code)).toEqual(['accept-ra-off']);
    expect(proof).toEqual({ deliveredAfter: 1 });
    for (const { argv } of causes.flatMap(({ fix }) => fix)) {
      expect(await world.run(argv as unknown as Argv)).toMatchObject({ exitCode: 0, stderr: '' });
    }
    await until(() => answers(world, { from: 'box', to: 'fd02::2', proto: 'icmp' }), 'an answer');
  });
});
