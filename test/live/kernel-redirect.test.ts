/** ICMP redirects: what a sender was told outlives the route that it was told about, and the note says so. */

import { WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest, until } from '../helpers/world.ts';

/** a's gateway r1 knows the way to b by r2, which is on a's own wire; and then gets a wire of its own to b. */
const NETWORK = `
  namespaces a r1 r2 b sw
  bridge_ sw br0
  wire a e sw pa; wire r1 e sw p1; wire r2 e sw p2; wire r2 out b e; wire r1 out b f
  for port in pa p1 p2; do ip -n sw link set dev $port master br0; done
  address a e 10.0.1.1/24; address r1 e 10.0.1.254/24; address r2 e 10.0.1.253/24
  address r2 out 10.0.2.254/24; address b e 10.0.2.1/24; address r1 out 10.0.3.254/24; address b f 10.0.3.1/24
  ip -n b route add default via 10.0.3.254
  ip -n a route add default via 10.0.1.254; ip -n r1 route add 10.0.2.0/24 via 10.0.1.253
  sysctl_ r1 net.ipv4.ip_forward=1; sysctl_ r2 net.ipv4.ip_forward=1
  sysctl_ r1 net.ipv4.conf.all.send_redirects=1 net.ipv4.conf.e.send_redirects=1
  sysctl_ a net.ipv4.conf.all.accept_redirects=1 net.ipv4.conf.e.accept_redirects=1
`;

interface Answer {
  readonly verdict: string;
  readonly notes: readonly string[];
}

liveTest('a redirect outlives the routes that led to it, until the cache is flushed', async ({ expect }) => {
  await inWorld(async (world) => {
    await world.sh(`${WORDS}${NETWORK}`);
    const answers = async () =>
      (await world.run(['ip', 'netns', 'exec', 'a', 'ping', '-n', '-c2', '-i0.2', '-W0.5', '10.0.2.1'])).exitCode === 0;
    const isRedirected = async () => {
      await answers();
      return (await world.sh('ip -n a route get 10.0.2.1')).includes('redirected');
    };
    await until(isRedirected, 'a to be redirected to r2', 20_000);

    // r2 leads nowhere any more, and r1 knows better: a does not ask it.
    await world.sh('ip -n r2 link set dev out down; ip -n r1 route replace 10.0.2.0/24 via 10.0.3.1');
    expect(await answers()).toBe(false);
    const { stdout } = await world.nsdiag(['why', 'a', '10.0.2.1', '--json']);
    const { verdict, notes } = JSON.parse(stdout) as Answer;
    expect(verdict).toBe('unreachable');
    const note = notes.find((each) => each.includes('an ICMP redirect told it to'));
    expect(note).toMatch(/^a sends 10\.0\.2\.1 to 10\.0\.1\.253 .*: ip -n a route flush cache forgets it$/);
    await world.sh('ip -n a route flush cache');
    await until(answers, 'an answer once the redirect is forgotten');
  });
});
