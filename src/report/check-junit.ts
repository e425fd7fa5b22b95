/**
 * Expectations as JUnit XML, as CI systems read it: `testsuites`, `testsuite`, `testcase`, and in a case `failure` (it
 * does not hold) or `error` (it could not be asked, or nobody can tell).
 *
 * Source: the schema of Jenkins' xUnit plugin (junit-10.xsd); GitLab's and Azure's readers want `name`, `classname` and
 * `time` in seconds of each case.
 *
 * @module
 */

import { becauseOf, type CheckResult, type CheckRun, tallyOf } from './check.ts';
import { escapeText } from './escape.ts';

/** The whole file. */
export function junitXml({ file, at, results }: CheckRun): string {
  const { fails, undecided, notAsked } = tallyOf(results);
  const counts = {
    tests: String(results.length),
    failures: String(fails),
    errors: String(undecided + notAsked),
    skipped: '0',
    time: seconds(results.reduce((sum, { tookMs }) => sum + tookMs, 0)),
  };
  // xs:dateTime without a zone, as the schema has it; UTC.
  const timestamp = at.slice(0, 19);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'nsdiag check', ...counts })}>`,
    `  <testsuite${attributes({ name: file, ...counts, timestamp })}>`,
    ...results.map((result) => testcase(result, file)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testcase(result: CheckResult, file: string): string {
  const { name, line, held, tookMs, diagnosis } = result;
  const place = { name, classname: `nsdiag.${file}`, file, line: String(line), time: seconds(tookMs) };
  const because = becauseOf(result);
  if (because === undefined) return `    <testcase${attributes(place)}/>`;
  const element = held.kind === 'fails' ? 'failure' : 'error';
  const type = diagnosis?.causes[0]?.finding.code ?? held.kind;
  const details = (diagnosis?.causes ?? []).map(({ finding }) => `${finding.code}: ${finding.what}`);
  return [
    `    <testcase${attributes(place)}>`,
    `      <${element}${attributes({ message: because, type })}>${escapeXml(details.join('\n'))}</${element}>`,
    '    </testcase>',
  ].join('\n');
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Control characters may not stand in XML 1.0 at all, not even as entities: they are written out, as everywhere. */
function escapeXml(text: string): string {
  const lines = text.split('\n').map(escapeText).join('\n');
  return lines.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
