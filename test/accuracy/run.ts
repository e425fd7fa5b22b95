/**
 * `npm run accuracy [-- --seed N --count N]`: random networks with random faults, judged by the kernel; a table by
 * fault, and the commands that rebuild every network that was answered wrongly.
 *
 * @module
 */

import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { type Case, casesOf, caseText } from './cases.ts';
import { type Judgement, judge } from './judge.ts';

/** Two networks at a time: the machine that this has to run on has two cores. */
const AT_ONCE = 2;

interface Judged {
  readonly tried: Case;
  readonly judgement: Judgement;
}

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '100' } },
});
const seed = Number(values.seed);
const queue = [...casesOf(seed, Number(values.count)).entries()];
const judged: Judged[] = [];
await Promise.all(Array.from({ length: AT_ONCE }, work));
process.stdout.write(`${tableOf(judged)}\n${totalsOf(judged)}\n`);
process.exitCode = judged.every(({ judgement }) => isRight(judgement)) ? 0 : 1;

async function work(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [index, tried] = next;
    const judgement = await judge(tried.network, tried.faults);
    judged.push({ tried, judgement });
    if (!isRight(judgement)) process.stdout.write(`${failureText(index, tried, judgement)}\n\n`);
  }
}

function isRight({ verdictRight, causesRight, repaired }: Judgement): boolean {
  return verdictRight && causesRight && repaired !== false;
}

function failureText(index: number, tried: Case, judgement: Judgement): string {
  const { works, verdictRight, causes, repaired, notes, rebuild } = judgement;
  return [
    `✗ seed ${seed} #${index} ${caseText(tried)}`,
    `  works: ${works}; verdict ${verdictRight ? 'right' : 'WRONG'}; repaired: ${repaired ?? '-'}; named: ${causes.join(', ') || 'nothing'}`,
    ...notes.map((note) => `  note: ${note}`),
    ...rebuild.map((line) => `    ${line}`),
  ].join('\n');
}

/** A row a kind of fault; a network with three faults counts in three rows. */
function tableOf(all: readonly Judged[]): string {
  const kinds = new Map<string, Judgement[]>();
  for (const { tried, judgement } of all) {
    const named = tried.faults.length === 0 ? ['(healthy)'] : tried.faults.map(({ kind }) => kind);
    for (const kind of named) kinds.set(kind, [...(kinds.get(kind) ?? []), judgement]);
  }
  const table = new Table({
    head: ['fault', 'networks', 'verdict', 'causes', 'repaired'],
    style: { head: [], border: [] },
  });
  for (const [kind, list] of [...kinds].sort()) {
    const broken = list.filter(({ works }) => !works);
    table.push([
      kind,
      list.length,
      list.filter(({ verdictRight }) => verdictRight).length,
      list.filter(({ causesRight }) => causesRight).length,
      `${broken.filter(({ repaired }) => repaired === true).length} of ${broken.length}`,
    ]);
  }
  return table.toString();
}

function totalsOf(all: readonly Judged[]): string {
  const broken = all.filter(({ judgement }) => !judgement.works);
  const share = (part: number, whole: number) =>
    `${part} of ${whole} (${whole === 0 ? '-' : ((100 * part) / whole).toFixed(1)} %)`;
  const count = (list: readonly Judged[], is: (judgement: Judgement) => boolean) =>
    list.filter(({ judgement }) => is(judgement)).length;
  return [
    `networks: ${all.length}, of which broken: ${broken.length}`,
    `verdict right: ${share(
      count(all, ({ verdictRight }) => verdictRight),
      all.length,
    )}`,
    `causes right:  ${share(
      count(all, ({ causesRight }) => causesRight),
      all.length,
    )}`,
    `repaired:      ${share(
      count(broken, ({ repaired }) => repaired === true),
      broken.length,
    )}`,
  ].join('\n');
}
