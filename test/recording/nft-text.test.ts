import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseNftRuleset } from '../../src/recording/nft.ts';
import { statementText } from '../../src/recording/nft-text.ts';

const FIXTURES = new URL('../fixtures/rulesets/', import.meta.url);

/** What nft prints for each rule, by table and handle. */
function printedRules(name: string): ReadonlyMap<string, string> {
  const rules = new Map<string, string>();
  let table = '';
  for (const line of readFileSync(new URL(`${name}.nft.txt`, FIXTURES), 'utf8').split('\n')) {
    table = /^table (\S+ \S+) /.exec(line)?.[1] ?? table;
    const [, text, handle] = /^\t\t(.+) # handle (\d+)$/.exec(line) ?? [];
    if (text !== undefined) rules.set(`${table} ${handle}`, text);
  }
  return rules;
}

test.each([
  ['every-expression', 170],
  ['firewalld', 30],
  ['kube-proxy', 15],
])('ruleText() writes the rules of %s as nft itself prints them', (name, least) => {
  const { tables } = parseNftRuleset(readFileSync(new URL(`${name}.nft.json`, FIXTURES), 'utf8'));
  const ours = new Map(
    tables.flatMap(({ chains }) =>
      chains.flatMap(({ rules }) => rules.map(({ ref }) => [`${ref.family} ${ref.table} ${ref.handle}`, ref.text])),
    ),
  );

  expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(printedRules(name)));
  expect(ours.size).toBeGreaterThan(least);
});

/** As nft 1.0.6 prints both forms. */
test.each([
  [{ rate: 10, burst: 0, per: 'second', rate_unit: 'kbytes', burst_unit: 'bytes' }, 'limit rate 10 kbytes/second'],
  [
    { rate: 10, burst: 5, per: 'minute', inv: true, rate_unit: 'mbytes', burst_unit: 'kbytes' },
    'limit rate over 10 mbytes/minute burst 5 kbytes',
  ],
  [{ rate: 3, burst: 5, per: 'second' }, 'limit rate 3/second'],
  [{ rate: 3, burst: 9, per: 'second' }, 'limit rate 3/second burst 9 packets'],
])('statementText() writes the limit %j', (limit, text) => {
  expect(statementText({ limit })).toBe(text);
});
