/**
 * Who sent a reset: not the host whose address it bears, where a capture nearer to that host, which its other packets
 * pass, does not have it. Firewalls that reject with a TCP reset, and proxies, write such resets in its name.
 *
 * @module
 */

import type { Finding } from '../finding.ts';
import type { Followed } from './followed.ts';
import type { MatchedPoints } from './match-points.ts';
import { alignedNs } from './passages.ts';
import { nameOf } from './placed.ts';

/** @returns The finding as it was, where the reset was seen as near to its host as any packet of it. */
export function withResetter(matched: MatchedPoints, { finding, record, seen, way }: Followed): Finding {
  const { analysis, matching } = matched;
  const [nearest] = way;
  const [first] = seen;
  if (nearest === undefined || first === undefined || first === nearest || !way.includes(first)) return finding;
  const lastNs = analysis.points[matching.ways.order.indexOf(nearest)]?.lastNs;
  // A capture that had ended says nothing of it.
  if (lastNs === undefined || alignedNs(matching, record) > lastNs) return finding;
  const [near, far] = [nameOf(matched, nearest), nameOf(matched, first)];
  const between = `${near} and ${far}`;
  return {
    ...finding,
    what: `${finding.what}; the reset was made between ${between}`,
    why: `What this host sends passes ${near}, and the reset that ${far} saw did not: something between the two sent it in the host's name, as a firewall that rejects with a TCP reset does`,
    likely: ['firewall-reject', ...finding.likely.filter((code) => code !== 'firewall-reject')],
    confirm: `Between ${between}: nft list ruleset; iptables-save; and proxies there`,
    cannotTell: `Whether the capture at ${near} missed it`,
    seenAt: { place: far, leg: 'reply' },
  };
}
