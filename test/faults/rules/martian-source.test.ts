import { expect, test } from 'vitest';
import { martianSource } from '../../../src/faults/rules/martian-source.ts';
import { findBy } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('martian-source says why the source is refused', () => {
  const [finding] = findBy(martianSource, pair(), 'ns1 10.0.0.2 from 127.0.0.1');
  expect(finding).toMatchObject({ code: 'martian-source', netns: 'ns1', leg: 'request' });
  expect(finding?.what).toContain('127.0.0.1');
});

test('martian-source is silent about an ordinary source that gets no answer', () => {
  expect(findBy(martianSource, pair({ veth1: { noArp: true } }), 'ns1 10.0.0.2 from 10.0.0.1')).toEqual([]);
});
