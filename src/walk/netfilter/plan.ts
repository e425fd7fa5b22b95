/**
 * What stands at a hook, in the order in which the kernel runs it: base chains by priority, and in between connection
 * tracking and translation, each at its own fixed priority.
 *
 * nat chains have priorities only among themselves: translation runs all of them at -100 or 100. Chains of one
 * priority run in the order of their registration, which nobody can see: they stand in one group.
 *
 * Source: net/netfilter/core.c nf_hook_entries_grow(); nf_nat_core.c nf_nat_register_fn(), nf_nat_inet_fn();
 * include/uapi/linux/netfilter_ipv4.h. Seen in test/live/netfilter-order.test.ts.
 *
 * @module
 */

import type { BaseChain, Chain, Hook, Match, Ruleset, RulesetTable, Statement } from '../../host/ruleset.ts';
import type { Family } from '../../net/address.ts';

/** A base chain with what its rules may jump to. */
export interface HookedChain {
  readonly table: RulesetTable;
  readonly chain: Chain;
  readonly base: BaseChain;
  readonly chains: ReadonlyMap<string, Chain>;
  /** It only lets pass or drops: in which order it runs with others of its kind makes no difference. */
  readonly isPure: boolean;
}

/** The chain as messages name it. */
export function chainName({ table, chain }: HookedChain): string {
  return `${table.machinery} ${table.family} ${table.name} ${chain.name}`;
}

/** One thing that runs at the hook. */
export type HookEntry = { readonly priority: number } & (
  | { readonly kind: 'chain'; readonly chain: HookedChain }
  | { readonly kind: 'conntrack' }
  /** Chains of equal priority in one group. */
  | { readonly kind: 'nat'; readonly groups: readonly (readonly HookedChain[])[] }
);

/** A hook. Entries of equal priority stand in one group. */
export interface HookPlan {
  readonly groups: readonly (readonly HookEntry[])[];
  /** Base chains with rules or a policy other than accept. */
  readonly chainCount: number;
}

/** Whose hooks: those of IP, of bridges, or of a device. */
export type HookScope = Family | 'bridge' | 'netdev';

type Plans = Record<HookScope, Map<Hook, HookPlan>>;

const plans = new WeakMap<Ruleset, Plans>();

/** The hook of the ruleset, worked out at the first asking. */
export function hookPlan(ruleset: Ruleset, hook: Hook, scope: HookScope): HookPlan {
  const ofScope = (plans.get(ruleset) ?? noPlans(ruleset))[scope];
  const made = ofScope.get(hook);
  if (made !== undefined) return made;
  const plan = planOf(ruleset, hook, scope);
  ofScope.set(hook, plan);
  return plan;
}

function noPlans(ruleset: Ruleset): Plans {
  const none: Plans = { inet: new Map(), inet6: new Map(), bridge: new Map(), netdev: new Map() };
  plans.set(ruleset, none);
  return none;
}

/** NF_IP_PRI_CONNTRACK, NF_IP_PRI_NAT_DST and NF_IP_PRI_NAT_SRC. */
const PRIORITY = { conntrack: -200, destinationNat: -100, sourceNat: 100 } as const;

function planOf(ruleset: Ruleset, hook: Hook, scope: HookScope): HookPlan {
  const all = hookedChains(ruleset, scope);
  const here = all.filter(
    ({ base, chain }) => base.hook === hook && (chain.rules.length > 0 || base.policy === 'drop'),
  );
  const entries: HookEntry[] = here
    .filter(({ base }) => base.type !== 'nat')
    .map((chain) => ({ kind: 'chain', priority: chain.base.priority, chain }));
  if (isTracking(ruleset, scope)) {
    if (hook === 'prerouting' || hook === 'output') entries.push({ kind: 'conntrack', priority: PRIORITY.conntrack });
    // NF_INET_FORWARD is the one hook at which nothing is translated.
    if (hook !== 'forward' && all.some(({ base }) => base.type === 'nat')) {
      const priority = hook === 'prerouting' || hook === 'output' ? PRIORITY.destinationNat : PRIORITY.sourceNat;
      const groups = grouped(
        here.filter(({ base }) => base.type === 'nat'),
        ({ base }) => base.priority,
      );
      entries.push({ kind: 'nat', priority, groups });
    }
  }
  return { groups: grouped(entries, ({ priority }) => priority), chainCount: here.length };
}

function hookedChains(ruleset: Ruleset, scope: HookScope): readonly HookedChain[] {
  return ruleset.tables
    .filter((table) => isInScope(table, scope))
    .flatMap((table) => {
      const chains = new Map(table.chains.map((chain) => [chain.name, chain]));
      const isPure = table.chains.every(({ rules }) =>
        rules.every(({ statements }) => statements.every(isPureStatement)),
      );
      return table.chains.flatMap((chain) => {
        const { base } = chain;
        const isDeviceHook = base?.hook === 'ingress' || base?.hook === 'egress';
        if (base === undefined || isDeviceHook !== (scope === 'netdev')) return [];
        return [{ table, chain, base, chains, isPure }];
      });
    });
}

function isInScope({ family }: RulesetTable, scope: HookScope): boolean {
  switch (scope) {
    case 'inet':
      return family === 'ip' || family === 'inet';
    case 'inet6':
      return family === 'ip6' || family === 'inet';
    case 'bridge':
      return family === 'bridge';
    case 'netdev':
      return family === 'netdev' || family === 'inet';
  }
}

function isPureStatement({ kind }: Statement): boolean {
  switch (kind) {
    case 'accept':
    case 'drop':
    case 'reject':
    case 'jump':
    case 'goto':
    case 'return':
    case 'no-effect':
      return true;
    default:
      return false;
  }
}

/**
 * Connections are tracked only where a rule of the family needs it, be it one that no packet reaches. Without it even
 * a nat chain that drops is not asked: translation looks at tracked packets only.
 */
function isTracking(ruleset: Ruleset, scope: HookScope): boolean {
  if (scope !== 'inet' && scope !== 'inet6') return false;
  return ruleset.tables
    .filter((table) => isInScope(table, scope))
    .some(({ chains }) =>
      chains.some(({ rules }) =>
        rules.some(({ matches, statements }) => matches.some(needsTracking) || statements.some(tracks)),
      ),
    );
}

function needsTracking(match: Match): boolean {
  switch (match.kind) {
    case 'ct-state':
    case 'ct-status':
    case 'ct-direction':
    case 'ct-tuple':
      return true;
    case 'mark':
      return match.of === 'connection';
    case 'any':
      return match.alternatives.some((alternative) => alternative.some(needsTracking));
    case 'budget':
    case 'unmodelled':
      return /\bct\b|conn|helper/.test(match.text);
    default:
      return false;
  }
}

function tracks(statement: Statement): boolean {
  switch (statement.kind) {
    case 'masquerade':
    case 'snat':
    case 'dnat':
    case 'redirect':
    case 'netmap':
      return true;
    case 'set-mark':
      return statement.of === 'connection';
    case 'copy-mark':
      return true;
    case 'unmodelled':
    case 'no-effect':
      return /\bct\b|CT|CONN|nat\b|NETMAP/.test(statement.text);
    default:
      return false;
  }
}

function grouped<T>(items: readonly T[], priorityOf: (item: T) => number): readonly (readonly T[])[] {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(priorityOf(item));
    if (group === undefined) groups.set(priorityOf(item), [item]);
    else group.push(item);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
