import { expect, test } from 'vitest';
import { outsideView } from '../../../src/faults/rules/outside-view.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { findBy } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('outside-view says by which interface it leaves', () => {
  const host = hostOf({
    host: { links: { eth0: { kind: 'physical', addresses: ['192.0.2.1/24'] } }, routes: ['default via 192.0.2.254'] },
  });
  const findings = findBy(outsideView, host, 'host 198.51.100.1');
  expect(findings).toMatchObject([{ code: 'outside-view', netns: 'host', device: 'eth0', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(findings[0]?.repairs).toEqual([]);
});

test('outside-view is silent when the interface leads to a namespace of ours', () => {
  expect(findBy(outsideView, pair(), 'ns1 10.0.0.77')).toEqual([]);
});
