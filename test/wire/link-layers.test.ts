/** Headers of the link: cooked captures, Ethernet, VLAN tags, ARP. */

import { expect, test } from 'vitest';
import { decodeArp } from '../../src/wire/arp.ts';
import { decodeEthernet } from '../../src/wire/ethernet.ts';
import { decodeSll2 } from '../../src/wire/sll2.ts';
import { decodeVlan } from '../../src/wire/vlan.ts';
import { hex, joined, withByte } from '../helpers/hex.ts';
import { ARP_WHO_HAS, ETHERNET_IPV4, SLL2_IPV4 } from './frames.ts';

test('decodeSll2() tells the device and the direction of a packet', () => {
  expect(decodeSll2(joined(SLL2_IPV4, hex('45 00')))).toEqual({
    kind: 'decoded',
    header: { protocol: 0x0800, ifindex: 7, arphrd: 1, packetType: 'outgoing', source: 'aa:bb:cc:00:00:01' },
    payload: hex('45 00'),
    missingBytes: 0,
  });
});

test.each([
  [0, 'host'],
  [1, 'broadcast'],
  [2, 'multicast'],
  [3, 'other-host'],
  [4, 'outgoing'],
  [9, 'unknown'],
])('decodeSll2() names packet type %i %s', (value, name) => {
  const decoded = decodeSll2(withByte(SLL2_IPV4, 10, value));
  expect(decoded.kind === 'decoded' && decoded.header.packetType).toBe(name);
});

test('decodeSll2() has no MAC for a device whose addresses are not 6 bytes long', () => {
  const decoded = decodeSll2(withByte(SLL2_IPV4, 11, 4));
  expect(decoded).toMatchObject({ kind: 'decoded', header: { source: undefined } });
});

test('decodeEthernet() reads both addresses and the type', () => {
  expect(decodeEthernet(ETHERNET_IPV4)).toMatchObject({
    header: { destination: 'aa:bb:cc:00:00:02', source: 'aa:bb:cc:00:00:01', etherType: 0x0800 },
  });
});

test('decodeVlan() takes the tag apart', () => {
  expect(decodeVlan(hex('b0 64 08 00 ff'))).toEqual({
    kind: 'decoded',
    header: { priority: 5, dropEligible: true, id: 100, etherType: 0x0800 },
    payload: hex('ff'),
    missingBytes: 0,
  });
});

test('decodeArp() reads who asks and whom for', () => {
  expect(decodeArp(ARP_WHO_HAS)).toMatchObject({
    header: {
      operation: 1,
      senderMac: 'aa:bb:cc:00:00:01',
      senderAddress: '10.0.0.1',
      targetMac: '00:00:00:00:00:00',
      targetAddress: '10.0.0.2',
    },
  });
});

test.each([
  ['another protocol than IPv4', withByte(ARP_WHO_HAS, 3, 1), 'protocol type'],
  ['hardware addresses of another length', withByte(ARP_WHO_HAS, 4, 8), 'address lengths'],
  ['protocol addresses of another length', withByte(ARP_WHO_HAS, 5, 16), 'address lengths'],
])('decodeArp() refuses %s', (_, bytes, field) => {
  expect(decodeArp(bytes)).toMatchObject({ kind: 'malformed', field });
});

test.each([
  ['decodeSll2', decodeSll2, SLL2_IPV4, 20],
  ['decodeEthernet', decodeEthernet, ETHERNET_IPV4, 14],
  ['decodeVlan', decodeVlan, hex('00 64 08 00'), 4],
  ['decodeArp', decodeArp, ARP_WHO_HAS, 28],
])('%s() is truncated by exactly its own length', (_, decode, bytes, needBytes) => {
  for (let end = 0; end < needBytes; end++) {
    expect(decode(bytes.subarray(0, end))).toMatchObject({ kind: 'truncated', needBytes, haveBytes: end });
  }
  expect(decode(bytes).kind).toBe('decoded');
});
