/**
 * That several namespaces have the destination address: a question about it is answered by one of them, and the person
 * may have meant another. Nothing need be wrong (anycast, a standby, networks of one numbering side by side).
 *
 * @module
 */

import { ownersOf } from '../faults/search/owner.ts';
import type { Host } from '../host/host.ts';
import { isLinkLocal, isLoopback } from '../net/address.ts';
import type { Prediction } from './diagnosis.ts';

/** Causes that say so themselves. */
const SAID_BY: readonly string[] = ['duplicate-address', 'destination-ambiguous'];

/** Which namespaces they are, and in which of them the packet ends; empty when there is but one. */
export function ambiguityNotes(host: Host, { question, trip, causes }: Prediction): readonly string[] {
  const { destination } = question;
  if (isLoopback(destination) || isLinkLocal(destination)) return [];
  const owners = new Set(
    ownersOf(host, destination)
      .filter(({ link }) => link.up)
      .map(({ ref }) => ref.netns),
  );
  if (owners.size < 2 || causes.some(({ finding }) => SAID_BY.includes(finding.code))) return [];
  const { netns } = trip.request.fate;
  const end = owners.has(netns) ? `; this packet ends in ${netns}` : '';
  return [`${destination} is an address of ${[...owners].join(', ')}${end}`];
}
