/**
 * The rules of ebtables-nft, told by nft and, where nft sees only an extension (`xt`), by ebtables-nft-save.
 *
 * Tables, chains, order, handles and all that nft understands are nft's; of ebtables come the options of the extensions,
 * rule by rule, and only where both tell of as many rules and of the same extensions. The policy of a chain that ebtables
 * made for its user is one more rule to nft, the last one.
 *
 * Source: iptables/nft-bridge.c; seen with iptables 1.8.9. Held to the kernel in test/live/netfilter-ebtables.test.ts.
 *
 * @module
 */

import type { Chain, FilterRule, Match, RulesetTable, Statement } from '../host/ruleset.ts';
import { type EbtablesOption, ebtablesMatches, ebtablesOptions, extensionOf } from './ebtables-option.ts';

/** @param saved What `ebtables-nft-save` printed. */
export function mergeEbtables(tables: readonly RulesetTable[], saved: string): readonly RulesetTable[] {
  const chains = savedChains(saved);
  return tables.map((table) =>
    table.family !== 'bridge'
      ? table
      : {
          ...table,
          chains: table.chains.map((chain) => mergeChain(chain, chains.get(`${table.name} ${chain.name}`))),
        },
  );
}

interface SavedChain {
  /** The rules' own text, `-A CHAIN` included. */
  readonly rules: string[];
  readonly hasPolicyRule: boolean;
}

const BASE_CHAINS = ['INPUT', 'FORWARD', 'OUTPUT', 'PREROUTING', 'POSTROUTING', 'BROUTING'];

/** By table and chain. */
function savedChains(text: string): ReadonlyMap<string, SavedChain> {
  const chains = new Map<string, SavedChain>();
  let table = '';
  for (const line of text.split('\n')) {
    const [, name, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    const [, rule, chain] = /^(?:\[\d+:\d+\] )?(-A (\S+).*)$/.exec(line) ?? [];
    if (line.startsWith('*')) table = line.slice(1).trim();
    else if (name !== undefined) {
      chains.set(`${table} ${name}`, {
        rules: [],
        hasPolicyRule: policy !== 'RETURN' && !BASE_CHAINS.includes(name),
      });
    } else if (rule !== undefined) chains.get(`${table} ${chain}`)?.rules.push(rule);
  }
  return chains;
}

function mergeChain(chain: Chain, saved: SavedChain | undefined): Chain {
  const last = chain.rules.reduce((position, { ref }) => Math.max(position, ref.position), 0);
  if (saved === undefined || last !== saved.rules.length + (saved.hasPolicyRule ? 1 : 0)) return chain;
  return {
    ...chain,
    rules: chain.rules.map((rule) => {
      const twin = saved.rules[rule.ref.position - 1];
      return twin === undefined ? rule : mergeRule(rule, twin);
    }),
  };
}

function mergeRule(rule: FilterRule, twin: string): FilterRule {
  const extensions = [...rule.matches, ...rule.statements].flatMap((part) => extensionIn(part) ?? []);
  if (extensions.length === 0) return rule;
  const options = ebtablesOptions(twin);
  const target = targetOf(options);
  const told = options.filter((option) => extensionOf(option) !== undefined || option.name === '--mark');
  const named = new Set(told.map((option) => extensionOf(option) ?? 'mark_m'));
  if (target !== undefined) named.add(target.name);
  // Another rule than that one, or an extension that prints no option of its own.
  if (named.size !== new Set(extensions).size || !extensions.every((name) => named.has(name))) return rule;
  const asked = told.filter((option) => !WATCHERS.includes(extensionOf(option) ?? ''));
  return {
    ...rule,
    ref: { ...rule.ref, text: twin },
    matches: [...rule.matches.filter((match) => extensionIn(match) === undefined), ...asked.flatMap(ebtablesMatches)],
    statements: [
      ...rule.statements.filter((statement) => extensionIn(statement) === undefined),
      ...(target?.statements ?? []),
    ],
  };
}

/** They write it down and let it pass. */
const WATCHERS = ['log', 'nflog'];

/** The extension that nft names in `{"xt":{"type":"match","name":"ip"}}`. */
function extensionIn(part: Match | Statement): string | undefined {
  if (part.kind !== 'unmodelled') return undefined;
  return /^\{"xt":.*"name":"([^"]+)"/.exec(part.text)?.[1];
}

const VERDICTS: Readonly<Record<string, readonly Statement[]>> = {
  ACCEPT: [{ kind: 'accept' }],
  DROP: [{ kind: 'drop' }],
  RETURN: [{ kind: 'return' }],
  CONTINUE: [],
};

/** A target that is an extension; the plain ones nft shows. */
function targetOf(
  options: readonly EbtablesOption[],
): { readonly name: string; readonly statements: readonly Statement[] } | undefined {
  const at = options.findIndex(({ name }) => name === '-j');
  const name = options[at]?.args[0];
  if (name === undefined || !TARGETS.includes(name)) return undefined;
  const own = options.slice(at);
  return { name, statements: (name === 'mark' ? markTarget(own) : undefined) ?? [unmodelled(own)] };
}

const TARGETS = ['mark', 'dnat', 'snat', 'redirect', 'arpreply'];

function markTarget(options: readonly EbtablesOption[]): readonly Statement[] | undefined {
  const change = options.map(({ name, args: [value = ''] }) => markChange(name, Number(value))).find(Boolean);
  const verdict = VERDICTS[options.find(({ name }) => name === '--mark-target')?.args[0] ?? 'ACCEPT'];
  return change === undefined || verdict === undefined ? undefined : [change, ...verdict];
}

function markChange(name: string, value: number): Statement | undefined {
  switch (name) {
    case '--mark-set':
      return { kind: 'set-mark', of: 'packet', value, mask: 0xffffffff };
    case '--mark-or':
      return { kind: 'set-mark', of: 'packet', value, mask: value };
    case '--mark-and':
      return { kind: 'set-mark', of: 'packet', value: 0, mask: ~value >>> 0 };
    case '--mark-xor':
      return { kind: 'set-mark', of: 'packet', value, mask: 0 };
    default:
      return undefined;
  }
}

function unmodelled(options: readonly EbtablesOption[]): Statement {
  return { kind: 'unmodelled', text: options.map(({ text }) => text).join(' ') };
}
