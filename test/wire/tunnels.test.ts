/** GRE and Geneve, and what carries packets without an Ethernet header: SLL, the BSDs' loopback, MPLS, PPPoE. */

import { expect, test } from 'vitest';
import { decodeGeneve } from '../../src/wire/geneve.ts';
import { decodeGre, isPlainGre } from '../../src/wire/gre.ts';
import { decodeLoopback } from '../../src/wire/loopback.ts';
import { decodeMpls } from '../../src/wire/mpls.ts';
import { decodePppoe } from '../../src/wire/pppoe.ts';
import { decodeSll } from '../../src/wire/sll.ts';
import { hex } from '../helpers/hex.ts';

const GRE = hex('b0 00 65 58  12 34 00 00  00 00 00 07  00 00 00 09  ff');
const GENEVE = hex('01 00 65 58  00 01 02 00  aa bb cc dd  ff');
const SLL = hex('00 04  00 01  00 06  aa bb cc 00 00 01 00 00  08 00  ff');
const MPLS = hex('00 06 4b 3f  ff');
const PPPOE = hex('11 00  00 07  00 36  00 21  ff');
const LOOPBACK = hex('1e 00 00 00  ff');

test.each([
  ['decodeGre', decodeGre, GRE, { etherType: 0x6558, key: 7, sequence: 9 }],
  ['decodeGre', decodeGre, hex('00 00 08 00 ff'), { etherType: 0x0800, key: undefined, sequence: undefined }],
  ['decodeGre', decodeGre, hex('10 00 08 00 00 00 00 09 ff'), { etherType: 0x0800, key: undefined, sequence: 9 }],
  ['decodeGeneve', decodeGeneve, GENEVE, { vni: 0x000102, etherType: 0x6558 }],
  ['decodeSll', decodeSll, SLL, { packetType: 'outgoing', arphrd: 1, source: 'aa:bb:cc:00:00:01', protocol: 0x0800 }],
  ['decodeMpls', decodeMpls, MPLS, { label: 100, trafficClass: 5, isBottom: true, ttl: 63 }],
  ['decodePppoe', decodePppoe, PPPOE, { session: 7, protocol: 0x0021 }],
  ['decodeLoopback', decodeLoopback, LOOPBACK, { family: 30 }],
  ['decodeLoopback', decodeLoopback, hex('00 00 00 02 ff'), { family: 2 }],
])('%s() reads its header, and answers, never throws, however short it was cut', (_, decode, bytes, header) => {
  expect(decode(bytes)).toEqual({ kind: 'decoded', header, payload: hex('ff'), missingBytes: 0 });
  for (let end = 0; end < bytes.length - 1; end++) {
    expect(decode(bytes.subarray(0, end))).toMatchObject({ kind: 'truncated', haveBytes: end });
  }
});

test('isPlainGre() is not so of PPTP and of routing', () => {
  expect(isPlainGre(hex('00 01 88 0b'))).toBe(false);
  expect(isPlainGre(hex('40 00 08 00'))).toBe(false);
  expect(isPlainGre(GRE)).toBe(true);
  expect(decodeGre(hex('00 01 88 0b'))).toMatchObject({ kind: 'malformed', field: 'flags' });
});

test.each([
  ['decodeGeneve', decodeGeneve, hex('40 00 65 58 00 00 00 00'), 'version'],
  ['decodePppoe', decodePppoe, hex('21 00 00 00 00 00 00 00'), 'version'],
])('%s() refuses another version', (_, decode, bytes, field) => {
  expect(decode(bytes)).toMatchObject({ kind: 'malformed', field });
});
