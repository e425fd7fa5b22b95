/**
 * What nobody can know, tried both ways: a run asks `choose` wherever it cannot decide, and is repeated until every
 * answer has been given. Where all runs end alike it did not matter; where they do not, the questions that made the
 * difference are the answer.
 *
 * @module
 */

/** Answers a number below `options`; 0 is what is assumed where it makes no difference. */
export type Choose = (question: string, options: number) => number;

/** Narrow on `kind`. */
export type Explored<T> =
  | { readonly kind: 'settled'; readonly outcome: T }
  | { readonly kind: 'open'; readonly questions: readonly string[]; readonly outcomes: readonly T[] };

interface Choice {
  readonly question: string;
  readonly options: number;
  readonly taken: number;
}

/** Ten unknown conditions, each of which matters: no ruleset that people write comes near. */
const MAX_RUNS = 1024;

/**
 * Run it under every answer.
 *
 * @param keyOf Outcomes with the same key are the same. Called only when there was something to choose.
 */
export function explore<T>(run: (choose: Choose) => T, keyOf: (outcome: T) => string): Explored<T> {
  let path: readonly Choice[] = [];
  const runs: { readonly path: readonly Choice[]; readonly outcome: T }[] = [];
  for (;;) {
    const made: Choice[] = [];
    const outcome = run((question, options) => {
      const taken = path[made.length]?.taken ?? 0;
      made.push({ question, options, taken });
      return taken;
    });
    runs.push({ path: made, outcome });
    const next = following(made);
    if (next === undefined) break;
    if (runs.length === MAX_RUNS) {
      return { kind: 'open', questions: ['too many conditions of the ruleset that are not modelled'], outcomes: [] };
    }
    path = next;
  }
  const [first] = runs;
  if (first === undefined) throw new Error('explored nothing');
  if (runs.length === 1) return { kind: 'settled', outcome: first.outcome };
  const questions = deciding(runs.map((each) => ({ path: each.path, key: keyOf(each.outcome) })));
  if (questions.length === 0) return { kind: 'settled', outcome: first.outcome };
  return { kind: 'open', questions, outcomes: runs.map(({ outcome }) => outcome) };
}

/** The answers to try next: the last question that has another answer left gets it. */
function following(made: readonly Choice[]): readonly Choice[] | undefined {
  for (let at = made.length - 1; at >= 0; at--) {
    const choice = made[at];
    if (choice !== undefined && choice.taken + 1 < choice.options) {
      return [...made.slice(0, at), { ...choice, taken: choice.taken + 1 }];
    }
  }
  return undefined;
}

interface KeyedRun {
  readonly path: readonly Choice[];
  readonly key: string;
}

/** A question matters when what follows from its answers is not all the same. */
function deciding(runs: readonly KeyedRun[]): readonly string[] {
  const questions = new Set<string>();
  collapse(runs, 0, questions);
  return [...questions];
}

/** What follows from the answers given so far, as text: the same text for the same consequences. */
function collapse(runs: readonly KeyedRun[], depth: number, questions: Set<string>): string {
  const [first] = runs;
  const choice = first?.path[depth];
  if (first === undefined || choice === undefined) return first?.key ?? '';
  const below = new Set<string>();
  const answers = Array.from({ length: choice.options }, (_, taken) =>
    collapse(
      runs.filter(({ path }) => path[depth]?.taken === taken),
      depth + 1,
      below,
    ),
  );
  const [consequence] = answers;
  const makesNoDifference = answers.every((each) => each === consequence);
  if (!makesNoDifference) questions.add(choice.question);
  for (const question of below) questions.add(question);
  return makesNoDifference ? (consequence ?? '') : JSON.stringify([choice.question, ...answers]);
}
