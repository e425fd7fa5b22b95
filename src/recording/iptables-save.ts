/**
 * What iptables-save (iptables-nft-save, iptables-legacy-save, and those of ip6tables) prints, as tables and rules.
 *
 * A table that holds more than iptables can show is left out: iptables-nft-save says so in a comment, and nft's own
 * listing has it. Priorities are those of the kernel's legacy tables; those of iptables-nft stand in nft's listing.
 *
 * Source: iptables-save(8); include/uapi/linux/netfilter_ipv4.h, NF_IP_PRI_*; seen with iptables 1.8.9.
 *
 * @module
 */

import { type IptablesWord, iptablesWords } from '../host/iptables-words.ts';
import type { BaseChain, Chain, FilterRule, Hook, Machinery, RuleRef, Ruleset, RulesetTable } from '../host/ruleset.ts';
import type { Family } from '../net/address.ts';
import type { IpSets } from './ipset.ts';
import { baseMatches, moduleMatches } from './iptables-match.ts';
import { iptablesRule } from './iptables-options.ts';
import { targetStatement } from './iptables-target.ts';

/** Which program printed it: its text does not say. */
export interface IptablesSource {
  readonly machinery: Exclude<Machinery, 'nft'>;
  readonly family: 'ip' | 'ip6';
}

const NO_SETS: IpSets = new Map();

/**
 * Read the output. Lines that are none of its kinds make the rest unread, never silently shorter.
 *
 * @param sets What `ipset save` says; rules that ask for a set that is not in it are not modelled.
 */
export function parseIptablesSave(text: string, source: IptablesSource, sets: IpSets = NO_SETS): Ruleset {
  const incomplete = incompleteTables(text);
  const tables: DraftTable[] = [];
  for (const line of text.split('\n')) {
    const table = tables.at(-1);
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (line.startsWith('*')) tables.push({ name: line.slice(1).trim(), chains: [], lines: [], isComplete: false });
    else if (table === undefined || table.isComplete) return unread(source, line);
    else if (line === 'COMMIT') table.isComplete = true;
    else if (line.startsWith(':')) table.chains.push(line);
    else if (/^(\[\d+:\d+\] )?-A /.test(line)) table.lines.push(line);
    else return unread(source, line);
  }
  const cut = tables.find(({ isComplete }) => !isComplete);
  if (cut !== undefined) return unread(source, `*${cut.name} without COMMIT`);
  const whole = tables.filter(({ name }) => !incomplete.has(name));
  const still = withoutFilled(sets, text);
  return { tables: whole.map((table) => tableOf(table, source, still)), unread: [] };
}

/** Without the sets that packets add to or take from (`-j SET`): what is in them changes. */
function withoutFilled(sets: IpSets, text: string): IpSets {
  const filled = new Set(Array.from(text.matchAll(/--(?:add|del)-set (\S+)/g), ([, name]) => name ?? ''));
  return filled.size === 0 ? sets : new Map([...sets].filter(([name]) => !filled.has(name)));
}

interface DraftTable {
  readonly name: string;
  readonly chains: string[];
  readonly lines: string[];
  isComplete: boolean;
}

function unread({ machinery, family }: IptablesSource, line: string): Ruleset {
  return {
    tables: [],
    unread: [{ machinery, family, why: `${machinery}-save printed what nsdiag cannot read: ${line}` }],
  };
}

/** "# Table `filter' is incompatible", "# Table `filter' contains incompatible base-chains". */
function incompleteTables(text: string): ReadonlySet<string> {
  return new Set(Array.from(text.matchAll(/^# Table `(.*)' .*incompatible/gm), ([, name]) => name ?? ''));
}

type BuiltIn = Pick<BaseChain, 'type' | 'hook' | 'priority'>;

function builtIn(type: BaseChain['type'], hook: Hook, priority: number): BuiltIn {
  return { type, hook, priority };
}

const BUILT_IN_CHAINS: Readonly<Record<string, Readonly<Record<string, BuiltIn>>>> = {
  raw: {
    PREROUTING: builtIn('filter', 'prerouting', -300),
    OUTPUT: builtIn('filter', 'output', -300),
  },
  mangle: {
    PREROUTING: builtIn('filter', 'prerouting', -150),
    INPUT: builtIn('filter', 'input', -150),
    FORWARD: builtIn('filter', 'forward', -150),
    // A changed mark or address makes the kernel route the packet anew (iptable_mangle.c).
    OUTPUT: builtIn('route', 'output', -150),
    POSTROUTING: builtIn('filter', 'postrouting', -150),
  },
  nat: {
    PREROUTING: builtIn('nat', 'prerouting', -100),
    INPUT: builtIn('nat', 'input', 100),
    OUTPUT: builtIn('nat', 'output', -100),
    POSTROUTING: builtIn('nat', 'postrouting', 100),
  },
  filter: {
    INPUT: builtIn('filter', 'input', 0),
    FORWARD: builtIn('filter', 'forward', 0),
    OUTPUT: builtIn('filter', 'output', 0),
  },
  security: {
    INPUT: builtIn('filter', 'input', 50),
    FORWARD: builtIn('filter', 'forward', 50),
    OUTPUT: builtIn('filter', 'output', 50),
  },
};

function tableOf(draft: DraftTable, { machinery, family }: IptablesSource, sets: IpSets): RulesetTable {
  const headers = draft.chains.map((line) => {
    const [, name = '', policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    return { name, policy };
  });
  const names = new Set(headers.map(({ name }) => name));
  const byChain = new Map<string, FilterRule[]>(headers.map(({ name }) => [name, []]));
  for (const line of draft.lines) {
    const [, packets, words] = /^(?:\[(\d+):\d+\] )?(.*)$/.exec(line) ?? [];
    const rule = iptablesWords(words ?? '');
    const chain = rule[1]?.text ?? '';
    const rules = byChain.get(chain) ?? [];
    const place = { machinery, family, table: draft.name, chain, handle: undefined } as const;
    const ref: RuleRef = { ...place, position: rules.length + 1, text: words ?? '' };
    rules.push(
      ruleOf(ref, rule.slice(2), { chains: names, sets }, packets === undefined ? undefined : Number(packets)),
    );
    byChain.set(chain, rules);
  }
  const chains = headers.map(({ name, policy }): Chain => {
    const base = BUILT_IN_CHAINS[draft.name]?.[name];
    return {
      name,
      base: base && { ...base, policy: policy === 'DROP' ? 'drop' : 'accept', devices: [] },
      rules: byChain.get(name) ?? [],
    };
  });
  return { machinery, family, name: draft.name, chains };
}

function ruleOf(
  ref: RuleRef,
  words: readonly IptablesWord[],
  { chains, sets }: { readonly chains: ReadonlySet<string>; readonly sets: IpSets },
  packets: number | undefined,
): FilterRule {
  const family: Family = ref.family === 'ip' ? 'inet' : 'inet6';
  const { base, modules, target, isGoto } = iptablesRule(words);
  return {
    ref,
    matches: [...base.flatMap(baseMatches), ...modules.flatMap((module) => moduleMatches(module, family, sets))],
    statements: target === undefined ? [] : [targetStatement(target, chains.has(target.name), isGoto, family)],
    packets,
  };
}
