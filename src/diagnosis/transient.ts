/**
 * Faults that may be over in a second, because the kernel is still at work on what was just configured.
 *
 * - A bridge without STP lets a port forward when linkwatch has told it of the carrier, which it does at most once a
 *   second (net/core/link_watch.c); until then the port reads `disabled`.
 * - An IPv6 address is tentative while duplicate address detection runs, a second by default (RFC 4862 section 5.4).
 *
 * Who asks right after the last `ip` command must not be told of them as if somebody had made them.
 *
 * @module
 */

import type { Finding } from '../faults/finding.ts';
import { findLink, type Host } from '../host/host.ts';
import type { Prediction } from './diagnosis.ts';

/** Whether one of the causes may vanish by itself, so that looking again in a second is worth it. */
export function mayPassByItself(host: Host, { causes }: Prediction): boolean {
  return causes.some(({ finding }) => isPortStarting(host, finding) || isAddressTentative(host, finding));
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
