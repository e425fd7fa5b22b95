/** Packets that go in circles. */

import { expect } from 'vitest';
import { WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest } from '../helpers/world.ts';

liveTest(
  'a packet between two routers that point at each other dies after its TTL, at the one where it is 1',
  async () => {
    await inWorld(async (world) => {
      await world.sh(`${WORDS}
      namespaces a r s
      wire a va r ra
      wire r rs s sr
      address a va 10.0.1.1/24
      address r ra 10.0.1.254/24
      address r rs 10.0.3.1/24
      address s sr 10.0.3.2/24
      ip -n a route add default via 10.0.1.254
      ip -n r route add 10.9.0.0/16 via 10.0.3.2
      ip -n s route add default via 10.0.3.1
      sysctl_ r net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.rs.send_redirects=0
      sysctl_ s net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.sr.send_redirects=0`);
      for (const [ttl, killer] of [
        [1, '10.0.1.254'],
        [2, '10.0.3.2'],
        [3, '10.0.1.254'],
        [64, '10.0.3.2'],
      ] as const) {
        const { stdout } = await world.run([
          'ip',
          'netns',
          'exec',
          'a',
          'ping',
          '-n',
          '-c1',
          '-W1',
          '-t',
          String(ttl),
          '10.9.0.1',
        ]);
        expect(/From (\S+) icmp_seq=1 Time to live exceeded/.exec(stdout)?.[1]).toBe(killer);
      }
    });
  },
);
