/**
 * The words of a search through a segment: what it meets, what it finds, and where it is stopped.
 *
 * @module
 */

import type { DeviceRef } from '../host/link.ts';
import type { SegmentBlock } from '../journey/fate.ts';
import type { Address } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import type { FrameKind } from './bridge-port.ts';
import type { Tag } from './bridge-vlan.ts';
import type { HostIndex } from './host-index.ts';
import type { Device } from './netns-index.ts';

/** One crossing of the frame's way. Narrow on `kind`. */
export type Crossing =
  | { readonly kind: 'wire'; readonly from: Device; readonly to: Device }
  | {
      readonly kind: 'bridge';
      readonly bridge: Device;
      /** `undefined`: the bridge's own namespace sent it. */
      readonly inPort: Device | undefined;
      /** `undefined`: the bridge's own namespace takes it. */
      readonly outPort: Device | undefined;
      readonly how: 'fdb' | 'flood' | 'local';
      /** Whether the frame carries a VLAN tag as it comes in, and as it goes out. */
      readonly tagged?: { readonly in: boolean; readonly out: boolean };
    }
  /** Between a device and the one that it stands on: handed down to be sent, or up (or back) as if it had come in. */
  | { readonly kind: 'stack'; readonly as: 'egress' | 'ingress'; readonly from: Device; readonly to: Device }
  | { readonly kind: 'tunnel'; readonly from: Device; readonly to: Device; readonly remote: Address };

/** A device whose IP stack gets the frame, and the crossings that bring it there. */
export interface Reach {
  readonly device: Device;
  readonly way: Way;
}

export type Way = readonly Crossing[];

export interface SegmentFound {
  readonly reached: readonly Reach[];
  /** Devices by which the frame leaves for where we cannot look. */
  readonly outside: readonly Reach[];
  readonly blocks: readonly SegmentBlock[];
  /** How far the frame had come at each block. */
  readonly ways: ReadonlyMap<SegmentBlock, Way>;
  /** Where it came into a bridge that has no other port for it: seen there, and no further. */
  readonly deadEnds: readonly Way[];
}

/** Where a tunnel comes out. */
export interface TunnelEnd {
  readonly device: Device;
  readonly remote: Address;
}

export interface TunnelSearch {
  /** The far ends that a frame reaches, and where it did not get through. @param sender The frame's source. */
  readonly ends: (
    tunnel: Device,
    frame: FrameKind,
    sender: Mac | undefined,
  ) => { readonly ends: readonly TunnelEnd[]; readonly blocks: readonly SegmentBlock[] };
}

/** A search under way. The two directions are handed down, because what bridges and stacked devices do leads on by them. */
export interface Search {
  readonly host: HostIndex;
  readonly from: Device;
  readonly frame: FrameKind;
  readonly tunnels: TunnelSearch;
  readonly reached: Reach[];
  readonly outside: Reach[];
  readonly blocks: SegmentBlock[];
  readonly ways: Map<SegmentBlock, Way>;
  readonly deadEnds: Way[];
  /** Bridges and tunnels passed: a loop of them ends here, whatever a storm would do. */
  readonly seen: Set<Device>;
  /** The device sends it. */
  readonly transmit: Onward;
  /** It comes in by the device. */
  readonly receive: Onward;
}

/** @param tag The VLAN tag that the frame carries so far. */
type Onward = (search: Search, device: Device, way: Way, tag: Tag) => void;

/** Note where the frame could not go on. */
export function block(
  search: Search,
  way: Way,
  at: DeviceRef,
  because: SegmentBlock['because'],
  detail?: string,
): void {
  stop(search, way, detail === undefined ? { at, because } : { at, because, detail });
}

/** The same, for an obstacle that is told already. */
export function stop(search: Search, way: Way, obstacle: SegmentBlock): void {
  search.blocks.push(obstacle);
  search.ways.set(obstacle, way);
}
