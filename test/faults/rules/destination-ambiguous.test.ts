import { expect, test } from 'vitest';
import { destinationAmbiguous } from '../../../src/faults/rules/destination-ambiguous.ts';
import { hostOf, type NetnsSpec } from '../../helpers/build-host.ts';
import { codesOf, findBy } from '../diagnose.ts';

/** ns1 between two networks of the same name: 10.0.0.2 is ns2 on the one, where the route leads, and ns3 on the other. */
function twins(ns2: NetnsSpec, ns3: NetnsSpec) {
  return hostOf({
    ns1: {
      links: {
        a: { peer: 'ns2:eth0', addresses: ['10.0.0.1/24'] },
        b: { peer: 'ns3:eth0', addresses: ['10.0.0.1/24'] },
      },
    },
    ns2: { links: { eth0: { addresses: ['10.0.0.2/24'] } }, ...ns2 },
    ns3: { links: { eth0: { addresses: ['10.0.0.2/24'] } }, ...ns3 },
  });
}

test('destination-ambiguous says which owner answers, and which one serves the port', () => {
  const host = twins({}, { sockets: ['tcp 0.0.0.0:80'] });
  const findings = findBy(destinationAmbiguous, host, 'ns1 tcp 10.0.0.2 80');
  expect(findings).toMatchObject([{ netns: 'ns2', device: 'eth0', leg: 'request', repairs: [] }]);
  expect(findings[0]?.what).toContain('in ns3, which has the same address');
  expect(codesOf(host, 'ns1 tcp 10.0.0.2 80')).toEqual(['destination-ambiguous']);
});

test.each([
  ['no other owner serves the port', { sockets: ['tcp 0.0.0.0:443', 'udp 0.0.0.0:80', 'tcp 127.0.0.1:80'] }],
  ['the other owner serves it over IPv6 alone', { sockets: ['tcp [::]:80 v6only'] }],
])('destination-ambiguous is silent when %s', (_, ns3) => {
  const host = twins({}, ns3);
  expect(findBy(destinationAmbiguous, host, 'ns1 tcp 10.0.0.2 80')).toEqual([]);
  expect(codesOf(host, 'ns1 tcp 10.0.0.2 80')).toEqual(['no-listener']);
});
