import { expect, test } from 'vitest';
import { xdpDrop } from '../../../src/faults/rules/xdp-drop.ts';
import type { Interceptor } from '../../../src/host/interceptor.ts';
import { tweakLink } from '../../helpers/build-host.ts';
import { after, commandsFor, endOf, findBy } from '../diagnose.ts';
import { chain } from '../worlds.ts';

const QUESTION = 'ns1 10.0.2.1';

const PROGRAM: Interceptor = {
  side: 'ingress',
  sort: { kind: 'xdp', mode: 'xdpgeneric' },
  takes: { kind: 'unknown' },
  name: 'XDP program guard',
  line: 'xdpgeneric prog/xdp id 5',
};

test('xdp-drop names the program that nobody can see through, and how it is taken off', () => {
  const host = tweakLink(chain(), 'r2:a', { interceptors: [PROGRAM] });
  expect(endOf(host, QUESTION)).toBe('request: undecided');
  const [finding] = findBy(xdpDrop, host, QUESTION);
  expect(finding).toMatchObject({ code: 'xdp-drop', netns: 'r2', device: 'a', leg: 'request' });
  expect(commandsFor(host, finding)).toEqual(['ip -n r2 link set dev a xdpgeneric off']);
  expect(endOf(after(host, finding?.repairs[0]), QUESTION)).toBe('answered');
});

test('xdp-drop is silent about a program that the packet does not meet', () => {
  const host = tweakLink(chain({ ns2: { routes: [] } }), 'ns2:lo', { interceptors: [PROGRAM] });
  expect(findBy(xdpDrop, host, QUESTION)).toEqual([]);
});
