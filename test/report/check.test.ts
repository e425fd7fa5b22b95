import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import type { CheckResult, CheckRun } from '../../src/report/check.ts';
import { checkDocument, checkErrorDocument } from '../../src/report/check-json.ts';
import { junitXml } from '../../src/report/check-junit.ts';
import { tapText } from '../../src/report/check-tap.ts';
import { checkText } from '../../src/report/text/check.ts';
import { styleOf } from '../../src/report/text/style.ts';
import { diagnosis, missingRouteBack } from './example-diagnoses.ts';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../src/report/schemas/check-1.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allErrors: true, strictTypes: false }).compile(SCHEMA);

const HOSTILE = 'a <b>&"\'# \\ \u001b[31m]]>';
const result = (change: Partial<CheckResult>): CheckResult => ({
  name: 'web reaches db',
  line: 2,
  held: { kind: 'holds' },
  diagnosis: diagnosis(),
  tookMs: 12.3,
  ...change,
});
const RUN: CheckRun = {
  file: 'net.yaml',
  at: '2026-11-22T10:04:12.345Z',
  results: [
    result({}),
    result({ line: 3, held: { kind: 'fails', because: 'it does not' }, diagnosis: missingRouteBack() }),
    result({
      name: HOSTILE,
      line: 4,
      held: { kind: 'not-asked', because: 'no such "namespace"' },
      diagnosis: undefined,
    }),
    result({ line: 5, held: { kind: 'undecided', because: 'nobody knows' } }),
  ],
};

test('junitXml() counts and names as CI systems read it, and lets nothing out of its attribute', () => {
  const xml = junitXml(RUN);

  expect(xml).toContain(
    '<testsuite name="net.yaml" tests="4" failures="1" errors="2" skipped="0" time="0.049" timestamp="2026-11-22T10:04:12">',
  );
  expect(xml).toContain(
    'name="a &lt;b&gt;&amp;&quot;&apos;# \\ \\x1b[31m]]&gt;" classname="nsdiag.net.yaml" file="net.yaml" line="4" time="0.012"',
  );
  expect(xml).toContain('<failure message="it does not" type="no-route">');
  expect(xml.match(/<error /g)).toHaveLength(2);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has none of them
  expect(xml).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
});

test('tapText() is TAP 14: a plan, a point each, diagnostics in YAML', () => {
  const lines = tapText(RUN).split('\n');

  expect(lines.slice(0, 4)).toEqual(['TAP version 14', '1..4', 'ok 1 - web reaches db', 'not ok 2 - web reaches db']);
  expect(lines).toContain('not ok 3 - a <b>&"\'\\# \\\\ \\\\x1b[31m]]>');
  expect(lines).toContain('  message: "no such \\"namespace\\""');
  expect(lines.filter((line) => line === '  ---')).toHaveLength(3);
  expect(lines.filter((line) => line === '  ...')).toHaveLength(3);
});

test('checkText() has the outcome in its first line, a line each, and the fix of what should reach', () => {
  const text = checkText(RUN, styleOf(false, 80));

  expect(text).toMatch(
    /^✗ net\.yaml: 1 of 4 expectations does not hold, 1 could not be asked, of 1 nobody\n {2}can tell\n/,
  );
  expect(text).toMatch(/^ {2}✓ 1 web reaches db$/m);
  expect(text).toMatch(/^ {4}ip -n /m);
  expect(text).not.toContain('\u001b');
});

test('checkText() says that all hold, and how many', () => {
  expect(checkText({ ...RUN, results: [result({}), result({})] }, styleOf(false, 80))).toMatch(
    /^✓ All 2 expectations of net\.yaml hold\n/,
  );
  expect(checkText({ ...RUN, results: [result({})] }, styleOf(false, 80))).toMatch(
    /^✓ The one expectation of net\.yaml holds\n/,
  );
});

test.each([
  ['a run', checkDocument(RUN)],
  ['an error', checkErrorDocument('Cannot read net.yaml', undefined)],
])('the document of %s keeps the schema', (_, document) => {
  validate(JSON.parse(JSON.stringify(document)));
  expect(validate.errors).toBe(null);
});
