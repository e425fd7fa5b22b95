import { expect, test } from 'vitest';
import { vxlanPortMismatch } from '../../../src/faults/rules/vxlan-port-mismatch.ts';
import { port } from '../../helpers/iproute-text.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';
import { ACROSS, overlay } from '../overlay.ts';

test.each([
  ['the sender', { vx1: { dstPort: port(8472) } }, 'm1'],
  ['the taker', { vx2: { dstPort: port(8472) } }, 'm2'],
])('vxlan-port-mismatch names the end that is not on the assigned port: %s', (_, change, netns) => {
  const host = overlay(change);
  const findings = findBy(vxlanPortMismatch, host, ACROSS);
  expect(findings).toMatchObject([{ code: 'vxlan-port-mismatch', netns, device: 'vx0' }]);
  expect(commandsFor(host, findings[0])[1]).toContain(' type vxlan id 42 dstport 4789 ');
  expect(endOf(after(host, findings[0]?.repairs[0]), ACROSS)).toBe('answered');
});

test('vxlan-port-mismatch is silent when the number differs, and when nothing does', () => {
  const otherNumber = overlay({ vx2: { vni: 43 } });
  expect(findBy(vxlanPortMismatch, otherNumber, ACROSS)).toEqual([]);
  expect(codesOf(otherNumber, ACROSS)).toEqual(['vxlan-vni-mismatch']);
  expect(findBy(vxlanPortMismatch, overlay(), ACROSS)).toEqual([]);
});
