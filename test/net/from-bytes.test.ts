import { expect, test } from 'vitest';
import { addressFromBytes, parseAddress } from '../../src/net/address.ts';
import { macFromBytes } from '../../src/net/mac.ts';
import { hex } from '../helpers/hex.ts';

test.each([
  ['0a 00 00 01', '10.0.0.1'],
  ['fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01', 'fd00::1'],
  ['00 00 00 00 00 00 00 00 00 00 ff ff 0a 00 00 01', '::ffff:a00:1'],
])('addressFromBytes() reads %s as the one text that parseAddress() has for it', (bytes, text) => {
  expect(addressFromBytes(hex(bytes))).toBe(parseAddress(text));
});

test('addressFromBytes() and macFromBytes() refuse bytes of another length', () => {
  expect(() => addressFromBytes(hex('0a 00 00'))).toThrow(RangeError);
  expect(() => macFromBytes(hex('aa bb cc dd ee'))).toThrow(RangeError);
});

test('macFromBytes() writes every byte with two digits', () => {
  expect(macFromBytes(hex('02 00 0a bc 00 ff'))).toBe('02:00:0a:bc:00:ff');
});
