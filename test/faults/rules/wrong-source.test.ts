import { expect, test } from 'vitest';
import { wrongSource } from '../../../src/faults/rules/wrong-source.ts';
import { after, commandsFor, endOf, findBy } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('wrong-source names the address that answers', () => {
  const host = pair({
    veth1: { addresses: ['10.0.0.2/24', '10.0.0.3/24'] },
    ns2: { sockets: ['udp 0.0.0.0:53'], routes: ['10.0.0.1/32 dev veth1 src 10.0.0.3'] },
  });
  const [finding] = findBy(wrongSource, host, 'ns1 udp 10.0.0.2 53');
  expect(finding).toMatchObject({ code: 'wrong-source', leg: 'reply' });
  expect(finding?.what).toContain('10.0.0.3');
  expect(commandsFor(host, finding)).toEqual(['ip -n ns2 route change 10.0.0.1 dev veth1 src 10.0.0.2']);
  expect(endOf(after(host, finding?.repairs[0]), 'ns1 udp 10.0.0.2 53')).toBe('answered');
});

test('wrong-source is silent when the service answers from where it was asked', () => {
  const host = pair({ ns2: { sockets: ['udp 10.0.0.2:53'], routes: ['blackhole 10.0.0.1/32'] } });
  expect(findBy(wrongSource, host, 'ns1 udp 10.0.0.2 53')).toEqual([]);
});
