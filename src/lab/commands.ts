/**
 * How a command is put into a namespace.
 *
 * @module
 */

import type { Argv } from '../system/run.ts';

/** The namespace that nsdiag runs in; a lab that names it changes the machine. */
export const HOST = 'host';

/** `ip`, as it acts in a namespace. */
export function ipIn(netns: string): Argv {
  return netns === HOST ? ['ip'] : ['ip', '-n', netns];
}

/** Any program, run in a namespace. */
export function execIn(netns: string, argv: Argv): Argv {
  return netns === HOST ? argv : ['ip', 'netns', 'exec', netns, ...argv];
}

/** A namespace in a sentence. */
export function place(netns: string): string {
  return netns === HOST ? 'the host' : netns;
}

/** Whether an address or prefix is of IPv6. */
export function isInet6(text: string): boolean {
  return text.includes(':');
}

/** Whether a command acts on the host, rather than in a namespace of the lab. */
export function actsOnHost(argv: Argv): boolean {
  const [program, first, second] = argv;
  const isElsewhere = (program === 'ip' || program === 'bridge') && first === '-n';
  return !(isElsewhere || (program === 'ip' && first === 'netns' && second === 'exec'));
}
