import { expect, test } from 'vitest';
import { martianSource } from '../../../src/faults/rules/martian-source.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';
import { chain, pair } from '../worlds.ts';

test('martian-source says why the source is refused', () => {
  const [finding] = findBy(martianSource, pair(), 'ns1 10.0.0.2 from 127.0.0.1');
  expect(finding).toMatchObject({ code: 'martian-source', netns: 'ns1', leg: 'request' });
  expect(finding?.what).toContain('127.0.0.1');
});

test('martian-source takes the address of the sender from a router on the way', () => {
  const host = chain({ r2a: { addresses: ['10.0.12.2/24', '10.0.1.1/32'] } });
  const findings = findBy(martianSource, host, 'ns1 10.0.2.1');
  expect(findings).toMatchObject([{ netns: 'r2', device: 'a', leg: 'request' }]);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n r2 addr del 10.0.1.1/32 dev a']);
  expect(endOf(after(host, findings[0]?.repairs[0]), 'ns1 10.0.2.1')).toBe('answered');
  expect(codesOf(host, 'ns1 10.0.2.1')).toEqual(['martian-source']);
});

test('martian-source takes 127.0.0.1 out of the route that asks for it as the source', () => {
  const host = chain({ ns1: { routes: ['default via 10.0.1.254 src 127.0.0.1'] } });
  const findings = findBy(martianSource, host, 'ns1 10.0.2.1');
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns1 route change default via 10.0.1.254 dev e0']);
  expect(findings[0]?.repairs).toHaveLength(1);
  expect(endOf(after(host, findings[0]?.repairs[0]), 'ns1 10.0.2.1')).toBe('answered');
});

test('martian-source is silent about an ordinary source that gets no answer', () => {
  expect(findBy(martianSource, pair({ veth1: { noArp: true } }), 'ns1 10.0.0.2 from 10.0.0.1')).toEqual([]);
});
