/**
 * Expectations as TAP 14. What could not be asked or decided is not ok, as what does not hold; the diagnostics say which.
 *
 * Source: the TAP 14 specification (testanything.org): `#` and `\` of a description are escaped, diagnostics are YAML
 * between `---` and `...`, two columns to the right.
 *
 * @module
 */

import { becauseOf, type CheckResult, type CheckRun } from './check.ts';
import { escapeJson, escapeText } from './escape.ts';

export function tapText({ file, results }: CheckRun): string {
  return [
    'TAP version 14',
    `1..${results.length}`,
    ...results.map((result, index) => pointOf(result, index, file)),
    '',
  ].join('\n');
}

function pointOf(result: CheckResult, index: number, file: string): string {
  const { name, line, held, diagnosis } = result;
  const title = escapeText(name).replace(/[\\#]/g, '\\$&');
  const because = becauseOf(result);
  if (because === undefined) return `ok ${index + 1} - ${title}`;
  const causes = (diagnosis?.causes ?? []).map(({ finding }) => `${finding.code} in ${finding.netns}`);
  // JSON is YAML.
  const value = (text: unknown) => escapeJson(JSON.stringify(text));
  return [
    `not ok ${index + 1} - ${title}`,
    '  ---',
    `  severity: ${held.kind === 'fails' ? 'fail' : 'error'}`,
    `  message: ${value(because)}`,
    `  at: ${value(`${file}:${line}`)}`,
    ...(causes.length === 0 ? [] : [`  causes: ${value(causes)}`]),
    '  ...',
  ].join('\n');
}
