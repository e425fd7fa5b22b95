import { expect, test } from 'vitest';
import { linkDown } from '../../../src/faults/rules/link-down.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('link-down names the end of the veth that is down, and raises it', () => {
  const host = pair({ veth1: { up: false } });
  const findings = findBy(linkDown, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'link-down', netns: 'ns2', device: 'veth1', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns2 link set dev veth1 up']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('link-down is silent about a bridge port that is down beside the path', () => {
  expect(
    findBy(
      linkDown,
      hostOf({
        ns1: { links: { eth0: { peer: 'sw:p1', addresses: ['10.0.0.1/24'] } } },
        ns2: { links: { eth0: { peer: 'sw:p2', addresses: ['10.0.0.2/24'] } } },
        sw: {
          links: {
            br0: { kind: 'bridge' },
            p1: { master: 'br0' },
            p2: { master: 'br0' },
            p3: { peer: 'ns3:eth0', master: 'br0', up: false },
          },
        },
        ns3: { links: { eth0: { addresses: ['10.0.0.3/24'] } } },
      }),
      'ns1 10.0.0.77',
    ),
  ).toEqual([]);
});
