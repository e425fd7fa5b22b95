/**
 * `nsdiag lab`: practice networks, up and down, and the faults to find in them.
 *
 * @module
 */

import type { Command } from 'commander';
import { takeDown } from '../../lab/down.ts';
import { findLab, shippedLabs } from '../../lab/find.ts';
import { hostChanges } from '../../lab/host-changes.ts';
import { labListText, labText, whatNext, whyLine } from '../../lab/lab-text.ts';
import { thisMachine } from '../../lab/machine.ts';
import { scriptOf } from '../../lab/perform.ts';
import { planLab } from '../../lab/plan.ts';
import type { Lab } from '../../lab/schema.ts';
import { openLabShell } from '../../lab/shell.ts';
import { labsUp } from '../../lab/state-file.ts';
import { breakLab, bringUp } from '../../lab/up.ts';
import { escapeText } from '../../report/escape.ts';
import { styleOf } from '../../report/text/style.ts';
import { ownCommand } from '../../system/self.ts';
import { type Define, examples, type Perform } from '../command.ts';
import type { Writer } from '../io.ts';

const LAB = 'a lab of `nsdiag lab list`, or a file: ./my.yaml';

export const define: Define = (command, perform) => {
  command.addHelpText(
    'after',
    examples([
      ['nsdiag lab list', 'the labs, with their faults'],
      ['sudo nsdiag lab shell bridge-nat', 'a shell in a world of its own with the lab up'],
      ['nsdiag lab break bridge-nat nat-missing', 'in it: break the lab'],
      ['nsdiag why ns1 203.0.113.10', 'and find out why'],
    ]),
  );
  defineList(command, perform);
  defineUp(command, perform);
  defineDown(command, perform);
  defineBreak(command, perform);
  defineShell(command, perform);
};

function defineList(command: Command, perform: Perform): void {
  command
    .command('list')
    .argument('[LAB]', `only this one: ${LAB}`)
    .description('show the labs, or one of them with what to ask it')
    .action((asked: string | undefined) =>
      perform(async ({ page, env, color, terminal }) => {
        const style = styleOf(color.stdout, terminal.columns);
        const up = labsUp(thisMachine(env));
        const shipped = (): readonly Lab[] => shippedLabs().map((name) => findLab(name).lab);
        page(asked === undefined ? labListText(shipped(), up, style) : labText(findLab(asked).lab, up, style));
        return 0;
      }),
    );
}

function defineUp(command: Command, perform: Perform): void {
  command
    .command('up')
    .argument('<LAB>', LAB)
    .description('build a lab, and show every command that does it')
    .option('--dry-run', 'only show the commands, as a script that a shell can run')
    .action((asked: string, options: { dryRun?: boolean }) =>
      perform(async (io) => {
        const found = findLab(asked);
        if (options.dryRun === true) {
          io.stdout.write(scriptOf(planLab(found.lab)));
          return 0;
        }
        const machine = thisMachine(io.env);
        if (!machine.isPrivate) hostChanges(found.lab).forEach(lineTo(io.stderr));
        await bringUp(found, { machine, say: lineTo(io.stdout), signal: io.signal });
        whatNext(found.lab).forEach(lineTo(io.stderr));
        lineTo(io.stderr)(`Take it down: nsdiag lab down ${found.lab.name}`);
        return 0;
      }),
    );
}

function defineDown(command: Command, perform: Perform): void {
  command
    .command('down')
    .argument('<NAME>', 'the name of a lab that is up')
    .description('remove all that a lab has made, and nothing else')
    .action((name: string) =>
      perform(async ({ stdout, env }) => {
        await takeDown(thisMachine(env), name, lineTo(stdout));
        return 0;
      }),
    );
}

function defineBreak(command: Command, perform: Perform): void {
  command
    .command('break')
    .argument('<NAME>', 'the name of a lab that is up')
    .argument('<FAULT>', 'one of its faults, as `nsdiag lab list NAME` shows them')
    .description('inject a fault, and show the commands that do it')
    .action((name: string, faultName: string) =>
      perform(async ({ stdout, stderr, env, signal }) => {
        const fault = await breakLab(name, faultName, { machine: thisMachine(env), say: lineTo(stdout), signal });
        stderr.write(`${escapeText(fault.story)}\nAsk: ${whyLine(fault.question)}\n`);
        return 0;
      }),
    );
}

function defineShell(command: Command, perform: Perform): void {
  command
    .command('shell')
    .argument('<LAB>', LAB)
    .description('open a shell in a private world with the lab up; leaving it leaves nothing')
    .action((asked: string) =>
      perform(async ({ stderr, env, signal }) => {
        const found = findLab(asked);
        const say = lineTo(stderr);
        const ready = (): void => [...whatNext(found.lab), 'Leave: exit'].forEach(say);
        const shell = env['SHELL'] || '/bin/sh';
        await openLabShell(found, { shell, nsdiag: ownCommand(), path: env['PATH'] ?? '', say, ready, signal });
        return 0;
      }),
    );
}

/** A `say` that ends its lines. */
function lineTo(writer: Writer): (line: string) => void {
  return (line) => writer.write(`${line}\n`);
}
