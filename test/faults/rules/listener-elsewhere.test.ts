import { expect, test } from 'vitest';
import { listenerElsewhere } from '../../../src/faults/rules/listener-elsewhere.ts';
import { findBy } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('listener-elsewhere names the address that it listens on', () => {
  const host = pair({ ns2: { sockets: ['tcp 127.0.0.1:80'] } });
  const findings = findBy(listenerElsewhere, host, 'ns1 tcp 10.0.0.2 80');
  expect(findings).toMatchObject([{ code: 'listener-elsewhere', netns: 'ns2', device: undefined, leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(findings[0]?.repairs).toEqual([]);
});

test('listener-elsewhere is silent when the service listens on another port', () => {
  expect(findBy(listenerElsewhere, pair({ ns2: { sockets: ['tcp 127.0.0.1:81'] } }), 'ns1 tcp 10.0.0.2 80')).toEqual(
    [],
  );
});
