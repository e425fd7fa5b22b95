/** The bits and ranges of an address, read from its text, against the library that knows the registries. */

import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { expect, test } from 'vitest';
import {
  type Address,
  addressBits,
  addressFromBits,
  familyOf,
  inetBits,
  isLinkLocal,
  isLoopback,
  isMulticast,
  isUnspecified,
  parseAddress,
} from '../../src/net/address.ts';

const EDGES = ['::', '::1', 'ff::', 'ff0::1', 'ff02::1', 'fe8::', 'fe80::1', 'febf::1', 'fec0::', '::ffff:1.2.3.4'];
const MORE_EDGES = [
  '0.0.0.0',
  '127.255.255.255',
  '128.0.0.0',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.0',
  '169.254.1.1',
];
const addresses = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom(...EDGES, ...MORE_EDGES)).map((text) => {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} does not parse`);
  return address;
});

function bitsByLibrary(address: Address): bigint {
  return ipaddr
    .parse(address)
    .toByteArray()
    .reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
}

test('addressBits() and addressFromBits() agree with ipaddr.js on any address', () => {
  fc.assert(
    fc.property(addresses, (address) => {
      expect(addressBits(address)).toBe(bitsByLibrary(address));
      expect(addressFromBits(familyOf(address), addressBits(address))).toBe(address);
      if (familyOf(address) === 'inet') expect(BigInt(inetBits(address))).toBe(bitsByLibrary(address));
    }),
    { numRuns: 2000 },
  );
});

test('isLoopback(), isMulticast() and isLinkLocal() read the same ranges as ipaddr.js', () => {
  fc.assert(
    fc.property(addresses, (address) => {
      const range = ipaddr.parse(address).range();
      expect(isLoopback(address)).toBe(range === 'loopback');
      expect(isMulticast(address)).toBe(range === 'multicast');
      expect(isLinkLocal(address)).toBe(range === 'linkLocal');
    }),
    { numRuns: 2000 },
  );
});

test('isUnspecified() means the one address, not 0.0.0.0/8', () => {
  expect(['0.0.0.0', '::', '0.0.0.1', '::1'].map((text) => isUnspecified(text as Address))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
