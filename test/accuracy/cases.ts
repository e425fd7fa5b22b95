/**
 * Random networks with 0 to 3 random faults, by seed.
 *
 * @module
 */

import fc from 'fast-check';
import { compatible, type Fault, faultsOf } from './faults.ts';
import { anyNetwork, type Network } from './network.ts';

/** One network and what is broken in it. */
export interface Case {
  readonly network: Network;
  readonly faults: readonly Fault[];
}

/** Shrinks towards a plain veth pair without a fault. */
const anyCase: fc.Arbitrary<Case> = fc
  .tuple(anyNetwork, fc.uniqueArray(fc.nat({ max: 10_000 }), { maxLength: 3 }))
  .map(([network, picks]) => {
    const all = faultsOf(network);
    const chosen = picks.flatMap((pick) => all[pick % all.length] ?? []);
    return { network, faults: compatible(chosen) };
  });

/** The first `count` cases of a seed, always the same ones. */
export function casesOf(seed: number, count: number): readonly Case[] {
  return fc.sample(anyCase, { seed, numRuns: count });
}

/** `chain2-inet tcp: link-down (r1), no-route (b)`. */
export function caseText({ network, faults }: Case): string {
  const broken = faults.map(({ kind, named }) => `${kind} in ${named[0]?.split(' ')[1] ?? '?'}`);
  return `${network.shape} ${network.proto}: ${broken.length === 0 ? 'healthy' : broken.join(', ')}`;
}
