/**
 * The source address that was asked for, held to what the namespace has.
 *
 * @module
 */

import type { Prediction } from '../../diagnosis/diagnosis.ts';
import { findNetns, type Host, linksOf } from '../../host/host.ts';
import { familyOf } from '../../net/address.ts';
import { Failure } from '../../system/failure.ts';

/** How many addresses a hint lists. */
const MOST_LISTED = 8;

/**
 * @throws Failure when the namespace does not have `--from`: bind(2) refuses it (EADDRNOTAVAIL), so that there is no
 * packet to ask about.
 */
export function requireOwnSource(host: Host, { question, trip }: Prediction): void {
  const { fate } = trip.request;
  if (question.from === undefined || fate.kind !== 'dropped' || fate.reason.kind !== 'source-not-ours') return;
  const { source } = fate.reason;
  // Those of its own family first.
  const rank = (address: typeof source) => Number(familyOf(address) !== familyOf(source));
  const own = findNetns(host, question.netns);
  const addresses = (own === undefined ? [] : linksOf(own))
    .flatMap((link) => link.addresses.map(({ address }) => ({ address, device: link.name })))
    .toSorted((a, b) => rank(a.address) - rank(b.address));
  const shown = addresses.slice(0, MOST_LISTED).map(({ address, device }) => `${address} (${device})`);
  const more = addresses.length > shown.length ? `, and ${addresses.length - shown.length} more` : '';
  const has = shown.length === 0 ? 'no address' : `${shown.join(', ')}${more}`;
  throw new Failure(
    'not-found',
    `Cannot send from ${source}: ${question.netns} does not have that address`,
    `${question.netns} has ${has}`,
  );
}
