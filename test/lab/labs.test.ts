/** The labs that ship: what they promise as a collection. */

import { expect, test } from 'vitest';
import { FAULT_PAGES } from '../../src/handbook/fault-pages.ts';
import { findLab, shippedLabs } from '../../src/lab/find.ts';

const LABS = shippedLabs().map((name) => ({ file: name, lab: findLab(name).lab }));

test('the shipped labs are the seven of the tutorials, and those of what they leave out', () => {
  expect(shippedLabs()).toEqual([
    'bridge',
    'bridge-nat',
    'dual-stack',
    'macvlan',
    'mtu-path',
    'names',
    'neighbors',
    'policy-routing',
    'published-port',
    'router-chain',
    'two-firewalls',
    'two-subnets',
    'veth-host',
    'veth-pair',
    'vxlan-overlay',
  ]);
});

test.each(LABS)('lab $file is called like its file, fits 80 columns, and has at least five faults', ({ file, lab }) => {
  expect(lab.name).toBe(file);
  expect(`  ${lab.picture}`.length).toBeLessThanOrEqual(80);
  expect(lab.faults.length).toBeGreaterThanOrEqual(5);
});

test.each(LABS)('lab $file has questions that work while it is healthy, and one that must not', ({ lab }) => {
  expect(new Set(lab.questions.map(({ reachable }) => reachable))).toEqual(new Set([true, false]));
});

test('the labs together show every fault of the vocabulary, but for those whose page says why none can', () => {
  const shown = new Set(
    LABS.flatMap(({ lab }) => lab.faults.flatMap(({ expect: causes }) => causes.map(({ code }) => code))),
  );
  const unshown = FAULT_PAGES.filter((page) => page.unshown !== undefined).map(({ code }) => code);
  expect(unshown.filter((code) => shown.has(code))).toEqual([]);
  expect([...shown, ...unshown].sort()).toEqual(FAULT_PAGES.map(({ code }) => code).sort());
  expect(unshown.length).toBeLessThan(6);
});
