import { expect, test } from 'vitest';
import { martianDestination } from '../../../src/faults/rules/martian-destination.ts';
import { commandsFor, findBy } from '../diagnose.ts';
import { pair } from '../worlds.ts';

/** 127.0.0.0/8 is not lo's while lo is down, and may be routed anywhere. */
const NS1 = {
  links: { lo: { up: false }, veth0: { peer: 'ns2:veth1', addresses: ['10.0.0.1/24'] } },
  routes: ['127.0.0.0/8 via 10.0.0.2'],
};

test('martian-destination says why the destination is refused', () => {
  const [finding] = findBy(martianDestination, pair({ ns1: NS1 }), 'ns1 127.0.0.9');
  expect(finding).toMatchObject({ code: 'martian-destination', netns: 'ns2', leg: 'request' });
  expect(commandsFor(pair({ ns1: NS1 }), finding)).toEqual([
    'ip netns exec ns2 sysctl -w net/ipv4/conf/veth1/route_localnet=1',
  ]);
});

test('martian-destination is silent about an ordinary destination that nobody has', () => {
  expect(findBy(martianDestination, pair({ ns1: NS1 }), 'ns1 10.0.0.77')).toEqual([]);
});
