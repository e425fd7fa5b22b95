/**
 * A vxlan tunnel: which far ends a frame is sent to, and the walk of the packet that wraps it.
 *
 * @module
 */

import type { Fate } from '../journey/journey.ts';
import type { Packet } from '../journey/packet.ts';
import { undecided } from './fates.ts';
import type { Device } from './netns-index.ts';
import type { CrossTunnel } from './segment.ts';
import type { Walk } from './walk.ts';

/** The far ends that a frame reaches. */
export const crossTunnel: CrossTunnel = (device) => ({
  ends: [],
  blocks: [{ at: device.ref, because: 'unmodelled', detail: 'vxlan' }],
});

/** Wrap the packet and walk the wrapping to the far end. */
export function throughTunnel(
  _walk: Walk,
  tunnel: Device,
  _remote: Packet['source'],
  _inner: Packet,
): Fate | undefined {
  return undecided(tunnel.netns.name, `${tunnel.ref.device} is a vxlan, which is not modelled`);
}
