/**
 * Labs as text: the list of them, one of them, and what to ask next.
 *
 * @module
 */

import { escapeText } from '../report/escape.ts';
import { shellLine } from '../report/shell-quote.ts';
import { paragraph, type Style } from '../report/text/style.ts';
import type { Fault, Lab, LabQuestion } from './schema.ts';

/** The words behind `nsdiag` that ask a question. */
export function whyArgv({ from, to, proto, port, sourcePort, size }: LabQuestion): readonly string[] {
  const sized = size === undefined ? [] : ['--size', String(size)];
  const ports = proto === 'icmp' ? [] : ['--proto', proto, '--port', String(port)];
  const own = sourcePort === undefined ? [] : ['--source-port', String(sourcePort)];
  return ['why', from, to, ...ports, ...own, ...sized];
}

/** The command that asks a question. */
export function whyLine(question: LabQuestion): string {
  return shellLine(['nsdiag', ...whyArgv(question)]);
}

/** All labs, a paragraph each. @param up Names of those that are up. */
export function labListText(labs: readonly Lab[], up: readonly string[], style: Style): string {
  const width = Math.max(...labs.map(({ name }) => name.length)) + 2;
  const paragraphs = labs.map(({ name, summary, picture, faults }) => {
    const isUp = up.includes(name) ? ' (up)' : '';
    return [
      `${style.colors.bold(name.padEnd(width))}${summary}${isUp}`,
      `  ${picture}`,
      paragraph(faults.map((fault) => fault.name).join(', '), style, '  faults: '),
    ].join('\n');
  });
  return `${paragraphs.join('\n\n')}\n`;
}

/** One lab: what to ask while it is healthy, and each fault with its story. */
export function labText(lab: Lab, up: readonly string[], style: Style): string {
  const lines = [
    paragraph(`${lab.summary}${up.includes(lab.name) ? ' (up)' : ''}`, style, `${lab.name}: `),
    paragraph(lab.picture, style, '  '),
    '',
    'Healthy:',
    ...lab.questions.map((question) => `  ${whyLine(question)}${question.reachable ? '' : '  # must not work'}`),
    '',
    `Faults (nsdiag lab break ${lab.name} FAULT):`,
    ...lab.faults.map((fault) => faultText(fault, style)),
  ];
  return `${lines.join('\n')}\n`;
}

function faultText({ name, story, question }: Fault, style: Style): string {
  return [`  ${style.colors.bold(name)}`, paragraph(story, style, '    '), `    ${whyLine(question)}`].join('\n');
}

/** What to do with a lab that has just come up. */
export function whatNext(lab: Lab): readonly string[] {
  const ask = lab.questions.find(({ reachable }) => reachable);
  const fault = lab.faults[0];
  return [
    `Lab "${lab.name}" is up: ${lab.picture}`,
    ...(ask === undefined ? [] : [`Ask: ${whyLine(ask)}`]),
    ...(fault === undefined ? [] : [`Break it: nsdiag lab break ${lab.name} ${fault.name}`]),
  ].map(escapeText);
}
