/**
 * What fits the blanks of the command line: namespaces, labs, their faults, codes ...
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { discoverNamespaces } from '../../collect/discover.ts';
import { FINDING_PAGES } from '../../handbook/finding-pages.ts';
import type { NetnsEntry } from '../../host/host.ts';
import { findLab, shippedLabs } from '../../lab/find.ts';
import { thisMachine } from '../../lab/machine.ts';
import { labsUp } from '../../lab/state-file.ts';
import { FLOW_SORTS } from '../analyze/list-flows.ts';
import { FAULT_FACTS } from '../explain/explained.ts';
import { FORMATS } from '../topo/format.ts';
import type { Blank, Candidate, Completion, Source } from './complete.ts';
import { devicesTyped } from './devices.ts';

type Env = Readonly<Record<string, string | undefined>>;

const FILES: Source = () => ({ candidates: [], files: true });
/** Numbers, free text: only the person knows. */
const NOBODY_KNOWS: Source = () => ({ candidates: [], files: false });
const NAMESPACES: Source = () => plain(namespaces());

/** By the name of the blank. A test holds every blank of every command to this list. */
export const SOURCES: Readonly<Record<string, (blank: Blank, env: Env) => Completion | Promise<Completion>>> = {
  netns: NAMESPACES,
  destination: NAMESPACES,
  place: async ({ typed }) => plain([...namespaces(), ...(await devicesTyped(typed))]),
  proto: () => words('icmp', 'tcp', 'udp'),
  format: () => words(...FORMATS),
  file: FILES,
  'file:number': FILES,
  key: () => words(...FLOW_SORTS),
  code: () => plain([...FAULT_FACTS, ...FINDING_PAGES.map(({ code }) => ({ code, title: '' }))].map(codeCandidate)),
  LAB: () => ({
    candidates: shippedLabs().map((name) => ({ value: name, description: findLab(name).lab.summary })),
    files: true,
  }),
  NAME: (_, env) => words(...labsUp(thisMachine(env))),
  FAULT: ({ before }) => plain(faultsOf(before[0])),
  number: NOBODY_KNOWS,
  seconds: NOBODY_KNOWS,
  word: NOBODY_KNOWS,
  bytes: NOBODY_KNOWS,
  address: NOBODY_KNOWS,
  expression: NOBODY_KNOWS,
  n: NOBODY_KNOWS,
};

/** What fits, or nothing: a completion never fails. */
export function sourceWith(env: Env): Source {
  return async (blank) => {
    try {
      return await (SOURCES[blank.name] ?? NOBODY_KNOWS)(blank, env);
    } catch {
      return plain([]);
    }
  };
}

function namespaces(): readonly Candidate[] {
  return discoverNamespaces().namespaces.map(({ name, entry, aliases }) => ({
    value: name,
    description: entry.kind === 'here' ? 'where nsdiag runs' : (programOf(entry) ?? aliases.join(', ')),
  }));
}

function programOf(entry: NetnsEntry): string | undefined {
  if (entry.kind !== 'pid') return undefined;
  try {
    return readFileSync(`/proc/${entry.pid}/comm`, 'utf8').trim();
  } catch {
    return undefined; // it has ended meanwhile
  }
}

function codeCandidate({ code, title }: { readonly code: string; readonly title: string }): Candidate {
  return { value: code, description: title };
}

function faultsOf(lab: string | undefined): readonly Candidate[] {
  if (lab === undefined || !shippedLabs().includes(lab)) return [];
  return findLab(lab).lab.faults.map(({ name, story }) => ({ value: name, description: story }));
}

function words(...values: readonly string[]): Completion {
  return plain(values.map((value) => ({ value, description: '' })));
}

function plain(candidates: readonly Candidate[]): Completion {
  return { candidates, files: false };
}
