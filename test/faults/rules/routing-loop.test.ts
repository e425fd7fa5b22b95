import { expect, test } from 'vitest';
import { routingLoop } from '../../../src/faults/rules/routing-loop.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { chain } from '../worlds.ts';

test('routing-loop deletes the narrower route that turns the packet back', () => {
  const host = chain({
    r2: { routes: ['10.0.1.0/24 via 10.0.12.1', '10.0.2.1/32 via 10.0.12.1'], sysctls: { 'net/ipv4/ip_forward': 1 } },
  });
  const findings = findBy(routingLoop, host, 'ns1 10.0.2.1');
  expect(findings).toMatchObject([{ code: 'routing-loop', netns: 'r2', device: 'a', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n r2 route del 10.0.2.1 via 10.0.12.1 dev a']);
  expect(isProgress(host, 'ns1 10.0.2.1', findings[0])).toBe(true);
});

test('routing-loop is silent when the packet goes straight on and is lost at the end', () => {
  expect(findBy(routingLoop, chain(), 'ns1 10.0.2.77')).toEqual([]);
});
