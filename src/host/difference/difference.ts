/**
 * The difference of two readings of a host, as a list of changes: what `nsdiag watch` names when a path breaks, and what
 * `topo --diff` shows.
 *
 * What could not be read is never taken for empty: it is a change of its own (`reading`) when it could be read the other
 * time, and otherwise stands in `notCompared`.
 *
 * Left out, because they change all the time and by themselves: counters, connections, what ARP and ND have learned
 * (but for an address that has another MAC now), neighbour entries that the kernel makes for nobody, what bridges have learned (but for a MAC that is behind another port
 * now), sockets of UDP on ports that the kernel hands out, marks of routes that follow carrier.
 *
 * @module
 */

import type { Fact } from '../fact.ts';
import type { Host, Netns } from '../host.ts';
import type { NetnsName } from '../link.ts';
import type { Sysctls } from '../sysctl.ts';
import type { Change, ReadPart } from './change.ts';
import { addressChanges, interceptorChanges, linkChanges, withMoves } from './links.ts';
import { rulesetChanges } from './ruleset.ts';
import { sysctlChanges } from './sysctls.ts';
import {
  fdbChanges,
  neighborChanges,
  ownNeighbors,
  pathMtuChanges,
  routeChanges,
  ruleChanges,
  socketChanges,
  vlanChanges,
} from './tables.ts';

export interface Difference {
  /** Namespace by namespace, the devices first; what follows from what is for `origins.ts`. */
  readonly changes: readonly Change[];
  /** What could be read neither time. */
  readonly notCompared: readonly { readonly netns: NetnsName; readonly part: ReadPart; readonly why: string }[];
}

type NotCompared = Difference['notCompared'][number];

/** Everything that is not as it was. */
export function differenceOf(before: Host, after: Host): Difference {
  const old = new Map(before.namespaces.map((netns) => [netns.name, netns]));
  const now = new Map(after.namespaces.map((netns) => [netns.name, netns]));
  const changes: Change[] = [];
  const notCompared: NotCompared[] = [];
  for (const [name, netns] of old) {
    if (!now.has(name)) changes.push({ subject: 'netns', netns: name, action: 'deleted', before: netns });
  }
  for (const [name, netns] of now) {
    const was = old.get(name);
    if (was === undefined) {
      changes.push({ subject: 'netns', netns: name, action: 'added', after: netns });
      continue;
    }
    if (was.inode !== netns.inode) {
      changes.push({ subject: 'netns', netns: name, action: 'changed', before: was, after: netns });
    }
    const within = differenceWithin(was, netns);
    changes.push(...within.changes);
    notCompared.push(...within.notCompared);
  }
  return { changes: withMoves(changes), notCompared };
}

function differenceWithin(before: Netns, after: Netns): Difference {
  const netns = after.name;
  const changes: Change[] = [];
  const notCompared: NotCompared[] = [];
  const compare = <T>(part: ReadPart, old: Fact<T>, now: Fact<T>, changesOf: (old: T, now: T) => readonly Change[]) => {
    if (old.known && now.known) changes.push(...changesOf(old.value, now.value));
    else if (old.known && !now.known) changes.push({ subject: 'reading', action: 'lost', netns, part, why: now.why });
    else if (!old.known && now.known) {
      changes.push({ subject: 'reading', action: 'regained', netns, part, why: old.why });
    } else if (!now.known) notCompared.push({ netns, part, why: now.why });
  };
  compare('links', before.links, after.links, (old, now) => [
    ...linkChanges(netns, old, now),
    ...interceptorChanges(netns, old, now),
    ...addressChanges(netns, old, now),
  ]);
  compare('routes', before.routes, after.routes, (old, now) => routeChanges(netns, old, now));
  compare('rules', before.rules, after.rules, (old, now) => ruleChanges(netns, old, now));
  compare('ruleset', before.ruleset, after.ruleset, (old, now) => rulesetChanges(netns, old, now));
  compare('sysctls', readable(before.sysctls), readable(after.sysctls), (old, now) => sysctlChanges(netns, old, now));
  compare('neighbors', ownNeighbors(before), ownNeighbors(after), (old, now) => neighborChanges(netns, old, now));
  compare('fdb', before.fdb, after.fdb, (old, now) => fdbChanges(netns, old, now));
  compare('bridgeVlans', before.bridgeVlans, after.bridgeVlans, (old, now) => vlanChanges(netns, old, now));
  compare('sockets', before.sockets, after.sockets, (old, now) => socketChanges(netns, old, now));
  compare('pathMtus', before.pathMtus, after.pathMtus, (old, now) => pathMtuChanges(netns, old, now));
  return { changes, notCompared };
}

function readable({ values, source, unreadable }: Sysctls): Fact<Sysctls['values']> {
  return unreadable === undefined ? { known: true, value: values, source } : { known: false, why: unreadable };
}
