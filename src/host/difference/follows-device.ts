/**
 * Whether a device is another one now because of what happened to the one that it hangs on: a veth and its peer, a macvlan
 * and what it stands on, a bridge and its ports.
 *
 * Source: drivers/net/veth.c veth_dellink(). Seen in test/live/difference.test.ts.
 *
 * @module
 */

import type { Link, VethPeer } from '../link.ts';
import type { Change } from './change.ts';
import { type ChangeIndex, type LinkChange, placeKey } from './change-index.ts';
import { changedAspects, PORT_STATE } from './link-aspects.ts';

/** The device, or the namespace, at the far end; of a bridge, one of its ports. */
export function causeOfLink(change: LinkChange, index: ChangeIndex): Change | undefined {
  const far = [
    ...(change.action === 'added' ? [] : [farEndOf(change.before)]),
    ...(change.action === 'deleted' ? [] : [farEndOf(change.after)]),
  ].find(
    (end) => end?.kind === 'found' && (index.links.has(placeKey(end.netns, end.device)) || index.netns.has(end.netns)),
  );
  if (far?.kind !== 'found') return causeInBridge(change, index);
  const cause = index.links.get(placeKey(far.netns, far.device)) ?? index.netns.get(far.netns);
  return cause !== undefined && cause !== change && isFollower(change, cause) ? cause : undefined;
}

/** What of a device depends on the one at its far end. */
const OF_FAR_END: ReadonlySet<string> = new Set(['carrier', 'peer', 'lower', PORT_STATE]);

/** Whether the far end explains all that changed here. */
function isFollower(change: LinkChange, cause: Change): boolean {
  if (change.action !== 'changed') {
    const isGone = cause.subject === 'netns' ? cause.action !== 'added' : cause.action === 'deleted';
    return change.action === 'deleted' && isGone;
  }
  const aspects = changedAspects(change.before, change.after).map(({ aspect }) => aspect);
  return aspects.every((aspect) => OF_FAR_END.has(aspect));
}

/** A bridge has carrier for as long as one of its ports has, and a MAC of one of them. */
function causeInBridge(change: LinkChange, index: ChangeIndex): Change | undefined {
  if (change.action !== 'changed' || change.after.detail.kind !== 'bridge') return undefined;
  const aspects = changedAspects(change.before, change.after).map(({ aspect }) => aspect);
  if (!aspects.every((aspect) => aspect === 'carrier' || aspect === 'MAC')) return undefined;
  const bridge = change.after.name;
  return [...index.links.values()].find(
    (other) =>
      other !== change &&
      other.netns === change.netns &&
      ((other.action !== 'added' && other.before.master === bridge) ||
        (other.action !== 'deleted' && other.after.master === bridge)),
  );
}

function farEndOf({ detail }: Link): VethPeer | undefined {
  if (detail.kind === 'veth') return detail.peer;
  return detail.kind === 'macvlan' || detail.kind === 'vlan' ? detail.lower : undefined;
}
