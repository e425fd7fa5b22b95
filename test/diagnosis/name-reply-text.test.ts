import { expect, test } from 'vitest';
import type { NameServerReply } from '../../src/diagnosis/name-lookup.ts';
import { replyLine, replyRule, replyText } from '../../src/diagnosis/name-reply-text.ts';
import { addr } from '../helpers/iproute-text.ts';

const FIRST = addr('10.0.0.53');
const SECOND = addr('10.0.0.54');

function replies(...said: readonly NameServerReply['said'][]): readonly NameServerReply[] {
  return said.map((each, index) => ({ server: index === 0 ? FIRST : SECOND, command: ['dig'], said: each }));
}

test.each([
  ['no-such-name', 'its name server 10.0.0.53 says that there is no such name (NXDOMAIN)', /is final/],
  ['no-address', 'its name server 10.0.0.53 knows the name, and no address of it (NODATA)', /is final/],
  ['failure', 'its name server 10.0.0.53 could not find out (SERVFAIL)', /could not find out itself/],
  ['refusal', 'its name server 10.0.0.53 refuses to answer (REFUSED)', /policy of the name server/],
  ['nonsense', 'its name server 10.0.0.53 answers what is no answer to a query', undefined],
  [
    'address',
    'its name server 10.0.0.53 has an address for it, which the resolver of the namespace did not come by',
    /nsswitch\.conf/,
  ],
  ['silence', undefined, undefined],
  ['nobody-there', undefined, undefined],
] as const)('replyText() and replyRule() tell what %s means', (said, text, rule) => {
  expect(replyText(FIRST, replies(said))).toBe(text);
  const found = replyRule(FIRST, replies(said));
  if (rule === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(rule);
});

test.each([
  ['no-such-name', 'address', true],
  // The resolver goes on to the second by itself, and so this is not why there was no address.
  ['failure', 'address', false],
  ['no-such-name', 'no-such-name', false],
] as const)('replyText() after %s of the first and %s of the second: %s', (first, second, isPassedOver) => {
  const text = replyText(FIRST, replies(first, second));
  expect(text?.endsWith('; 10.0.0.54, which has an address for it, is then not asked')).toBe(isPassedOver);
});

test('replyText() says nothing of a server that was not asked', () => {
  expect(replyText(SECOND, replies('no-such-name'))).toBeUndefined();
});

test('replyLine() has words for those who said nothing, too', () => {
  expect(replies('silence', 'nobody-there').map(replyLine)).toEqual([
    '10.0.0.53 does not answer',
    '10.0.0.54 has nobody who listens on port 53',
  ]);
});
