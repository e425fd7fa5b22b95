import { expect, test } from 'vitest';
import { contrastOf } from '../../src/diagnosis/contrast.ts';
import { predict } from '../../src/diagnosis/predict.ts';
import type { Host } from '../../src/host/host.ts';
import { ask } from '../helpers/ask.ts';
import { hostOf } from '../helpers/build-host.ts';

const NAMES = ['a', 'b', 'c', 'd'] as const;
type Name = (typeof NAMES)[number];

/** a, b, c and d on one bridge, 10.0.0.1 to 10.0.0.4; some of them down, the ports of some isolated. */
function bridged(down: readonly Name[] = [], isolated: readonly Name[] = []): Host {
  const members = NAMES.map((name, index) => {
    const eth0 = { peer: `sw:to-${name}`, addresses: [`10.0.0.${index + 1}/24`], up: !down.includes(name) };
    return [name, { links: { eth0 } }] as const;
  });
  const ports = NAMES.map((name) => {
    return [`to-${name}`, { master: 'br0', port: { isolated: isolated.includes(name) } }] as const;
  });
  return hostOf({
    ...Object.fromEntries(members),
    sw: { links: { br0: { kind: 'bridge' }, ...Object.fromEntries(ports) } },
    apart: { links: { eth0: { kind: 'dummy', addresses: ['10.0.0.9/24'] } } },
  });
}

function contrast(host: Host, ...words: Parameters<typeof ask>): string | undefined {
  return contrastOf(host, predict(host, ask(...words)));
}

test('contrastOf() tells that the destination is cut off, where others are reached and nobody reaches it', () => {
  expect(contrast(bridged(['b']), 'a', '10.0.0.2')).toBe(
    'by the model, a reaches c and d; 10.0.0.2 is not reached from c or d either; it is 10.0.0.2 that is cut off',
  );
});

test('contrastOf() tells that the sender is cut off, where it reaches nobody and others reach the destination', () => {
  expect(contrast(bridged(['a']), 'a', '10.0.0.2')).toBe(
    'by the model, a does not reach c or d either; 10.0.0.2 is reached from c and d; it is a that is cut off',
  );
});

test('contrastOf() tells that only the pair is cut off, where both get along with all others', () => {
  expect(contrast(bridged([], ['a', 'b']), 'a', '10.0.0.2')).toBe(
    'by the model, a reaches c and d; 10.0.0.2 is reached from c and d; only this pair is cut off',
  );
});

test('contrastOf() names who works and who does not, where there is no pattern', () => {
  expect(contrast(bridged(['c'], ['a', 'b']), 'a', '10.0.0.2')).toBe(
    'by the model, a reaches d, not c; 10.0.0.2 is reached from d, not from c',
  );
});

test('contrastOf() calls the destination by the name that it was asked by', () => {
  const host = bridged(['b']);
  const question = { ...ask('a', '10.0.0.2'), name: 'b' };
  expect(contrastOf(host, predict(host, question))).toMatch(/it is b that is cut off$/);
});

test('contrastOf() does not ask namespaces that no wire leads to', () => {
  expect(contrast(bridged(['b']), 'a', '10.0.0.2')).not.toContain('apart');
});

test('contrastOf() is silent about two that nobody else is wired to', () => {
  const host = hostOf({
    ns1: { links: { veth0: { peer: 'ns2:veth1', addresses: ['10.0.0.1/24'], up: false } } },
    ns2: { links: { veth1: { addresses: ['10.0.0.2/24'] } } },
  });
  expect(contrast(host, 'ns1', '10.0.0.2')).toBeUndefined();
});

test('contrastOf() tells that the other way round works, where only one direction is refused', () => {
  const host = hostOf({
    ns1: { links: { veth0: { peer: 'ns2:veth1', addresses: ['10.0.0.1/24'] } } },
    ns2: { links: { veth1: { addresses: ['10.0.0.2/24'] } } },
  });
  expect(contrast(host, 'ns1', '10.0.0.2', { to: 'tcp/80' })).toBe(
    'by the model, the other way round, ns2 reaches ns1',
  );
});

test('contrastOf() is silent about a destination that nobody here owns, and about the own one', () => {
  expect(contrast(bridged(), 'a', '10.0.0.77')).toBeUndefined();
  expect(contrast(bridged(), 'a', '10.0.0.1', { to: 'tcp/80' })).toBeUndefined();
});
