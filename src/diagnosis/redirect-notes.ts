/**
 * A router told a sender of a better way by ICMP, and the kernel goes by that for some minutes, whatever the routes say by
 * then: a repaired route seems not to help. `ip route show` shows nothing of it, `ip route get` does.
 *
 * Limit: IPv4, and the sender's own routing steps; IPv6 keeps a redirect as a route.
 *
 * Source: net/ipv4/route.c __ip_do_redirect(), ip_rt_gc_timeout (300 s). Seen in
 * test/live/kernel-redirect.test.ts.
 *
 * @module
 */

import { ipIn } from '../host/commands-enter.ts';
import { findNetns, type Host } from '../host/host.ts';
import type { RouteWitness } from '../journey/observation.ts';

/** One note for each redirect that a namespace on the way goes by. */
export function redirectNotes(host: Host, witnesses: readonly RouteWitness[]): readonly string[] {
  const notes = witnesses.flatMap(({ netns: name, lookup, answer }) => {
    const netns = findNetns(host, name);
    if (netns === undefined || answer.kind !== 'route' || answer.redirected !== true) return [];
    const forget = ipIn(netns, ['route', 'flush', 'cache']).join(' ');
    return [
      `${name} sends ${lookup.destination} to ${answer.via ?? 'the link itself'} because an ICMP redirect told it to, whatever its routes say; the kernel remembers that for minutes, a repaired route included: ${forget} forgets it`,
    ];
  });
  return [...new Set(notes)];
}
