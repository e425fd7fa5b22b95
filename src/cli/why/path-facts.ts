/**
 * What was recorded of the namespaces that a diagnosis is about, as the page shows it: each command with what it printed.
 *
 * @module
 */

import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { inNetns } from '../../host/commands-enter.ts';
import { SYSCTL_READ } from '../../recording/reads.ts';
import type { RecordedNamespace, RecordedOutput, Recording } from '../../recording/recording.ts';
import type { NamespaceFacts, Printed } from '../../report/html/why-facts.ts';

/** Of the namespaces on the path, in its order, and of those where a cause is. */
export function pathFacts(recording: Recording, { question, trip, causes }: Diagnosis): readonly NamespaceFacts[] {
  const steps = [...trip.request.steps, ...(trip.reply?.steps ?? [])];
  const names = new Set([
    question.netns,
    ...steps.map(({ netns }) => netns),
    ...causes.map((each) => each.finding.netns),
  ]);
  return [...names].flatMap((name) => {
    const namespace = recording.namespaces.find((each) => each.name === name);
    return namespace === undefined ? [] : [factsOf(namespace)];
  });
}

function factsOf(namespace: RecordedNamespace): NamespaceFacts {
  return {
    netns: namespace.name,
    obstacle: namespace.obstacle ?? undefined,
    printed: Object.values(namespace.outputs).map((output) => printedOf(namespace, output)),
  };
}

function printedOf(namespace: RecordedNamespace, { command, exitCode, stdout, stderr }: RecordedOutput): Printed {
  return {
    command: inNetns(
      namespace,
      command.join() === SYSCTL_READ.join() ? ['grep', '-rHs', '', '/proc/sys/net'] : command,
    ),
    text: readable(stdout),
    problem:
      exitCode === 0 ? undefined : exitCode === null ? 'not installed' : stderr.trim() || `exit code ${exitCode}`,
  };
}

/** iproute2 and nft print JSON in one line; here each thing that is listed has a line of its own. */
function readable(text: string): string {
  const list = /^\s*[[{]/.test(text) ? parsed(text) : undefined;
  if (Array.isArray(list)) return list.map((item) => JSON.stringify(item)).join('\n');
  const ruleset = typeof list === 'object' && list !== null && 'nftables' in list ? list.nftables : undefined;
  return Array.isArray(ruleset) ? ruleset.map((item) => JSON.stringify(item)).join('\n') : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // cut, or from a version of iproute2 that prints what is no JSON: shown as it is
  }
}
