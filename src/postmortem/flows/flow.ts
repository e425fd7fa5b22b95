/**
 * One flow as a report shows it: both directions of what two hosts sent to each other by one protocol and port.
 *
 * @module
 */

import type { Address } from '../../net/address.ts';

export interface FlowSide {
  readonly address: Address;
  /** `undefined`: the protocol has none, or no packet showed it. */
  readonly port: number | undefined;
  readonly packets: number;
  /** Whole frames as they were on the wire, captured or not. */
  readonly bytes: number;
  readonly payloadBytes: number;
  /** TCP segments that were sent again. */
  readonly sentAgain: number;
  /** From its data to the acknowledgement, the mean; `undefined` when none was measured. */
  readonly roundTripNs: number | undefined;
  /** TCP: the shift of its window; `undefined` when no SYN told it or none is used. */
  readonly windowScale: number | undefined;
}

/**
 * `unanswered`: a SYN, and nothing back. `half-open`: the handshake was not ended. `open`: it still stood when the
 * capture ended, or the end is not in it.
 */
export const FLOW_ENDS = [
  'closed',
  'half-closed',
  'reset-by-client',
  'reset-by-server',
  'refused',
  'unanswered',
  'half-open',
  'open',
] as const;
export type FlowEnd = (typeof FLOW_ENDS)[number];

export interface Flow {
  /** Index of the capture. */
  readonly capture: number;
  /** From 1, in the order in which they began: what `--flow N` names. */
  readonly number: number;
  readonly protocol: number;
  readonly client: FlowSide;
  readonly server: FlowSide;
  /** Outermost first. */
  readonly vlans: readonly number[];
  readonly tunnel: 'vxlan' | 'gre' | 'ipip' | 'geneve' | undefined;
  /** VNI or key. */
  readonly tunnelId: number | undefined;
  /** Index of the interface of the capture, and of `-i any` the device's index. */
  readonly interfaceId: number;
  readonly ifindex: number;
  readonly firstFrame: number;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  /** TCP: from the SYN to the end of the handshake. */
  readonly handshakeNs: number | undefined;
  /** TCP only. */
  readonly end: FlowEnd | undefined;
  /** TCP: whether its SYN is in the capture. */
  readonly isWhole: boolean | undefined;
}
