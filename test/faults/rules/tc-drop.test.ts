import { expect, test } from 'vitest';
import { tcDrop } from '../../../src/faults/rules/tc-drop.ts';
import type { Interceptor, Takes } from '../../../src/host/interceptor.ts';
import { tweakLink } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';
import { chain } from '../worlds.ts';

const QUESTION = 'ns1 10.0.2.1';

function qdisc(name: string, takes: Takes): Interceptor {
  const line = `qdisc ${name} 8001: dev b root refcnt 2`;
  return { side: 'egress', sort: { kind: 'qdisc' }, takes, name: `qdisc ${name}`, line };
}

test('tc-drop takes off the qdisc that drops every frame', () => {
  const host = tweakLink(chain(), 'r1:b', { interceptors: [qdisc('blackhole', { kind: 'all' })] });
  const [finding] = findBy(tcDrop, host, QUESTION);
  expect(finding).toMatchObject({ code: 'tc-drop', netns: 'r1', device: 'b', leg: 'request' });
  expect(finding?.what).toBe('b in r1 has a qdisc blackhole that drops every frame');
  expect(codesOf(host, QUESTION)).toEqual(['tc-drop']);
  expect(commandsFor(host, finding)).toEqual(['ip netns exec r1 tc qdisc del dev b root']);
  expect(endOf(after(host, finding?.repairs[0]), QUESTION)).toBe('answered');
});

test('tc-drop takes off the filter at ingress, by its place', () => {
  const filter: Interceptor = {
    side: 'ingress',
    sort: { kind: 'filter', hook: 'ingress', one: { pref: 49152, protocol: 'all' } },
    takes: { kind: 'all' },
    name: 'tc filter on ingress',
    line: 'filter protocol all pref 49152 bpf chain 0 handle 0x1',
  };
  const host = tweakLink(chain(), 'r1:a', { interceptors: [filter] });
  const [finding] = findBy(tcDrop, host, QUESTION);
  expect(finding).toMatchObject({ netns: 'r1', device: 'a' });
  expect(commandsFor(host, finding)).toEqual(['ip netns exec r1 tc filter del dev a ingress pref 49152 protocol all']);
});

test.each([
  [1000, [{ netns: 'r1', device: 'b' }]],
  [1001, []],
])('tc-drop counts the whole frame against a bucket of %i bytes', (thanBytes, expected) => {
  const host = tweakLink(chain(), 'r1:b', { interceptors: [qdisc('tbf', { kind: 'longer', thanBytes })] });
  // 959 bytes, 8 of ICMP, 20 of IP, 14 of Ethernet.
  expect(findBy(tcDrop, host, `${QUESTION} size 959`)).toMatchObject(expected);
});

test('tc-drop is silent about a qdisc that packets do not leave by', () => {
  const host = tweakLink(chain({ ns2: { routes: [] } }), 'ns2:lo', {
    interceptors: [qdisc('blackhole', { kind: 'all' })],
  });
  expect(findBy(tcDrop, host, QUESTION)).toEqual([]);
});
