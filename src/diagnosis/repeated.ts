/**
 * A rule of a firewall that takes the packet twice: once as it is, and once more as a translation behind it makes it. The
 * first accept is then of no use, because nobody sends such a packet any more: what is left out, and tried again.
 *
 * @module
 */

import type { Finding } from '../faults/finding.ts';
import { applyEdit } from '../host/apply.ts';
import type { Edit } from '../host/edit.ts';
import type { Host } from '../host/host.ts';
import type { Choice } from './choice.ts';

/** Whether it is one fault, found again. A rule that has let one packet pass may still take another. */
export function sameFault(a: Finding, b: Finding): boolean {
  return isOneRule(a, b) && acceptedBy(a) === acceptedBy(b);
}

function isOneRule(a: Finding, b: Finding): boolean {
  return a.code === b.code && a.netns === b.netns && a.device === b.device && a.leg === b.leg && a.what === b.what;
}

/** For whom its first repair would make an exception. */
function acceptedBy({ repairs }: Finding): string {
  const accepts = (repairs[0]?.edits ?? []).flatMap((edit) => (edit.kind === 'filter-accept' ? [edit.traffic] : []));
  return JSON.stringify(accepts, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
}

/** The choices without the first of two about one rule, up to the second; `undefined` when none is about the same. */
export function withoutRepeated(choices: readonly Choice[]): readonly Choice[] | undefined {
  for (const [index, { finding }] of choices.entries()) {
    const again = choices.findIndex((later, at) => at > index && isOneRule(finding, later.finding));
    if (again >= 0) return [...choices.slice(0, index), ...choices.slice(index + 1, again)];
  }
  return undefined;
}

/** The same choices made from the beginning: each on the host that those before it leave. */
export function replay(
  start: Host,
  choices: readonly Choice[],
): { readonly host: Host; readonly choices: readonly Choice[]; readonly commands: number } {
  let host = start;
  const replayed = choices.map((choice) => {
    const now = { ...choice, host };
    host = (choice.repair?.edits ?? []).reduce<Host>((on, edit: Edit) => applyEdit(on, edit), host);
    return now;
  });
  return { host, choices: replayed, commands: choices.flatMap(({ repair }) => repair?.edits ?? []).length };
}
