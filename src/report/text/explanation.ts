/**
 * What a fault code means, for a person.
 *
 * @module
 */

import type { FaultRule } from '../../faults/rule.ts';
import { padTo } from '../width.ts';
import { paragraph, type Style } from './style.ts';

/** What is told of a code: what every rule says of itself. */
export type Explained = Pick<FaultRule, 'code' | 'title' | 'source' | 'explains'>;

/** All of one code. */
export function explanationText({ code, title, source, explains }: Explained, style: Style): string {
  const { bold, cyan } = style.colors;
  const line = (label: string, text: string) => paragraph(text, style, `  ${cyan(label.padEnd(8))}`, 10);
  return [
    `${bold(code)}: ${title}`,
    line('source', source),
    ...(explains.length === 0 ? [] : [line('hides', `${explains.join(', ')}: what it looks like from further up`)]),
    '',
  ].join('\n');
}

/** Every code in one line, in the order in which they are looked for. */
export function codesText(all: readonly Explained[], style: Style): string {
  const columns = Math.max(...all.map(({ code }) => code.length)) + 2;
  return all
    .map(({ code, title }) => paragraph(title, style, style.colors.bold(padTo(code, columns)), columns))
    .concat('')
    .join('\n');
}
