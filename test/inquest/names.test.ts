import { expect, test } from 'vitest';
import { Names } from '../../src/inquest/names.ts';
import { hostOf } from '../helpers/build-host.ts';

const names = new Names(
  hostOf({
    ns1: {
      links: {
        veth0: { peer: 'ns2:veth1', addresses: ['10.0.1.1/24', 'fd00::1/64'], mac: '02:00:00:00:00:01' },
        dum: { kind: 'dummy', addresses: ['10.0.9.9/32', '10.0.8.8/32'] },
      },
    },
    ns2: {
      links: {
        veth1: { addresses: ['10.0.1.2/24'] },
        dum: { kind: 'dummy', addresses: ['10.0.9.9/32', '10.0.8.8/32'] },
      },
    },
    ns3: { links: { dum: { kind: 'dummy', addresses: ['10.0.8.8/32'] } } },
  }),
);

test.each([
  ['an address', '10.0.1.1 asks 10.0.1.2', '10.0.1.1 (ns1 veth0) asks 10.0.1.2 (ns2 veth1)'],
  ['it once only', '10.0.1.1 and 10.0.1.1', '10.0.1.1 (ns1 veth0) and 10.0.1.1'],
  ['one with a port', '10.0.1.1:80 > 10.0.7.7:443', '10.0.1.1:80 (ns1 veth0) > 10.0.7.7:443'],
  ['one at the end of a clause', 'by 10.0.1.1: lost', 'by 10.0.1.1 (ns1 veth0): lost'],
  ['IPv6', 'from fd00::1, [fd00::1]:80', 'from fd00::1 (ns1 veth0), [fd00::1]:80'],
  ['IPv6 with a port', 'from [fd00::1]:80', 'from [fd00::1]:80 (ns1 veth0)'],
  ['a MAC', '02:00:00:00:00:01 and 02:00:00:00:00:99', '02:00:00:00:00:01 (ns1 veth0) and 02:00:00:00:00:99'],
  ['what two devices have', 'to 10.0.9.9', 'to 10.0.9.9 (ns1 dum or ns2 dum)'],
  ['nothing that three devices have', 'to 10.0.8.8', 'to 10.0.8.8'],
  ['no prefix', 'in 10.0.1.1/24', 'in 10.0.1.1/24'],
  ['no name of a file', '10.0.1.1.pcap and ra-10.0.1.1', '10.0.1.1.pcap and ra-10.0.1.1'],
  ['no loopback address, which everybody has', '127.0.0.1 and ::1', '127.0.0.1 and ::1'],
])('Names names %s in a text', (_, text, named) => {
  expect(names.inText(text)).toBe(named);
});
