/**
 * What the kernel's own tracing showed of a probe: where it freed the packet and what it said of that, which lookup
 * found nothing, which rule took it. Plain values, so that the comparison with the prediction is pure.
 *
 * A drop reason alone proves little: it names the function that freed the packet, which need not be the cause.
 *
 * @module
 */

import type { DeviceName, NetnsName } from '../host/link.ts';
import type { TableFamily } from '../host/ruleset.ts';
import type { Address } from '../net/address.ts';
import type { Leg } from './journey.ts';

/** One thing that the kernel did with the probe's packet. Narrow on `kind`. */
export type KernelEvent = {
  readonly netns: NetnsName;
  /** Where the packet was last seen before that; `undefined` before it was on any device. */
  readonly device: DeviceName | undefined;
  readonly leg: Leg;
} & (
  | {
      /** It freed the packet as one that goes no further (skb:kfree_skb). */
      readonly kind: 'dropped';
      /** The kernel's own word, which differs between versions; `undefined` before Linux 5.17. */
      readonly reason: string | undefined;
      /** The function that freed it. */
      readonly location: string;
    }
  /** It answered with an ICMP error, in ping's words. */
  | { readonly kind: 'icmp-sent'; readonly text: string }
  /** It answered with a TCP reset. */
  | { readonly kind: 'reset-sent'; readonly reason: string | undefined }
  /** A routing table was asked and gave no way. `error`: an errno, negative. */
  | {
      readonly kind: 'lookup-failed';
      readonly table: number;
      readonly source: Address;
      readonly destination: Address;
      readonly error: number;
    }
  /** A rule (or, without `handle`, a policy) ended its way: nft monitor trace. */
  | {
      readonly kind: 'rule-took';
      readonly family: TableFamily;
      readonly table: string;
      readonly chain: string;
      readonly handle: number | undefined;
      readonly text: string;
      readonly verdict: string;
    }
);

/** One probe, sent for the kernel to be watched with it. */
export interface KernelTrace {
  /** Joined to the probe, in the order of time within each source. */
  readonly events: readonly KernelEvent[];
  /** What was listened to: tracefs, and namespaces in which nft traced. */
  readonly heard: { readonly tracefs: boolean; readonly nft: readonly NetnsName[] };
  /** Why less was heard than could be, each a phrase of its own: `not traced by tracefs: ...`. */
  readonly obstacles: readonly string[];
}
