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
  /** What the sender calls the destination, when it was found by a name; the walk does not ask. */
  readonly name?: string | undefined;
  readonly proto: 'icmp' | 'tcp' | 'udp';
  /** Destination port; `undefined` exactly when proto is icmp. */
  readonly port: Port | undefined;
  /** The source address, when the sender binds one (`ping -I ADDR`); otherwise the kernel chooses. */
  readonly from: Address | undefined;
  /** The sender's own port where it keeps to one; the id of an echo. Otherwise one that nobody uses. */
  readonly sourcePort?: Port | undefined;
  /** Payload bytes, as `ping -s` counts them. */
  readonly payloadBytes: number;
  /** Nobody may cut it up, its sender least of all (`ping -M do`); absent: as ping sends it, which is cut where it must. */
  readonly dontFragment?: true;
}
