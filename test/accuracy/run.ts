/**
 * `npm run accuracy`: random networks with random faults, judged by the kernel; a table by fault, and for every network
 * that was answered wrongly the script that rebuilds it.
 *
 *     npm run accuracy -- [--seed N] [--count N] [--jobs N] [--only INDEX] [--shape NAME] [--shrink] [--resume]
 *       [--write-readme]
 *
 * `--resume` goes on with a run that was ended, from its log; `--only` tries one network of the seed, `--shape` those of
 * one shape; `--shrink` looks for the smallest network that fails in the same way; `--write-readme` writes the table into
 * README.md.
 *
 * @module
 */

import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { type Case, casesOf, caseText } from './cases.ts';
import { isRight, type Judgement, judge } from './judge.ts';
import { appendLog, type Judged, newLog, readLog } from './log.ts';
import { writeReadme } from './readme.ts';
import { rebuildScript } from './script.ts';
import { shrink } from './shrink.ts';
import { COLUMNS, isAllRight, rowsOf, totalsOf } from './tally.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '100' },
    // Most of the time is waiting for what does not answer: two cores do three networks a core.
    jobs: { type: 'string', default: '6' },
    only: { type: 'string' },
    shape: { type: 'string' },
    shrink: { type: 'boolean', default: false },
    resume: { type: 'boolean', default: false },
    'write-readme': { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const count = values.only === undefined ? Number(values.count) : Number(values.only) + 1;
const log = `node_modules/.cache/nsdiag/accuracy-${seed}.jsonl`;
const wanted = [...casesOf(seed, count).entries()].filter(
  ([index, { recipe }]) =>
    [undefined, String(index)].includes(values.only) && (values.shape === undefined || recipe.shape === values.shape),
);
const isWholeRun = values.only === undefined && values.shape === undefined;
if (!values.resume && isWholeRun) newLog(log);
const before = values.resume ? readLog(log, seed).filter(({ index }) => wanted.some(([each]) => each === index)) : [];
const judged: Judged[] = [...before];
const queue = wanted.filter(([index]) => !before.some((each) => each.index === index));
await Promise.all(Array.from({ length: Number(values.jobs) }, work));

const table = new Table({ head: [...COLUMNS], style: { head: [], border: [] } });
table.push(...rowsOf(judged).map((row) => [...row]));
say(`${table.toString()}\n${totalsOf(judged).join('\n')}`);
if (values['write-readme']) writeReadme('README.md', `npm run accuracy -- --seed ${seed} --count ${count}`, judged);
process.exitCode = isAllRight(judged) ? 0 : 1;

async function work(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [index, tried] = next;
    const judgement = await judgeOrError(tried);
    const one: Judged = { seed, index, tried, judgement };
    judged.push(one);
    if (isWholeRun) appendLog(log, one);
    if ('error' in judgement || !isRight(judgement)) say(await failureText(one));
  }
}

async function judgeOrError(tried: Case): Promise<Judged['judgement']> {
  try {
    return await judge(tried);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function failureText({ index, tried, judgement }: Judged): Promise<string> {
  if ('error' in judgement)
    return [`! seed ${seed} #${index} ${caseText(tried)}`, `  ${judgement.error}`, rebuildScript(tried), ''].join('\n');
  const smallest = values.shrink ? await shrink(tried, failsAlike(judgement)) : tried;
  const { works, verdictRight, causes, places, placeRight, repaired, fixes, notes } = judgement;
  return [
    `✗ seed ${seed} #${index} ${caseText(tried)}`,
    `  works: ${works}; verdict ${verdictRight ? 'right' : 'WRONG'}; repaired: ${repaired ?? '-'}; named: ${causes.join(', ') || 'nothing'}`,
    ...(placeRight === false ? [`  last place: ${places.nsdiag}; by tcpdump: ${places.tcpdump}`] : []),
    ...fixes.map((fix) => `  fix: ${fix}`),
    ...notes.map((note) => `  note: ${note}`),
    rebuildScript(smallest),
    '',
  ].join('\n');
}

/** Wrong in the same question: another mistake on the way down would lead away from this one. */
function failsAlike(judgement: Judgement): (tried: Case) => Promise<boolean> {
  return async (tried) => {
    const other = await judgeOrError(tried);
    if ('error' in other) return false;
    return (
      other.verdictRight === judgement.verdictRight &&
      other.causesRight === judgement.causesRight &&
      (other.placeRight === false) === (judgement.placeRight === false) &&
      (other.repaired === false) === (judgement.repaired === false)
    );
  };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
