/**
 * Rulesets for tests, in the words of the tools that print them.
 *
 * @module
 */

import type { Ruleset } from '../../src/host/ruleset.ts';
import { parseIptablesSave } from '../../src/recording/iptables-save.ts';
import { parseNftRuleset } from '../../src/recording/nft.ts';
import { NO_BOUND_DEVICES, parseBoundDevices } from '../../src/recording/nft-devices.ts';

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
      nftables: [...nftChain(family, hook, 'accept'), { rule: { ...place, handle: 3, expr: [{ drop: null }] } }],
    }),
  );
}

/** The same with a policy, no rule, and a device that the chain is bound to; `undefined`: nobody says which. */
export function nftDroppingOn(family: string, hook: string, device: string | undefined): Ruleset {
  const listing = `table ${family} t {\n\tchain c {\n\t\ttype filter hook ${hook} device "${device}" priority 0;\n`;
  const bound = device === undefined ? NO_BOUND_DEVICES : parseBoundDevices(listing);
  return parseNftRuleset(JSON.stringify({ nftables: nftChain(family, hook, 'drop') }), bound);
}

function nftChain(family: string, hook: string, policy: string) {
  return [
    { table: { family, name: 't', handle: 1 } },
    { chain: { family, table: 't', name: 'c', handle: 2, type: 'filter', hook, prio: 0, policy } },
  ];
}
