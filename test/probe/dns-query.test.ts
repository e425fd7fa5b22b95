import { expect, test } from 'vitest';
import { dnsQuery, isQueryLength, queryNonce } from '../../src/probe/dns-query.ts';
import { NONCE_BYTES } from '../../src/probe/identity.ts';

test.each([
  [0, false],
  [28, false],
  [29, false],
  [30, true],
  [56, true],
  [89, true],
  [90, false],
])('isQueryLength() of %i bytes is %s', (bytes, isLength) => {
  expect(isQueryLength(bytes)).toBe(isLength);
});

test.each([30, 56, 89])('dnsQuery() is one whole question of %i bytes, for an address in invalid.', (bytes) => {
  const query = dnsQuery(queryNonce(bytes), 2, bytes);
  expect(query).toHaveLength(bytes);
  // One question, and nothing else; no answer (RFC 1035 section 4.1.1).
  expect([...query.subarray(2, 12)]).toEqual([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  expect(labels).toHaveLength(2);
  expect(labels[1]).toBe('invalid');
  expect([...query.subarray(at)]).toEqual([0, 0, 1, 0, 1]);
});

test('dnsQuery() begins with the mark and the number of the attempt', () => {
  const nonce = queryNonce(56);
  expect(nonce).toHaveLength(NONCE_BYTES);
  const attempts = [1, 2].map((attempt) => dnsQuery(nonce, attempt, 56));
  expect(attempts.map((query) => [...query.subarray(0, NONCE_BYTES + 1)])).toEqual([
    [...nonce, 1],
    [...nonce, 2],
  ]);
  expect(queryNonce(56)).not.toEqual(nonce);
});
