/**
 * What nobody can know, tried both ways: a run asks `choose` wherever it cannot decide, and is repeated until every
 * answer has been given. Where all runs end alike it did not matter; where they do not, the questions that made the
 * difference are the answer.
 *
 * Three kinds of question differ in what follows then. `unknown`: nobody can tell how it ends. `chance`: the kernel
 * itself draws lots, and every way is one that packets go. `assumed`: the answer 0 is what a single packet on a quiet
 * network meets; it is taken, and named.
 *
 * @module
 */

/** What it means that the answers to a question lead to different ends. */
export type QuestionKind = 'unknown' | 'chance' | 'assumed';

/** Answers a number below `options`; 0 is what is assumed where it makes no difference. */
export type Choose = (question: string, options: number, kind?: QuestionKind) => number;

/** Narrow on `kind`. `assumed`: the assumptions without which it would have ended otherwise. */
export type Explored<T> =
  | { readonly kind: 'settled'; readonly outcome: T; readonly assumed: readonly string[] }
  /** Each of the outcomes, all different, is what some packets meet. */
  | {
      readonly kind: 'chance';
      readonly questions: readonly string[];
      readonly outcomes: readonly T[];
      readonly assumed: readonly string[];
    }
  | { readonly kind: 'open'; readonly questions: readonly string[]; readonly outcomes: readonly T[] };

interface Choice {
  readonly question: string;
  readonly options: number;
  readonly kind: QuestionKind;
  readonly taken: number;
}

interface Run<T> {
  readonly path: readonly Choice[];
  readonly outcome: T;
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
  const runs: Run<T>[] = [];
  for (;;) {
    const made: Choice[] = [];
    const outcome = run((question, options, kind = 'unknown') => {
      const taken = path[made.length]?.taken ?? 0;
      made.push({ question, options, kind, taken });
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
  if (runs.length === 1) return { kind: 'settled', outcome: first.outcome, assumed: [] };
  return concluded(runs, keyOf);
}

function concluded<T>(runs: readonly Run<T>[], keyOf: (outcome: T) => string): Explored<T> {
  const keyed = runs.map(({ path, outcome }) => ({ path, outcome, key: keyOf(outcome) }));
  const likely = keyed.filter(({ path }) => !path.some(isGivenUp));
  const expected = new Set(likely.map(({ key }) => key));
  const unexpected = keyed.filter(({ key }) => !expected.has(key));
  const assumed = [
    ...new Set(unexpected.flatMap(({ path }) => path.filter(isGivenUp).map(({ question }) => question))),
  ];
  const different = new Map(likely.map((each) => [each.key, each.outcome]));
  const outcomes = [...different.values()];
  const [outcome] = outcomes;
  if (outcome !== undefined && outcomes.length === 1) return { kind: 'settled', outcome, assumed };
  const open = deciding(likely);
  const questions = open.map(({ question }) => question);
  if (open.every(({ kind }) => kind === 'chance')) return { kind: 'chance', questions, outcomes, assumed };
  return { kind: 'open', questions, outcomes: likely.map((each) => each.outcome) };
}

/**
 * The answers to try next: the last question that has another answer left gets it. One assumption at a time is given up:
 * what follows where several limits are used up at once is nobody's question, and twenty limits are common.
 */
function following(made: readonly Choice[]): readonly Choice[] | undefined {
  const firstGivenUp = made.findIndex(isGivenUp);
  for (let at = made.length - 1; at >= 0; at--) {
    const choice = made[at];
    if (choice === undefined || choice.taken + 1 >= choice.options) continue;
    if (choice.kind === 'assumed' && firstGivenUp >= 0 && firstGivenUp < at) continue;
    return [...made.slice(0, at), { ...choice, taken: choice.taken + 1 }];
  }
  return undefined;
}

function isGivenUp({ kind, taken }: Choice): boolean {
  return kind === 'assumed' && taken > 0;
}

interface KeyedRun {
  readonly path: readonly Choice[];
  readonly key: string;
}

/** A question matters when what follows from its answers is not all the same. */
function deciding(runs: readonly KeyedRun[]): readonly Choice[] {
  const questions = new Map<string, Choice>();
  collapse(runs, 0, questions);
  return [...questions.values()];
}

/** What follows from the answers given so far, as text: the same text for the same consequences. */
function collapse(runs: readonly KeyedRun[], depth: number, questions: Map<string, Choice>): string {
  const [first] = runs;
  const choice = first?.path[depth];
  if (first === undefined || choice === undefined) return first?.key ?? '';
  const below = new Map<string, Choice>();
  const given = [...new Set(runs.map(({ path }) => path[depth]?.taken))];
  const answers = given.map((taken) =>
    collapse(
      runs.filter(({ path }) => path[depth]?.taken === taken),
      depth + 1,
      below,
    ),
  );
  const [consequence] = answers;
  const makesNoDifference = answers.every((each) => each === consequence);
  if (!makesNoDifference) questions.set(choice.question, choice);
  for (const [question, each] of below) questions.set(question, each);
  return makesNoDifference ? (consequence ?? '') : JSON.stringify([choice.question, ...answers]);
}
