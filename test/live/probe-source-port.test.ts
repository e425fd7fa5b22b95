/** Probes of a sender that keeps to its port, or its echo id. */

import { expect } from 'vitest';
import { probeIn, ROUND_TRIP, ROUTER_WORLD, trail } from '../helpers/probing.ts';
import { inWorld, liveTest } from '../helpers/world.ts';

const SERVER = `net.createServer().listen(80, () => dgram.createSocket('udp4')
  .on('message', function (m, r) { this.send(m, r.port, r.address) }).bind(80, () => console.log('listens')))`;
const HOLDER = `dgram.createSocket('udp4').bind(5000, () => console.log('listens'))`;

liveTest('probe() sends from the port that it is told, and from no other when that is taken', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await world.start(['ip', 'netns', 'exec', 'ns3', process.execPath, '-e', SERVER]).said(/listens/);
    for (const proto of ['udp', 'tcp', 'icmp'] as const) {
      const port = proto === 'icmp' ? {} : { port: 80 };
      const asked = await probeIn(world, { destination: '10.0.2.2', proto, ...port, sourcePort: 5000, trace: false });
      expect(asked).toMatchObject({ received: 1, errors: [], notes: [] });
      expect(trail(asked)).toEqual(ROUND_TRIP);
      expect(asked.command.join(' ')).toContain(proto === 'icmp' ? '-e 5000' : '-p 5000');
    }
    await world.start(['ip', 'netns', 'exec', 'ns1', process.execPath, '-e', HOLDER]).said(/listens/);
    const udp = { destination: '10.0.2.2', proto: 'udp', port: 80, sourcePort: 5000, trace: false } as const;
    expect(await probeIn(world, udp)).toMatchObject({
      sent: 0,
      errors: [],
      notes: ['Nothing was sent: the port to send from is taken, and another would be another flow'],
    });
  });
});
