import { describe, expect, test } from 'vitest';
import { parseExpectations } from '../../../src/cli/check/expectation.ts';

const CODES = new Set(['firewall-drop']);
const problems = (...entries: readonly string[]) => {
  const parsed = parseExpectations(['expectations:', ...entries.map((entry) => `  - ${entry}`)].join('\n'), 'f', CODES);
  return parsed.ok ? [] : parsed.problems;
};

describe('parseExpectations()', () => {
  test('names each one by what it says, unless it has a name, and knows its line', () => {
    const parsed = parseExpectations(
      `# a comment
expectations:
  - { from: web, reaches: db, port: 5432, via: [fw] }
  - { name: closed, from: guest, does-not-reach: db, dies-in: fw, code: firewall-drop }
`,
      'net.yaml',
      CODES,
    );

    expect(parsed.ok && parsed.value.map(({ name, line }) => [name, line])).toEqual([
      ['web reaches db (tcp port 5432, by fw)', 3],
      ['closed', 4],
    ]);
  });

  test.each([
    ['{ from: a }', 'f:2: expectations[0]: must say either reaches or does-not-reach'],
    ['{ from: a, reaches: b, does-not-reach: b }', 'f:2: expectations[0]: must say either reaches or does-not-reach'],
    ['{ from: a, reaches: b, prt: 1 }', 'f:2: expectations[0].prt: unknown key, did you mean port?'],
    ['{ reaches: b }', 'f:2: expectations[0].from: is missing'],
    ['{ from: a, reaches: b, proto: udp }', 'f:2: expectations[0].proto: udp needs a port'],
    ['{ from: a, reaches: b, proto: icmp, port: 1 }', 'f:2: expectations[0].port: icmp has none'],
    ['{ from: a, reaches: b, dies-in: c }', 'f:2: expectations[0].dies-in: is of what does not reach'],
    ['{ from: a, does-not-reach: b, via: [c] }', 'f:2: expectations[0].via: is the way of what reaches'],
    [
      '{ from: a, does-not-reach: b, code: fire }',
      'f:2: expectations[0].code: is no fault code; nsdiag explain lists them',
    ],
  ])('%s is answered with line and key', (entry, problem) => {
    expect(problems(entry)).toEqual([problem]);
  });

  test('refuses a file in which nothing would be checked', () => {
    const parsed = parseExpectations('expectations: []\n', 'f', CODES);

    expect(parsed).toEqual({ ok: false, problems: ['f:1: expectations: is empty: nothing would be checked'] });
  });
});
