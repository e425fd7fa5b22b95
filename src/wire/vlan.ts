/**
 * One VLAN tag, as it stands behind the EtherType that announces it (0x8100 or 0x88a8).
 *
 *     0               2               4
 *     +---+-+---------+---------------+
 *     |pri|D| VLAN id |     type      |
 *     +---+-+---------+---------------+
 *
 * Linux takes the outermost tag off a received frame before tcpdump sees it; what `-i any` shows is mostly untagged.
 *
 * Source: IEEE 802.1Q section 9.6.
 *
 * @module
 */

import { type Decoded, decoded, truncated, viewOf } from './decoded.ts';

const AT = { control: 0, etherType: 2 } as const;
const TAG_BYTES = 4;

/** An 802.1Q or 802.1ad tag. */
export interface VlanTag {
  /** 0 to 7. */
  readonly priority: number;
  /** DEI: may be dropped first. */
  readonly dropEligible: boolean;
  /** 0: only a priority, no VLAN. */
  readonly id: number;
  /** Of what follows; may announce another tag. */
  readonly etherType: number;
}

/** Decode a VLAN tag. @param bytes Starting behind the EtherType that announces it. */
export function decodeVlan(bytes: Uint8Array): Decoded<VlanTag> {
  if (bytes.length < TAG_BYTES) return truncated('vlan', TAG_BYTES, bytes);
  const view = viewOf(bytes);
  const control = view.getUint16(AT.control);
  return decoded(
    {
      priority: control >> 13,
      dropEligible: (control & 0x1000) !== 0,
      id: control & 0x0fff,
      etherType: view.getUint16(AT.etherType),
    },
    bytes.subarray(TAG_BYTES),
  );
}
