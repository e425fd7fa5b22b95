/** Which source address the kernel chooses. */

import { expect } from 'vitest';
import { WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

const NETWORK = `
  namespaces a b
  wire a va b vb
  wire a vz b vy
`;

async function sourceOf(world: World, destination: string): Promise<string | undefined> {
  const [route] = JSON.parse(await world.sh(`ip -n a -j route get ${destination}`)) as { prefsrc?: string }[];
  return route?.prefsrc;
}

liveTest(
  "IPv4 takes the route's src, the first address in the subnet of the gateway, of the device, of any device",
  async () => {
    await inWorld(async (world) => {
      const change = (script: string) => world.sh(`${WORDS}\n${script}`);
      await change(`${NETWORK}
      address a vz 10.0.2.1/24
      ip -n a route add 10.9.0.0/16 dev va`);
      expect(await sourceOf(world, '10.9.0.1')).toBe('10.0.2.1');
      await change('address a va 10.0.1.1/24 10.0.3.1/24 10.0.3.2/24');
      expect(await sourceOf(world, '10.9.0.1')).toBe('10.0.1.1');
      await change('ip -n a route add 10.8.0.0/16 via 10.0.3.9');
      expect(await sourceOf(world, '10.8.0.1')).toBe('10.0.3.1');
      await change('ip -n a route add 10.7.0.0/16 via 10.0.3.9 src 10.0.2.1');
      expect(await sourceOf(world, '10.7.0.1')).toBe('10.0.2.1');
      // Secondary of 10.0.3.1: the route says so itself.
      expect(await sourceOf(world, '10.0.3.2')).toBe('10.0.3.1');
    });
  },
);

liveTest('IPv4 takes no address of link scope from another device, and none of host scope for others', async () => {
  await inWorld(async (world) => {
    const change = (script: string) => world.sh(`${WORDS}\n${script}`);
    await change(`${NETWORK}
      ip -n a addr add 169.254.1.1/32 dev vz scope link
      ip -n a route add 10.9.0.0/16 dev va`);
    expect(await sourceOf(world, '10.9.0.1')).toBeUndefined();
    await change('ip -n a addr add 10.0.5.1/32 dev lo');
    expect(await sourceOf(world, '10.9.0.1')).toBe('10.0.5.1');
  });
});

liveTest(
  'IPv6 takes the destination itself, then scope, not deprecated, the egress device, label, common prefix',
  async () => {
    await inWorld(async (world) => {
      const change = (script: string) => world.sh(`${WORDS}\n${script}`);
      await change(`${NETWORK}
      address a vz 2001:db8:2::1/64
      ip -n a route add 2001:db8:9::/48 dev va`);
      expect(await sourceOf(world, '2001:db8:9::1')).toBe('2001:db8:2::1');
      await change('address a va fd01::1/64');
      expect(await sourceOf(world, '2001:db8:9::1')).toBe('fd01::1');
      await change('address a va 2001:db8:1::1/64 2001:db8:8::1/64');
      expect(await sourceOf(world, '2001:db8:9::1')).toBe('2001:db8:8::1');
      await change('ip -n a addr change 2001:db8:8::1/64 dev va preferred_lft 0');
      expect(await sourceOf(world, '2001:db8:9::1')).toBe('2001:db8:1::1');
      expect(await sourceOf(world, '2001:db8:2::1')).toBe('2001:db8:2::1');
      await change('ip -n a route replace 2001:db8:9::/48 dev va src fd01::1');
      expect(await sourceOf(world, '2001:db8:9::1')).toBe('fd01::1');
    });
  },
);
