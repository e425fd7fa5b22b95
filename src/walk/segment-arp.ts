/**
 * ARP in the search through a segment: the chains of bridges and of devices see it as any frame.
 *
 * @module
 */

import type { Hook } from '../host/ruleset.ts';
import { ARP, type ArpChains, passArp } from './arp-filter.ts';
import type { Device } from './netns-index.ts';
import { block, type Search, stop, type Way } from './segment-search.ts';

/** Whether the frame is one of ARP and a chain stops it there, which is noted. */
export function isArpStopped(
  search: Search,
  way: Way,
  { netns, ref }: Device,
  whose: ArpChains,
  hooks: readonly Hook[],
): boolean {
  const { frame } = search;
  const isArp = frame.kind === 'broadcast' || (frame.kind === 'unicast' && frame.isArp === true);
  if (!isArp) return false;
  const arp = { operation: frame.kind === 'broadcast' ? ARP.request : ARP.reply, ends: frame.ends };
  const passage = passArp(netns, whose, hooks, arp);
  if (passage.kind === 'passes') return false;
  if (passage.kind === 'drops') {
    const { hook, rule } = passage;
    stop(search, way, { at: ref, because: 'filtered', detail: rule.text, filter: { hook, rule } });
  } else block(search, way, ref, 'unread', passage.because);
  return true;
}
