/**
 * Words that rules share.
 *
 * @module
 */

import type { DeviceRef } from '../../host/link.ts';
import type { Family } from '../../net/address.ts';

/** `veth0 in ns1`. */
export function placeText(ref: DeviceRef): string {
  return `${ref.device} in ${ref.netns}`;
}

/** `IPv4`, `IPv6`. */
export function familyText(family: Family): string {
  return family === 'inet' ? 'IPv4' : 'IPv6';
}
