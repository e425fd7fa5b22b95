/**
 * The namespace that should send holds only lo: the veth end meant for it was never moved in.
 *
 * @module
 */

import type { Host, Netns } from '../../host/host.ts';
import type { DeviceRef } from '../../host/link.ts';
import { type Address, isLoopback } from '../../net/address.ts';
import { wireBetween } from '../../topology/wiring.ts';
import { defineRule } from '../define.ts';
import { devicesEvidence, linkEvidence } from '../evidence.ts';
import { unroutedIn } from '../search/dropped.ts';
import { moveIn } from '../search/move-in.ts';
import { ownersOf } from '../search/owner.ts';
import { bareNamespaces, isBare, strayEnds } from '../search/stray.ts';
import { placeText } from '../search/text.ts';

/** More than this many ends to choose from help nobody. */
const MOST_CANDIDATES = 3;

export const noInterface = defineRule({
  code: 'no-interface',
  title: 'The namespace has no interface but lo',
  source: 'ip-netns(8): a new namespace has no devices but the loopback device',
  explains: ['no-route', 'disconnected', 'address-not-found', 'no-address', 'ipv6-disabled'],

  find(context) {
    const unrouted = unroutedIn(context);
    if (unrouted === undefined || !isBare(unrouted.netns) || isLoopback(unrouted.destination)) return [];
    const { netns, destination } = unrouted;
    const ends = likelyEnds(context.host, netns, destination);
    const [likely] = ends;
    const left = likely === undefined ? '' : `; ${placeText(likely)} looks like the end that was meant for it`;
    return [
      {
        netns: netns.name,
        device: undefined,
        what: `${netns.name} has no interface but lo${left}`,
        why: 'A namespace is born with lo alone; a packet can leave it only by an interface that was moved or made in it',
        evidence: [devicesEvidence(netns), ...(likely === undefined ? [] : linkEvidence(context.host, likely))],
        repairs: ends.map((end) => moveIn(context.host, end, netns.name, unrouted.family, undefined)),
      },
    ];
  },
});

/** Those whose other end leads to the destination first; then the first end for the first bare namespace, and so on. */
function likelyEnds(host: Host, netns: Netns, destination: Address): readonly DeviceRef[] {
  const ends = strayEnds(host, netns.name);
  const owners = ownersOf(host, destination);
  const leads = (end: DeviceRef) => owners.some(({ ref }) => wireBetween(host, end, ref) !== undefined);
  const turn = Math.max(
    0,
    bareNamespaces(host).findIndex(({ name }) => name === netns.name),
  );
  const turned = ends.map((_, index) => ends[(index + turn) % ends.length]).filter((end) => end !== undefined);
  return [...turned.filter(leads), ...turned.filter((end) => !leads(end))].slice(0, MOST_CANDIDATES);
}
