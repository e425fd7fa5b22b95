/**
 * What is asked of the walk: which packet, from where.
 *
 * @module
 */

import type { NetnsName } from '../host/link.ts';
import type { Address } from '../net/address.ts';
import type { Port } from '../net/port.ts';

/** A packet that somebody in `netns` would send. */
export interface Question {
  readonly netns: NetnsName;
  readonly destination: Address;
  readonly proto: 'icmp' | 'tcp' | 'udp';
  /** Destination port; `undefined` exactly when proto is icmp. */
  readonly port: Port | undefined;
  /** The source address, when the sender binds one (`ping -I ADDR`); otherwise the kernel chooses. */
  readonly from: Address | undefined;
  /** Payload bytes, as `ping -s` counts them. */
  readonly payloadBytes: number;
}
