/**
 * What a lab changes on the machine itself, said before anything is.
 *
 * @module
 */

import { unreachable } from '../net/unreachable.ts';
import { shellLine } from '../report/shell-quote.ts';
import { planLab } from './plan.ts';
import type { Lab } from './schema.ts';
import type { Made } from './step.ts';

/**
 * A warning for a lab that changes the host: its devices, addresses, sysctls and rules there.
 *
 * @returns Lines; none when the lab keeps to namespaces of its own.
 */
export function hostChanges(lab: Lab): readonly string[] {
  const changes = planLab(lab).flatMap((step) => (step.kind === 'command' ? step.made.flatMap(changeOf) : []));
  if (changes.length === 0) return [];
  return [
    `Lab "${lab.name}" changes this machine's own network; nsdiag lab down ${lab.name} takes it back:`,
    ...changes.map((change) => `  ${change}`),
    `To leave the machine alone: nsdiag lab shell ${lab.name}`,
  ];
}

function changeOf(made: Made): readonly string[] {
  switch (made.kind) {
    case 'netns':
    case 'iptables-table':
    case 'file':
    case 'folder':
      return []; // beside the host's own, and without effect on it
    case 'device':
      return [`device ${made.name}`];
    case 'sysctl':
      return [`sysctl ${made.key}`];
    case 'setting':
      return [`what this removes: ${shellLine(made.remove)}`];
    default:
      return unreachable(made);
  }
}
