/**
 * Sockets that wait for packets.
 *
 * Source: ss(8); net/ipv4/inet_hashtables.c (who is found), net/ipv6/af_inet6.c (IPV6_V6ONLY).
 *
 * @module
 */

import type { Address } from '../net/address.ts';
import type { Port } from '../net/port.ts';
import type { DeviceName } from './link.ts';

/** A listening TCP socket, or a bound, unconnected UDP one. */
export interface ListeningSocket {
  readonly protocol: 'tcp' | 'udp';
  /** `*` is what ss prints for a dual-stack wildcard; it arrives here as `::` with `v6only` false. */
  readonly address: Address;
  readonly port: Port;
  /** For an IPv6 wildcard: whether it refuses IPv4. `undefined` when the tool did not say. */
  readonly v6only: boolean | undefined;
  /** SO_BINDTODEVICE. */
  readonly device: DeviceName | undefined;
  /** "nginx (pid 812)", when we may know. */
  readonly process: string | undefined;
  /** TCP: more connections wait to be accepted than it has room for, so that new ones are dropped (sk_acceptq_is_full()). */
  readonly overflow?: { readonly waiting: number; readonly room: number };
}
