import { expect, test } from 'vitest';
import { noCarrier } from '../../../src/faults/rules/no-carrier.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { findBy } from '../diagnose.ts';

test('no-carrier names a bridge to which nothing is attached', () => {
  const host = hostOf({ ns1: { links: { br0: { kind: 'bridge', addresses: ['10.0.0.1/24'], carrier: false } } } });
  const findings = findBy(noCarrier, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'no-carrier', netns: 'ns1', device: 'br0', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(findings[0]?.repairs).toEqual([]);
});

test('no-carrier is silent when the bridge has carrier and nobody answers', () => {
  expect(
    findBy(
      noCarrier,
      hostOf({
        ns1: {
          links: { br0: { kind: 'bridge', addresses: ['10.0.0.1/24'] }, p1: { peer: 'ns2:eth0', master: 'br0' } },
        },
        ns2: { links: { eth0: { addresses: ['10.0.0.3/24'] } } },
      }),
      'ns1 10.0.0.2',
    ),
  ).toEqual([]);
});
