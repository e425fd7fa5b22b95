/**
 * What a rule of ours does with its traffic, in its three readings: a statement of the model, words for iptables, words
 * for nft.
 *
 * @module
 */

import { type Address, familyOf } from '../net/address.ts';
import { endpointOf } from '../net/endpoint.ts';
import type { Statement, TableFamily } from './ruleset.ts';

/** Where a published port leads; without a port, to the one that was asked. */
export interface DnatTarget {
  readonly address: Address;
  readonly port: number | undefined;
}

/** Narrow on `kind`. */
export type RuleAction =
  | { readonly kind: 'accept' }
  | { readonly kind: 'masquerade' }
  | { readonly kind: 'dnat'; readonly to: DnatTarget };

/** As the model has it. */
export function statementOf(action: RuleAction): Statement {
  switch (action.kind) {
    case 'accept':
      return { kind: 'accept' };
    case 'masquerade':
      return { kind: 'masquerade', ports: undefined };
    case 'dnat': {
      const { address, port } = action.to;
      const ports = port === undefined ? undefined : ([port, port] as const);
      return { kind: 'dnat', to: { addresses: { first: address, last: address }, ports } };
    }
  }
}

/** As iptables takes it. */
export function iptablesActionWords(action: RuleAction): readonly string[] {
  const target = ['-j', action.kind.toUpperCase()];
  return action.kind === 'dnat' ? [...target, '--to-destination', targetText(action.to)] : target;
}

/** As nft takes it: a table of both families is told which of them is meant. */
export function nftActionWords(action: RuleAction, table: TableFamily): readonly string[] {
  if (action.kind !== 'dnat') return [action.kind];
  const family = familyOf(action.to.address) === 'inet' ? 'ip' : 'ip6';
  return ['dnat', ...(table === 'inet' ? [family] : []), 'to', targetText(action.to)];
}

/** `10.0.0.2:80`, `[fd00::2]:80`, `10.0.0.2`. */
export function targetText({ address, port }: DnatTarget): string {
  return endpointOf(address, port);
}
