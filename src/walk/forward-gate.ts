/**
 * The gate between "not for me" and "forward it".
 *
 * IPv4: the *ingress* device's own `forwarding` counts; `ip_forward` merely sets them all. IPv6: `all/forwarding`
 * counts, and where that is off, the ingress device's `force_forwarding` (since 6.17); the device's own `forwarding`
 * says nothing about packets.
 *
 * Source: net/ipv4/route.c ip_route_input_slow(), IN_DEV_FORWARD; net/ipv6/ip6_output.c ip6_forward().
 * Seen in test/live/kernel-forward.test.ts.
 *
 * @module
 */

import type { Fact } from '../host/fact.ts';
import { confKey } from '../host/sysctl.ts';
import type { Fate } from '../journey/fate.ts';
import type { Family } from '../net/address.ts';
import { droppedAt, undecided } from './fates.ts';
import { conf, type Device } from './netns-index.ts';
import { take, type Walk } from './walk.ts';

/** Pass the gate, or learn that it is shut. */
export function forwardGate(walk: Walk, { netns, ref }: Device, family: Family): Fate | undefined {
  const { key, forwarding } = gateOf({ netns, ref }, family);
  take(walk, { netns: ref.netns, device: ref.device, stage: 'forward-gate', forwarding });
  if (!forwarding.known) return undecided(netns.name, forwarding.why);
  if (forwarding.value !== 0) return undefined;
  return droppedAt(ref, { kind: 'not-forwarding', inDevice: ref.device, key, value: forwarding.value });
}

/** Whether packets that come in by the device may be forwarded, and the setting that says so. */
function gateOf(
  { netns, ref }: Pick<Device, 'netns' | 'ref'>,
  family: Family,
): { readonly key: string; readonly forwarding: Fact<number> } {
  if (family === 'inet') {
    return {
      key: confKey('ipv4', ref.device, 'forwarding'),
      forwarding: conf(netns, 'inet', ref.device, 'forwarding'),
    };
  }
  const all = conf(netns, 'inet6', 'all', 'forwarding');
  const forced = conf(netns, 'inet6', ref.device, 'force_forwarding');
  if (all.known && all.value === 0 && forced.known && forced.value !== 0) {
    return { key: confKey('ipv6', ref.device, 'force_forwarding'), forwarding: forced };
  }
  return { key: confKey('ipv6', 'all', 'forwarding'), forwarding: all };
}
