/**
 * Whether conntrack has room for one more connection.
 *
 * A namespace counts its own connections, and has as many as `nf_conntrack_max`, which is one number for the whole
 * machine. In a full table the kernel looks for a connection near the new one's hash that it may forget: one that was
 * never answered, or is over. Where it finds none, the packet is dropped before any rule sees it.
 *
 * Limit: which connections may be forgotten is not read; a full table is taken for one that has none. Where it has, some
 * new connections get in, and the wire shows which.
 *
 * Source: net/netfilter/nf_conntrack_core.c __nf_conntrack_alloc(), early_drop(). Seen in
 * test/live/conntrack-full.test.ts.
 *
 * @module
 */

import type { Netns } from '../../host/host.ts';
import { CONNTRACK_COUNT, CONNTRACK_MAX, readSysctl } from '../../host/sysctl.ts';

/** Narrow on `kind`. */
export type Room =
  | { readonly kind: 'room' }
  | { readonly kind: 'full'; readonly count: number; readonly max: number }
  | { readonly kind: 'unknown'; readonly why: string };

/** Room in the namespace's table. */
export function roomFor({ sysctls }: Netns): Room {
  // The two are there from the moment when conntrack is loaded; before it is, nothing fills its table.
  if (!sysctls.values.has(CONNTRACK_COUNT) && sysctls.unreadable === undefined) return { kind: 'room' };
  const count = readSysctl(sysctls, CONNTRACK_COUNT);
  const max = readSysctl(sysctls, CONNTRACK_MAX);
  if (!count.known) return { kind: 'unknown', why: count.why };
  if (!max.known) return { kind: 'unknown', why: max.why };
  // 0 means no limit.
  const isFull = max.value > 0 && count.value >= max.value;
  return isFull ? { kind: 'full', count: count.value, max: max.value } : { kind: 'room' };
}
