/**
 * Changes of devices, of what takes frames on them, and of their addresses.
 *
 * A device is known by its ifindex within its namespace: a name that another device bears now is another device only
 * where its index and its MAC changed as well (made anew), which reads as a change of the MAC.
 *
 * @module
 */

import type { InterfaceAddress, Link, NetnsName } from '../link.ts';
import type { Change } from './change.ts';
import { linkAspects } from './link-aspects.ts';
import { type Turn, textOfAll, turnsOf } from './turn.ts';

type LinkChange = Extract<Change, { subject: 'link' }>;

/** Devices that came, went, were renamed or are set otherwise. */
export function linkChanges(netns: NetnsName, before: readonly Link[], after: readonly Link[]): readonly Change[] {
  const turns = turnsOf(
    before,
    after,
    (link) => link.name,
    (link) => textOfAll(linkAspects(link)),
  );
  return withRenames(turns.map((turn) => ({ subject: 'link', netns, ...turn })));
}

/** What went under one name and came under another with the same index is one device. */
function withRenames(changes: readonly LinkChange[]): readonly LinkChange[] {
  const gone = changes.flatMap((change) => (change.action === 'deleted' ? [change] : []));
  const renamed = new Set<LinkChange>();
  const merged = changes.map((change): LinkChange => {
    if (change.action !== 'added') return change;
    const was = gone.find(({ before }) => before.ifindex === change.after.ifindex && isAlike(before, change.after));
    if (was === undefined) return change;
    renamed.add(was);
    return { ...change, action: 'renamed', before: was.before };
  });
  return merged.filter((change) => !renamed.has(change));
}

/** What went in one namespace and came in another, and is the only one of its MAC, is one device that moved. */
export function withMoves(changes: readonly Change[]): readonly Change[] {
  const gone = changes.flatMap((change) => (change.subject === 'link' && change.action === 'deleted' ? [change] : []));
  const come = changes.flatMap((change) => (change.subject === 'link' && change.action === 'added' ? [change] : []));
  const moved = new Set<Change>();
  const merged = changes.map((change): Change => {
    if (change.subject !== 'link' || change.action !== 'added') return change;
    const from = gone.filter(({ before }) => isAlike(before, change.after));
    const to = come.filter(({ after }) => isAlike(after, change.after));
    const [was] = from;
    if (was === undefined || from.length > 1 || to.length > 1) return change;
    moved.add(was);
    return { ...change, action: 'moved', from: was.netns, before: was.before };
  });
  return merged.filter((change) => !moved.has(change));
}

function isAlike(a: Link, b: Link): boolean {
  return a.mac !== undefined && a.mac === b.mac && a.detail.kind === b.detail.kind && a.detail.kind !== 'loopback';
}

/** Queueing disciplines, tc filters and XDP programs that came or went. */
export function interceptorChanges(
  netns: NetnsName,
  before: readonly Link[],
  after: readonly Link[],
): readonly Change[] {
  return perDevice(before, after, ({ interceptors = [] }) => interceptors).flatMap(({ device, old, now }) =>
    turnsOf(
      old,
      now,
      (each) => `${each.side} ${each.name}`,
      (each) => textOfAll([each.sort, each.takes]),
    ).map((turn): Change => ({ subject: 'interceptor', netns, device, ...turn })),
  );
}

/** The flags that decide whether an address can be used; the others tell how it came. */
const FLAGS_THAT_COUNT = ['tentative', 'dadfailed', 'deprecated'];

/** The flags of an address that count, as `ip address` prints them. */
export function flagsThatCount({ flags }: InterfaceAddress): readonly string[] {
  return FLAGS_THAT_COUNT.filter((flag) => flags.includes(flag));
}

export function addressChanges(netns: NetnsName, before: readonly Link[], after: readonly Link[]): readonly Change[] {
  return perDevice(before, after, ({ addresses }) => addresses).flatMap(({ device, old, now }) => {
    const turns: readonly Turn<InterfaceAddress>[] = turnsOf(
      old,
      now,
      ({ address, prefixLength, peer }) => `${address}/${prefixLength} ${peer ?? ''}`,
      (each) => textOfAll([each.scope, flagsThatCount(each)]),
    );
    return turns.map((turn): Change => ({ subject: 'address', netns, device, ...turn }));
  });
}

function perDevice<T>(before: readonly Link[], after: readonly Link[], of: (link: Link) => readonly T[]) {
  const old = new Map(before.map((link) => [link.name, link]));
  const now = new Map(after.map((link) => [link.name, link]));
  return [...new Set([...old.keys(), ...now.keys()])].map((device) => {
    const [was, is] = [old.get(device), now.get(device)];
    return { device, old: was === undefined ? [] : of(was), now: is === undefined ? [] : of(is) };
  });
}
