import { expect, test } from 'vitest';
import { noListener } from '../../../src/faults/rules/no-listener.ts';
import { findBy } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('no-listener says that nothing listens, and offers nothing', () => {
  const host = pair();
  const findings = findBy(noListener, host, 'ns1 tcp 10.0.0.2 80');
  expect(findings).toMatchObject([{ code: 'no-listener', netns: 'ns2', device: undefined, leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(findings[0]?.repairs).toEqual([]);
});

test('no-listener leaves it to listener-elsewhere when something listens on another address', () => {
  expect(findBy(noListener, pair({ ns2: { sockets: ['tcp 127.0.0.1:80'] } }), 'ns1 tcp 10.0.0.2 80')).toEqual([]);
});
