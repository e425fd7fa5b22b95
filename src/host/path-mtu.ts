/**
 * What a namespace has learned of paths: that to one destination, packets of more than so many bytes do not pass. The
 * kernel believes it for ten minutes (net.ipv4.route.mtu_expires, net.ipv6.route.mtu_expires), also when the path has
 * been widened meanwhile.
 *
 * Source: net/ipv4/route.c update_or_create_fnhe(); net/ipv6/route.c rt6_insert_exception(). Seen in
 * test/live/kernel-mtu.test.ts.
 *
 * @module
 */

import type { Address, Family } from '../net/address.ts';
import type { DeviceName } from './link.ts';

/** One exception of the routing tables (`ip route show cache`). */
export interface PathMtu {
  readonly family: Family;
  readonly destination: Address;
  /** The next hop that it was learned for; by another one, the path is another. */
  readonly via: Address | undefined;
  readonly device: DeviceName | undefined;
  readonly mtu: number;
}
