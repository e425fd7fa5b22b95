/**
 * `nsdiag watch NS DST`: stays, and says when it breaks or heals and what change did it.
 *
 * @module
 */

import { jsonLine } from '../../report/print-json.ts';
import { styleOf } from '../../report/text/style.ts';
import { turnNotAsked, turnText } from '../../report/text/watch.ts';
import { watchLine } from '../../report/watch-json.ts';
import { Failure, withHint } from '../../system/failure.ts';
import { type Define, type ErrorDocument, examples } from '../command.ts';
import type { CommandIo, ExitCode } from '../io.ts';
import { type Outcome, type Turn, watchFor } from '../watch/watch.ts';
import { onMachine } from '../why/on-machine.ts';
import { EXIT_CODE } from '../why/why.ts';
import { parseWords, type QuestionOptions } from '../why/words.ts';

interface WatchOptions extends QuestionOptions {
  readonly probe: boolean;
  readonly every?: string;
  readonly json?: boolean;
}

export const errorDocument: ErrorDocument = (error) =>
  watchLine(new Date().toISOString(), 'error', [], withHint(error));
export const isJsonLines = true;

export const define: Define = (command, perform) => {
  command
    .argument('<netns>', 'who sends: a namespace (ns1), host (where nsdiag runs), pid:NUMBER, a path')
    .argument('<destination>', 'to whom: an address, a namespace, or a name as that namespace resolves it')
    .option('--proto <proto>', 'icmp, tcp or udp (icmp; with --port tcp)')
    .option('--port <number>', 'the destination port of tcp and udp')
    .option('--size <bytes>', 'how much it carries, as ping -s counts (56); then in one piece (DF)')
    .option('--from <address>', 'the source address; otherwise the kernel chooses')
    .option('--every <seconds>', 'ask so often although nothing has changed (30)')
    .option('--no-probe', 'send nothing: model and kernel answer alone')
    .option('--json', 'print JSON, one line each time (schema nsdiag.watch/1)')
    .addHelpText(
      'after',
      examples([
        ['sudo nsdiag watch ns1 10.0.2.1', 'until Ctrl-C'],
        ['sudo nsdiag watch web db --port 5432 --json', 'for a program to read'],
      ]),
    )
    .addHelpText(
      'after',
      `
Links, addresses, routes, rules, rulesets and namespaces are followed as they
change; other sysctls, iptables-legacy, sockets and tc every --every seconds.
Exit, as it stood last: 0 reachable, 1 unreachable, 2 not looked, 3 cannot tell.`,
    )
    .action((netns: string, destination: string, options: WatchOptions) =>
      perform(async (io) => {
        const words = parseWords(netns, destination, options);
        const everyMs = 1000 * secondsOf(options.every ?? '30');
        const ground = await onMachine({ probe: options.probe, trace: false }, io.signal, undefined);
        io.expectInterruption();
        const last = await watchFor(ground, { words, everyMs }, io.signal, {
          tell: (turn) => tell(io, turn, options.json === true),
          isGone: () => io.stdout.isClosed?.() === true,
        });
        return exitCodeOf(last);
      }),
    );
};

function tell(io: CommandIo, { at, event, outcome, origins }: Turn, json: boolean): void {
  const changes = origins.map(({ change }) => change);
  if (json) {
    const answered = outcome.kind === 'answered' ? outcome.diagnosis : outcome.because;
    io.stdout.write(jsonLine(watchLine(at.toISOString(), event, origins, answered)));
    return;
  }
  const style = styleOf(io.color.stdout, io.terminal.columns);
  const time = at.toTimeString().slice(0, 8);
  io.stdout.write(
    outcome.kind === 'answered'
      ? turnText(outcome.diagnosis, time, event === 'first', changes, style)
      : turnNotAsked(outcome.because, time, changes, style),
  );
}

function secondsOf(text: string): number {
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (seconds > 0) return seconds;
  throw new Failure('usage', `Cannot ask every "${text}" seconds: it is no number from 1 to 99999`);
}

function exitCodeOf(outcome: Outcome): ExitCode {
  return outcome.kind === 'answered' ? EXIT_CODE[outcome.diagnosis.verdict] : 2;
}
