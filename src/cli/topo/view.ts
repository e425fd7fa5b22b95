/**
 * What `nsdiag topo` shows: the machine or a snapshot, of it the namespaces that were asked for, held against an older
 * snapshot where there is one, and all that in other names where strangers are to see it.
 *
 * @module
 */

import { inodeOfWord } from '../../collect/netns-inode.ts';
import type { Host } from '../../host/host.ts';
import type { NetnsName } from '../../host/link.ts';
import type { Recording } from '../../recording/recording.ts';
import { hostOf } from '../../recording/to-host.ts';
import { type Redactor, redactorOf } from '../../redact/redactor.ts';
import type { Compared } from '../../report/text/topology-lists.ts';
import { Failure } from '../../system/failure.ts';
import { compareHosts } from '../../topology/comparison.ts';
import { narrowed, type Topology, topologyOf } from '../../topology/topology.ts';
import { keyedBy } from '../keyed-by.ts';
import { nearNames } from '../near.ts';
import { netnsCalled } from '../why/destination.ts';

/** What was read. */
export interface Look {
  readonly recording: Recording;
  readonly isSnapshot: boolean;
  /** An older state of the same machine. */
  readonly older: Recording | undefined;
}

export interface ViewRequest {
  /** Namespaces to be shown; none: all. */
  readonly names: readonly string[];
  /** `undefined`: as it is. The same key makes the same replacements; without one, nobody can take them back. */
  readonly redact: { readonly key: string | undefined } | undefined;
}

/** What there is to be written. */
export interface View {
  readonly topology: Topology;
  /** Of the newer state alone. */
  readonly now: Topology;
  readonly takenAt: string | undefined;
  readonly compared: Compared | undefined;
  /** A text as it may be shown. */
  readonly shown: (text: string) => string;
}

/** @throws Failure when a name is no namespace's. */
export function viewOf(look: Look, { names, redact }: ViewRequest): View {
  const hosts = [look.recording, ...(look.older === undefined ? [] : [look.older])].map(hostOf);
  const chosen = names.map((name) => chosenName(hosts, name, look.isSnapshot, redact !== undefined));
  if (redact === undefined) return plainView(look, new Set(chosen), (text) => text);
  const redactor = redactorOf(together(look), names, keyedBy(redact.key));
  return plainView(redacted(look, redactor), new Set(chosen.map((name) => redactor.text(name))), redactor.text);
}

function plainView(
  { recording, isSnapshot, older }: Look,
  chosen: ReadonlySet<string>,
  shown: (text: string) => string,
): View {
  const host = hostOf(recording);
  const isChosen = (name: string) => chosen.size === 0 || chosen.has(name);
  const part = (topology: Topology) => {
    const names = topology.places.map(({ netns }) => netns.name).filter(isChosen);
    return chosen.size === 0 ? topology : narrowed(topology, new Set(names));
  };
  const now = topologyOf(host);
  const base = { now: part(now), takenAt: isSnapshot ? recording.takenAt : undefined, shown };
  if (older === undefined) return { ...base, topology: base.now, compared: undefined };
  const comparison = compareHosts(hostOf(older), host);
  const changes = comparison.changes.filter(({ change }) => isChosen(change.netns));
  const compared = { ...comparison, changes, since: older.takenAt };
  return { ...base, topology: part(comparison.topology), compared };
}

/** In the newer state, or in the older one, where it may be gone since. */
function chosenName(hosts: readonly Host[], word: string, isSnapshot: boolean, isSecret: boolean): NetnsName {
  const inodeOf = isSnapshot ? () => undefined : inodeOfWord;
  for (const host of hosts) {
    const found = netnsCalled(host, word, { inodeOf });
    if (found !== undefined) return found.name;
  }
  const near = isSecret ? [] : nearNames(word, [...new Set(hosts.flatMap(namesOf))]);
  const hint = near.length > 0 ? `Near: ${near.join(', ')}` : 'Without a name, all namespaces are shown';
  const which = isSecret ? 'one that was asked for' : `"${word}"`;
  throw new Failure('not-found', `Cannot show ${which}: there is no such namespace`, hint);
}

function namesOf({ namespaces }: Host): readonly string[] {
  return namespaces.map(({ name }) => name);
}

/** The names of both states, so that each becomes the same in both. */
function together({ recording, older }: Look): Recording {
  return { ...recording, namespaces: [...recording.namespaces, ...(older?.namespaces ?? [])] };
}

function redacted({ recording, isSnapshot, older }: Look, redactor: Redactor): Look {
  return { recording: redactor.recording(recording), isSnapshot, older: older && redactor.recording(older) };
}
