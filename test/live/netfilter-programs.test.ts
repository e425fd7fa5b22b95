/** Rulesets as real programs wrote them, loaded into namespaces: the kernel, and the model of what was collected. */

import { expect } from 'vitest';
import { predict } from '../../src/diagnosis/predict.ts';
import { isRoundTripDelivered, lastJourney } from '../../src/journey/journey.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { HOSTINGS, type HostingQuestion, hostingOf, hostingScript } from '../helpers/hosting.ts';
import { WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest, until, type World } from '../helpers/world.ts';

/** Takes connections on TCP port 80 of both families, in every namespace. */
const SERVER = `
  $| = 1;
  socket($s, AF_INET6, SOCK_STREAM, 0);
  bind($s, pack_sockaddr_in6(80, IN6ADDR_ANY)) or die $!;
  listen($s, 5);
  print "listening\\n";
  sleep`;

const TRIALS = HOSTINGS.flatMap(({ program, questions }, n) => questions.map((question) => ({ program, n, question })));

liveTest('walkRoundTrip() agrees with the kernel on the rulesets of real programs', async () => {
  await inWorld(async (world) => {
    await world.sh(`${WORDS}\n${HOSTINGS.map(hostingScript).join('\n')}`);
    await serve(world);
    const host = await collectIn(world);
    const said = TRIALS.map(({ program, n, question: { claim, from, to, port } }) => {
      const trip = walkRoundTrip(host, ask(`${from}${n}`, to, port === undefined ? {} : { to: port }));
      return { program, claim, model: isRoundTripDelivered(trip), fate: lastJourney(trip).fate };
    });
    const answers = await probeAll(world);

    expect(said.map((each, index) => ({ ...each, kernel: answers.has(index) }))).toEqual(
      said.map((each, index) => {
        const { answered } = TRIALS[index]?.question ?? { answered: false };
        return { ...each, model: answered, kernel: answered };
      }),
    );
    expect(said.filter(({ fate }) => fate.kind === 'undecided')).toEqual([]);
  });
});

liveTest(
  'the accept that firewall-drop asks for in DOCKER-USER lets a ping between two networks of docker pass',
  async () => {
    await inWorld(async (world) => {
      await world.sh(`${WORDS}\n${hostingScript(hostingOf('docker'), 0)}`);
      const pings = async () =>
        (await world.run(['ip', 'netns', 'exec', 'web0', 'ping', '-n', '-c1', '-W1', '172.18.0.2'])).exitCode === 0;
      expect(await pings()).toBe(false);

      const { causes, proof } = predict(await collectIn(world), ask('web0', '172.18.0.2'));
      const fix = causes.flatMap((cause) => cause.fix.map(({ argv }) => argv));
      expect(fix.map((argv) => argv.join(' '))).toEqual([
        expect.stringContaining(' -I DOCKER-USER '),
        expect.stringContaining(' -I DOCKER-USER '),
      ]);
      for (const [program = '', ...args] of fix) expect((await world.run([program, ...args])).stderr).toBe('');

      await until(pings, 'an answer through DOCKER-USER');
      // The answer is dropped by a rule of its own.
      expect(proof).toEqual({ deliveredAfter: 2 });
    });
  },
);

async function serve(world: World): Promise<void> {
  const names = (await world.sh('ls /run/netns')).split('\n').filter(Boolean);
  const servers = names.map((name) => `ip netns exec ${name} perl -MSocket=:all -e '${SERVER}' &`);
  const running = world.start(['sh', '-c', `${servers.join('\n')}\nwait`]);
  const listening = () => running.output.split('listening').length - 1;
  await until(() => listening() === names.length, `${names.length} servers: ${running.output}`);
}

/** A busy machine answers late: what is expected to answer is asked until it does, a few times. */
async function probeAll(world: World): Promise<ReadonlySet<number>> {
  const probes = TRIALS.map(({ n, question }, index) => {
    const probe = `ip netns exec ${question.from}${n} sh -c '${probeScript(question)}' >/dev/null 2>&1`;
    return `( for attempt in ${question.answered ? '1 2 3 4 5' : '1'}; do ${probe} && echo ${index} && break; done ) &`;
  });
  const answered = await world.sh(`set +e\n${probes.join('\n')}\nwait`);
  return new Set(answered.split('\n').filter(Boolean).map(Number));
}

function probeScript({ to, port }: HostingQuestion): string {
  if (port === undefined) return `ping -n -c3 -i0.2 -W1 ${to} | grep -q " [1-3] received"`;
  const [family, pack] = to.includes(':') ? ['AF_INET6', 'pack_sockaddr_in6'] : ['AF_INET', 'pack_sockaddr_in'];
  const address = `${pack}(${port.split('/')[1]}, inet_pton(${family}, "${to}"))`;
  return `timeout 2 perl -MSocket=:all -e "socket(\\$s, ${family}, SOCK_STREAM, 0); exit !connect(\\$s, ${address.replaceAll('"', '\\"')})"`;
}
