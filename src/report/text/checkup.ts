/**
 * What `nsdiag doctor` found, for a person.
 *
 * @module
 */

import { padTo } from '../width.ts';
import { paragraph, type Style } from './style.ts';

/** One thing that nsdiag uses, and whether this machine has it. */
export interface Check {
  readonly name: string;
  /** What was found ("tcpdump version 4.99.3"), or what stands in the way. */
  readonly found: string;
  readonly isThere: boolean;
  /** What does not work without it. */
  readonly costs: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** The outcome first, what is missing next, what is there last. */
export function checkupText(checks: readonly Check[], style: Style): string {
  const { green, red, bold, cyan } = style.colors;
  const missing = checks.filter(({ isThere }) => !isThere);
  const there = checks.filter(({ isThere }) => isThere);
  const outcome =
    missing.length === 0
      ? `${green('✓')} ${bold(`This machine has all ${checks.length} things that nsdiag uses`)}`
      : `${red('✗')} ${bold(`${missing.length} of the ${checks.length} things that nsdiag uses are missing here`)}`;
  const nameColumns = Math.max('remedy'.length, ...checks.map(({ name }) => name.length)) + 2;
  return [
    outcome,
    ...missing.map(({ name, found, costs, remedy }) =>
      [
        '',
        paragraph(found, style, `${red('✗')} ${bold(padTo(name, nameColumns))}`, nameColumns + 2),
        paragraph(costs, style, `  ${cyan('costs'.padEnd(nameColumns))}`, nameColumns + 2),
        paragraph(remedy, style, `  ${cyan('remedy'.padEnd(nameColumns))}`, nameColumns + 2),
      ].join('\n'),
    ),
    ...(there.length === 0 ? [] : ['']),
    ...there.map(({ name, found }) =>
      paragraph(found, style, `${green('✓')} ${padTo(name, nameColumns)}`, nameColumns + 2),
    ),
  ]
    .join('\n')
    .concat('\n');
}
