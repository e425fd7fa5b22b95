/**
 * Rulesets for tests, in the words of the tools that print them.
 *
 * @module
 */

import type { Ruleset } from '../../src/host/ruleset.ts';
import { parseIptablesSave } from '../../src/recording/iptables-save.ts';
import { parseNftRuleset } from '../../src/recording/nft.ts';

/** What iptables-save prints of one table: `*filter`, its chains and rules. */
export function iptables(table: string, ...lines: readonly string[]): Ruleset {
  const text = [`*${table}`, ...lines, 'COMMIT', ''].join('\n');
  return parseIptablesSave(text, { machinery: 'iptables-nft', family: 'ip' });
}

/** An nft table with one base chain that drops all traffic, as `nft -j list ruleset` prints it. */
export function nftDropping(family: string, hook: string): Ruleset {
  const place = { family, table: 't', chain: 'c' };
  return parseNftRuleset(
    JSON.stringify({
      nftables: [
        { table: { family, name: 't', handle: 1 } },
        { chain: { family, table: 't', name: 'c', handle: 2, type: 'filter', hook, prio: 0, policy: 'accept' } },
        { rule: { ...place, handle: 3, expr: [{ drop: null }] } },
      ],
    }),
  );
}
