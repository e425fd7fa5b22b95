/**
 * Faults and losses that may be over in a second, because the kernel is still at work on what was just configured.
 *
 * - A bridge without STP lets a port forward when linkwatch has told it of the carrier, which it does at most once a
 *   second (net/core/link_watch.c); until then the port reads `disabled`.
 * - An IPv6 address is tentative while duplicate address detection runs, a second by default (RFC 4862 section 5.4).
 * - A neighbour that could not be reached a moment ago is asked for once a second (net/core/neighbour.c,
 *   neigh_timer_handler()), and a proxy takes up to 0.8 seconds to answer (proxy_delay): until then packets wait, and
 *   longer than the probe waits for them. Seen in test/live/cli-why.test.ts.
 *
 * Who asks right after the last `ip` command must not be told of them as if somebody had made them.
 *
 * @module
 */

import type { Finding } from '../faults/finding.ts';
import { findLink, type Host } from '../host/host.ts';
import { lastJourney } from '../journey/journey.ts';
import type { Observation } from '../journey/observation.ts';
import type { Diagnosis, Prediction } from './diagnosis.ts';

/** Whether one of the causes may vanish by itself, so that looking again in a second is worth it. */
export function mayPassByItself(host: Host, { causes }: Prediction): boolean {
  return causes.some(({ finding }) => isPortStarting(host, finding) || isAddressTentative(host, finding));
}

/** Whether the wire showed a loss that the model, which decided, has no reason for: another probe may get through. */
export function isLossInDoubt({ causes, trip }: Pick<Diagnosis, 'causes' | 'trip'>): boolean {
  const isLost = causes.some(({ finding }) => finding.code === 'unexplained-loss');
  return isLost && lastJourney(trip).fate.kind !== 'undecided';
}

/** What to say of the lost probe once another one was answered; `undefined` while none was. */
export function earlierLossNote(lost: Observation, later: Observation | undefined): string | undefined {
  if (later === undefined || later.received === 0) return undefined;
  const what = lost.sent === 1 ? 'The first packet was' : `The first ${lost.sent} packets were`;
  return `${what} lost, and a second later one was answered: something had just started, or loses packets now and then`;
}

function isPortStarting(host: Host, { code, netns, device }: Finding): boolean {
  if (code !== 'bridge-port-blocking' || device === undefined) return false;
  return findLink(host, netns, device)?.port?.state === 'disabled';
}

function isAddressTentative(host: Host, { code, netns, device }: Finding): boolean {
  if (code !== 'dad-failed' || device === undefined) return false;
  const addresses = findLink(host, netns, device)?.addresses ?? [];
  return addresses.some(({ flags }) => flags.includes('tentative') && !flags.includes('dadfailed'));
}
