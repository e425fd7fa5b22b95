import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeDns } from '../../src/wire/dns.ts';
import { dnsNameAt } from '../../src/wire/dns-name.ts';
import { hex, joined, withByte } from '../helpers/hex.ts';

const QUESTION = hex('07 65 78 61 6d 70 6c 65  03 63 6f 6d 00  00 01 00 01'); // example.com A IN
const QUERY = joined(hex('12 34  01 00  00 01 00 00 00 00 00 00'), QUESTION);

/** CNAME www.example.com, then its address. */
const RESPONSE = joined(
  hex('12 34  85 80  00 01 00 02 00 00 00 00'),
  QUESTION,
  hex('c0 0c  00 05 00 01  00 00 00 3c  00 06  03 77 77 77 c0 0c'),
  hex('c0 29  00 01 00 01  00 00 0e 10  00 04  0a 00 00 07'),
);

test('decodeDns() reads a query', () => {
  expect(decodeDns(QUERY)).toMatchObject({
    kind: 'decoded',
    header: {
      id: 0x1234,
      isResponse: false,
      opcode: 0,
      questions: [{ name: 'example.com', type: 'A' }],
      answers: [],
    },
  });
});

test('decodeDns() reads answers, and names that point to others', () => {
  expect(decodeDns(RESPONSE)).toMatchObject({
    header: {
      isResponse: true,
      isAuthoritative: true,
      isCut: false,
      rcode: 'NOERROR',
      answers: [
        { name: 'example.com', type: 'CNAME', ttlSeconds: 60, data: 'www.example.com' },
        { name: 'www.example.com', type: 'A', ttlSeconds: 3600, data: '10.0.0.7' },
      ],
    },
  });
});

test.each([
  [0x83, 'NXDOMAIN'],
  [0x82, 'SERVFAIL'],
  [0x85, 'REFUSED'],
  [0x8d, 'RCODE13'],
])('decodeDns() names the code of a response: %i', (flags, rcode) => {
  expect(decodeDns(withByte(withByte(QUERY, 2, 0x81), 3, flags))).toMatchObject({ header: { rcode } });
});

test('decodeDns() keeps the number of a type that it does not know, and how long its data is', () => {
  const record = hex('c0 0c  ff 00 00 01  00 00 00 00  00 03  aa bb cc');
  const message = joined(hex('00 00  81 80  00 01 00 01 00 00 00 00'), QUESTION, record);
  expect(decodeDns(message)).toMatchObject({ header: { answers: [{ type: 'TYPE65280', data: '3 bytes' }] } });
});

test('decodeDns() answers, never throws, however short the message was cut', () => {
  for (let end = 0; end < RESPONSE.length; end++) {
    const decoded = decodeDns(RESPONSE.subarray(0, end));
    if (end < 12 + QUESTION.length) expect(decoded.kind).not.toBe('decoded');
    else expect(decoded.kind === 'decoded' && decoded.header.answers.length).toBe(end < 47 ? 0 : 1);
  }
});

test.each([
  ['that points to itself', 'c0 0c'],
  ['that points forwards', 'c0 20'],
  ['with a label that goes beyond the message', '3f 61'],
  ['with a label of a kind that is not in use', '41 00 00'],
  ['without an end', '01 61 01 62'],
])('decodeDns() refuses a name %s', (_, name) => {
  const message = joined(hex('00 00 01 00 00 01 00 00 00 00 00 00'), hex(name));
  expect(decodeDns(message)).toMatchObject({ kind: 'malformed', field: 'question' });
});

test('dnsNameAt() follows pointers only backwards, so that two that point at each other end', () => {
  expect(dnsNameAt(hex('01 61 c0 04 01 62 c0 00'), 0)).toBeUndefined();
  expect(dnsNameAt(hex('01 61 00 01 62 c0 00'), 3)).toEqual({ text: 'b.a', end: 7 });
});

test('dnsNameAt() refuses a name of more than 255 bytes, put together from pointers as well', () => {
  const label = joined(hex('3f'), new Uint8Array(63).fill(0x61));
  expect(dnsNameAt(joined(label, label, label, hex('00')), 0)?.text.length).toBe(191);
  expect(dnsNameAt(joined(label, label, label, label, hex('00')), 0)).toBeUndefined();
  // Each name ends in a pointer to the one before: the last has all their labels.
  const chain = Array.from({ length: 5 }, (_, index) =>
    joined(label, hex(index === 0 ? '00 00' : `c0 ${((index - 1) * 66).toString(16).padStart(2, '0')}`)),
  );
  expect(dnsNameAt(joined(...chain), 2 * 66)?.text.length).toBe(191);
  expect(dnsNameAt(joined(...chain), 4 * 66)).toBeUndefined();
});

test('dnsNameAt() writes what is no letter as its number, and dots within labels apart', () => {
  expect(dnsNameAt(hex('05 1b 5b 2e 5c 20 00'), 0)?.text).toBe('\\027[\\.\\\\\\032');
  expect(dnsNameAt(hex('00'), 0)?.text).toBe('.');
});

test('decodeDns() never throws, whatever the bytes, and puts nothing into a name that a terminal would obey', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: RESPONSE.length - 1 }), fc.nat({ max: 255 })), { maxLength: 9 }),
      (changes) => {
        const broken = changes.reduce((changed, [at, value]) => withByte(changed, at, value), RESPONSE);
        const decoded = decodeDns(broken);
        if (decoded.kind !== 'decoded') return;
        const { questions, answers } = decoded.header;
        for (const { name } of [...questions, ...answers]) expect(name).toMatch(/^[!-~]+$/);
      },
    ),
    { numRuns: 3000 },
  );
});
