/**
 * Random cases by seed: a network, what is odd about it, and 0 to 3 faults; and the smaller cases of a case.
 *
 * A case is plain words (a recipe, and the names of its decorations and faults), so that a smaller network can be given
 * the same faults by name: that is how a failing case shrinks.
 *
 * @module
 */

import fc from 'fast-check';
import type { Fault } from './fault.ts';
import { compatible, faultsOf } from './faults.ts';
import type { Network } from './network.ts';
import { odditiesOf } from './odd.ts';
import { networkOf, type Recipe, SHAPES, type ShapeName } from './shapes.ts';

/** What is tried. */
export interface Case {
  readonly recipe: Recipe;
  readonly odd: readonly string[];
  readonly faults: readonly string[];
}

/** A case made ready: the network as a value, and the commands of all that was named. */
export interface Prepared {
  readonly network: Network;
  readonly oddCommands: readonly string[];
  readonly faults: readonly Fault[];
}

/** At most so many at once; more than three faults in one way nobody has seen. */
const MOST_FAULTS = 3;
const MOST_ODDITIES = 3;

const anyRecipe: fc.Arbitrary<Recipe> = fc
  .tuple(fc.constantFrom(...(Object.keys(SHAPES) as ShapeName[])), fc.nat(), fc.nat(), fc.nat())
  .map(([shape, family, size, proto]) => {
    const { families, largest, protos } = SHAPES[shape];
    return {
      shape,
      family: nth(families, family),
      size: size % (largest + 1),
      proto: nth(protos, proto),
    };
  });

/** The kind is drawn before the place: else whatever can happen in many places would be nearly all that happens. */
const anyFaultPick = fc.tuple(fc.nat({ max: 10_000 }), fc.nat({ max: 10_000 }));

const anyCase: fc.Arbitrary<Case> = fc
  .tuple(
    anyRecipe,
    fc.array(fc.nat({ max: 10_000 }), { maxLength: MOST_ODDITIES, size: 'max' }),
    fc.array(anyFaultPick, { maxLength: MOST_FAULTS, size: 'max' }),
  )
  .map(([recipe, oddPicks, faultPicks]) => {
    const network = networkOf(recipe);
    const oddities = odditiesOf(network);
    const kinds = byKind(faultsOf(network));
    const faults = faultPicks.map(([kind, place]) => nth(nth(kinds, kind), place));
    return {
      recipe,
      odd: [...new Set(oddPicks.map((pick) => nth(oddities, pick).id))],
      faults: compatible(faults).map(({ id }) => id),
    };
  });

function byKind(faults: readonly Fault[]): readonly (readonly Fault[])[] {
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  return kinds.map((kind) => faults.filter((fault) => fault.kind === kind));
}

/** The first `count` cases of a seed, always the same ones. */
export function casesOf(seed: number, count: number): readonly Case[] {
  return fc.sample(anyCase, { seed, numRuns: count });
}

/** @throws Error when the network has no decoration or fault of that name. */
export function prepare({ recipe, odd, faults }: Case): Prepared {
  const network = networkOf(recipe);
  const known = { odd: odditiesOf(network), faults: faultsOf(network) };
  return {
    network,
    oddCommands: odd.flatMap((id) => named(known.odd, id).commands),
    faults: faults.map((id) => named(known.faults, id)),
  };
}

/** Smaller cases, the boldest step first: without a fault, without a decoration, a smaller network of the same shape. */
export function smaller(tried: Case): readonly Case[] {
  const { recipe, odd, faults } = tried;
  return [
    ...faults.map((fault) => ({ ...tried, faults: faults.filter((other) => other !== fault) })),
    ...(odd.length > 1 ? [{ ...tried, odd: [] }] : []),
    ...odd.map((oddity) => ({ ...tried, odd: odd.filter((other) => other !== oddity) })),
    ...Array.from({ length: recipe.size }, (_, size) => ({ ...tried, recipe: { ...recipe, size } })),
    ...(recipe.proto === 'icmp' ? [] : [{ ...tried, recipe: { ...recipe, proto: 'icmp' as const } }]),
  ].filter(isPossible);
}

/** `chain2-inet tcp, no-route@b:default, odd: other-rule@a`. */
export function caseText({ recipe, odd, faults }: Case): string {
  const broken = faults.length === 0 ? 'healthy' : faults.join(', ');
  const oddly = odd.length === 0 ? '' : `, odd: ${odd.join(', ')}`;
  return `${networkOf(recipe).name} ${recipe.proto}, ${broken}${oddly}`;
}

function isPossible({ recipe, odd, faults }: Case): boolean {
  const protos: readonly string[] = SHAPES[recipe.shape].protos;
  if (!protos.includes(recipe.proto)) return false;
  const network = networkOf(recipe);
  const ids = new Set([...odditiesOf(network), ...faultsOf(network)].map(({ id }) => id));
  return [...odd, ...faults].every((id) => ids.has(id));
}

function named<T extends { readonly id: string }>(all: readonly T[], id: string): T {
  const found = all.find((each) => each.id === id);
  if (found === undefined) throw new Error(`this network has no ${id}; it has ${all.map((each) => each.id).join(' ')}`);
  return found;
}

function nth<T>(all: readonly T[], pick: number): T {
  const found = all[pick % all.length];
  if (found === undefined) throw new Error('nothing to draw from');
  return found;
}
