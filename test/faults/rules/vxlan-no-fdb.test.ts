import { expect, test } from 'vitest';
import { vxlanNoFdb } from '../../../src/faults/rules/vxlan-no-fdb.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';
import { ACROSS, overlay } from '../overlay.ts';

test('vxlan-no-fdb names a tunnel that knows no far end, and tells it of the other', () => {
  const host = overlay({ vx1: { remote: undefined } });
  const findings = findBy(vxlanNoFdb, host, ACROSS);
  expect(findings).toMatchObject([{ netns: 'm1', device: 'vx0', evidence: [{ text: 'no entry with a dst' }] }]);
  expect(commandsFor(host, findings[0])).toEqual(['bridge -n m1 fdb append 00:00:00:00:00:00 dev vx0 dst 192.168.0.2']);
  expect(endOf(after(host, findings[0]?.repairs[0]), ACROSS)).toBe('answered');
  expect(codesOf(host, ACROSS)).toEqual(['vxlan-no-fdb']);
});

test('vxlan-no-fdb names the far end when the answer finds no way back', () => {
  const host = overlay({ vx2: { remote: undefined, learning: false } });
  const findings = findBy(vxlanNoFdb, host, ACROSS);
  expect(findings).toMatchObject([{ netns: 'm2', device: 'vx0' }]);
  expect(commandsFor(host, findings[0])).toEqual(['bridge -n m2 fdb append 00:00:00:00:00:00 dev vx0 dst 192.168.0.1']);
  expect(endOf(after(host, findings[0]?.repairs[0]), ACROSS)).toBe('answered');
});

test('vxlan-no-fdb is silent where the far end learns from what it hears', () => {
  const host = overlay({ vx2: { remote: undefined } });
  expect(endOf(host, ACROSS)).toBe('answered');
  expect(findBy(vxlanNoFdb, host, ACROSS)).toEqual([]);
});
