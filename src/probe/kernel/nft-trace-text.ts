/**
 * What `nft -a monitor trace` prints: which rule ended the way of a packet that a table of ours marked.
 *
 *     trace id cfc2bfde inet nsdiag-1 pre rule icmp type ... meta nftrace set 1 # handle 2 (verdict continue)
 *     trace id cfc2bfde ip filter INPUT rule meta l4proto icmp counter packets 0 bytes 0 drop # handle 3 (verdict drop)
 *     trace id cfc2bfde inet z c policy drop
 *
 * Others may trace too: only packets that a rule of our own table marked are answered. iptables-nft's rules show as the
 * nft rules that they are; iptables-legacy's not at all.
 *
 * Source: nftables src/trace.c, as seen with nft 1.0.6.
 *
 * @module
 */

import type { TableFamily } from '../../host/ruleset.ts';
import type { Leg } from '../../journey/journey.ts';

/** A rule, or without `handle` a chain's policy, that the packet did not get past. */
export interface RuleTook {
  readonly leg: Leg;
  readonly family: TableFamily;
  readonly table: string;
  readonly chain: string;
  readonly handle: number | undefined;
  readonly text: string;
  readonly verdict: string;
}

const FAMILIES: readonly TableFamily[] = ['ip', 'ip6', 'inet', 'bridge', 'arp', 'netdev'];
const LINE = /^trace id ([0-9a-f]+) (\S+) (\S+) (\S+) (rule|policy) (.*)$/;
const RULE = /^(.*) # handle (\d+) \(verdict (.+)\)$/;
const ENDS_HERE: ReadonlySet<string> = new Set(['drop', 'queue', 'stolen']);

/** @param ownTable The table that marked the packets; the legs stand in its rules as comments. */
export function readNftTrace(text: string, ownTable: string): readonly RuleTook[] {
  const legs = new Map<string, Leg>();
  const took: RuleTook[] = [];
  for (const line of text.split('\n')) {
    const [, id = '', family = '', table = '', chain = '', kind, rest = ''] = LINE.exec(line) ?? [];
    const known = FAMILIES.find((each) => each === family);
    if (known === undefined) continue;
    if (table === ownTable) {
      const leg = kind === 'rule' ? legOf(rest) : undefined;
      if (leg !== undefined) legs.set(id, leg);
      continue;
    }
    const leg = legs.get(id);
    if (leg === undefined) continue;
    const [, rule, handle, verdict] = kind === 'rule' ? (RULE.exec(rest) ?? []) : [];
    const end = verdict ?? rest.trim();
    if (!ENDS_HERE.has(end)) continue;
    took.push({
      leg,
      family: known,
      table,
      chain,
      handle: handle === undefined ? undefined : Number(handle),
      text: rule === undefined ? `policy ${end}` : withoutCounters(rule),
      verdict: end,
    });
  }
  return took;
}

/** The counts are of a moment that has passed; iptables-nft leaves two spaces where a match was. */
function withoutCounters(rule: string): string {
  return rule
    .replaceAll(/\bcounter packets \d+ bytes \d+/g, '')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}

function legOf(rule: string): Leg | undefined {
  const [, leg] = /comment "nsdiag (request|reply)"/.exec(rule) ?? [];
  return leg === 'request' || leg === 'reply' ? leg : undefined;
}
