import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Address,
  addressBits,
  addressFromBits,
  FAMILY_BITS,
  familyOf,
  isLinkLocal,
  isLoopback,
  isMulticast,
  isPrivate,
  parseAddress,
} from '../../src/net/address.ts';
import { parsePrefix } from '../../src/net/prefix.ts';
import { addressRedaction } from '../../src/redact/addresses.ts';
import { keyedWith } from '../helpers/redaction.ts';

const redact = addressRedaction(keyedWith('a key'), []);

const inet = fc.nat({ max: 0xffffffff }).map((bits) => addressFromBits('inet', BigInt(bits)));
const inet6 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((bits) => addressFromBits('inet6', bits));
/** Of the ranges that people use, and near to each other. */
const usual = fc
  .tuple(
    fc.constantFrom('10.0.0.0', '10.1.0.0', '172.16.0.0', '172.30.0.0', '192.168.0.0', '100.64.0.0', '8.8.8.0'),
    fc.nat(0xffff),
  )
  .map(([base, more]) => addressFromBits('inet', addressBits(address(base)) + BigInt(more)));

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

function commonBits(a: Address, b: Address): number {
  const differing = addressBits(a) ^ addressBits(b);
  return FAMILY_BITS[familyOf(a)] - (differing === 0n ? 0 : differing.toString(2).length);
}

test('addressRedaction() keeps how many first bits two addresses have in common', () => {
  for (const some of [inet, usual]) {
    fc.assert(fc.property(some, some, (a, b) => commonBits(redact(a), redact(b)) === commonBits(a, b)));
  }
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.nat(0xffff), fc.nat(60), (net, host, turned) => {
      const a = addressFromBits('inet6', ((0x2n << 60n) | (net >> 4n)) << 64n) as Address;
      const other = addressBits(a) ^ (1n << BigInt(64 + turned)) ^ BigInt(host);
      const b = addressFromBits('inet6', other);
      if (addressBits(b) >> 125n !== 1n) return;
      expect(commonBits(redact(a), redact(b))).toBe(commonBits(a, b));
    }),
  );
});

test('addressRedaction() leaves an address the kind that it is', () => {
  const kinds = [isPrivate, isLoopback, isMulticast, isLinkLocal];
  for (const some of [inet, usual, inet6]) {
    fc.assert(fc.property(some, (a) => kinds.every((kind) => kind(redact(a)) === kind(a))));
  }
});

test('addressRedaction() leaves no address what it was, but those that are the same everywhere', () => {
  fc.assert(fc.property(usual, (a) => redact(a) !== a));
  for (const kept of [
    '0.0.0.0',
    '127.0.0.1',
    '169.254.169.254',
    '224.0.0.5',
    '255.255.255.0',
    '::',
    '::1',
    'ff02::1',
  ]) {
    expect(redact(address(kept))).toBe(kept);
  }
});

test.each([
  ['10.1.2.1', /^10\.\d+\.\d+\.1$/],
  ['192.168.7.255', /^192\.168\.\d+\.255$/],
  ['fd12:3456:789a:1::1', /^fd[0-9a-f:]+::1$/],
  ['2001:db8::53', /^[23][0-9a-f]{3}:.*:53$/],
  ['fe80::1', /^fe80::1$/],
  ['::ffff:10.1.2.3', /^::ffff:a[0-9a-f]{2}:[0-9a-f]{1,4}$/],
])('addressRedaction() leaves the host of %s where it is', (text, pattern) => {
  expect(redact(address(text))).toMatch(pattern);
});

test('addressRedaction() hides the MAC in an address, and the identifier that a machine made up', () => {
  expect(redact(address('fe80::5018:b5ff:fe6a:36c8'))).toMatch(/^fe80::[0-9a-f:]+ff:fe[0-9a-f]{2}:[0-9a-f]+$/);
  expect(redact(address('fe80::5018:b5ff:fe6a:36c8'))).not.toContain('6a:36c8');
  expect(redact(address('fe80::1234:5678:9abc:def0'))).not.toMatch(/1234|5678|9abc/);
});

test('addressRedaction() is another one with another key, and the same with the same', () => {
  const again = addressRedaction(keyedWith('a key'), []);
  const other = addressRedaction(keyedWith('another key'), []);
  const nets = Array.from({ length: 20 }, (_, index) => address(`10.${index}.0.1`));
  expect(nets.map(again)).toEqual(nets.map(redact));
  expect(nets.map(other)).not.toEqual(nets.map(redact));
});

test('addressRedaction() keeps the order within a range that crosses nets', () => {
  const range = parsePrefix('10.1.0.0/20');
  if (range === undefined) throw new Error('no prefix');
  const ordered = addressRedaction(keyedWith('a key'), [range]);
  const bits = ['10.1.2.200', '10.1.3.1', '10.1.7.9'].map((text) => addressBits(ordered(address(text))));
  expect(bits).toEqual(bits.toSorted((a, b) => Number(a - b)));
});
