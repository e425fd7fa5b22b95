/**
 * An oddity: something about a device or a namespace that a person would want to know, and that may well be meant so.
 *
 * It is a remark, not a fault: a fault is what a packet dies of, and only a question finds it. Codes of faults are used
 * where they fit, so that `nsdiag explain CODE` says more. An echo is left out: of a pair of which one end is down, only
 * that end is odd.
 *
 * @module
 */

import type { Host } from '../host/host.ts';
import type { DeviceName, DeviceRef, NetnsName } from '../host/link.ts';
import { deviceKey, type Segment } from './segments.ts';
import type { Wire } from './wires.ts';

/** Those that are no fault codes: `bridge-without-ports`, `mtu-differs`. */
export type OddityCode =
  | 'link-down'
  | 'lo-down'
  | 'no-carrier'
  | 'no-interface'
  | 'dangling-veth'
  | 'interface-noarp'
  | 'bridge-without-ports'
  | 'bridge-port-unattached'
  | 'bridge-port-blocking'
  | 'bridge-address-on-port'
  | 'mtu-differs'
  | 'no-address'
  | 'wrong-prefix'
  | 'wrong-route'
  | 'duplicate-address'
  | 'destination-ambiguous'
  | 'duplicate-mac'
  | 'dad-failed'
  | 'gateway-unreachable'
  | 'forwarding-off'
  | 'vxlan-no-fdb'
  | 'vxlan-vni-mismatch'
  | 'vxlan-port-mismatch';

/** Marked at one place; what lies elsewhere is named in the text. */
export interface Oddity {
  readonly code: OddityCode;
  readonly netns: NetnsName;
  /** `undefined`: the namespace itself. */
  readonly device: DeviceName | undefined;
  /** Goes on from the name of the place: "is down". */
  readonly text: string;
}

/** What the search for oddities looks at. */
export interface Surveyed {
  readonly host: Host;
  readonly wires: readonly Wire[];
  readonly segments: ReadonlyMap<string, Segment>;
}

/** `ns1 veth0`, as a tree and a table name it. */
export function placeName({ netns, device }: DeviceRef): string {
  return `${netns} ${device}`;
}

/** The segment of the device. */
export function segmentAt({ segments }: Surveyed, ref: DeviceRef): Segment | undefined {
  return segments.get(deviceKey(ref));
}
