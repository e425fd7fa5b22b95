/**
 * The command line, from the words typed to the exit code. Running this file runs it (start.ts).
 *
 * @module
 */

import { listenForInterruption } from './interruption.ts';
import { processIo } from './process-io.ts';
import { runCommandLine } from './program.ts';
import { VERSION } from './version.ts';

void main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<void> {
  const force = (exitCode: number): void => {
    process.stderr.write('nsdiag: ended at once; what it added may still be there\n');
    process.exit(exitCode);
  };
  const interruption = listenForInterruption(process, force, () => performance.now());
  const { io, paged, writeError } = processIo(interruption);
  const exitCode = await runCommandLine(words, { io, version: VERSION });
  process.exitCode = interruption.exitCode() ?? exitCode;
  interruption.release();
  const long = paged();
  if (long !== undefined) await show(long);
  // Errors of a stream arrive after the write that caused them.
  process.once('exit', () => {
    const error = writeError();
    if (error === undefined) return;
    process.stderr.write(`nsdiag: Cannot write the result: ${error.message}\n`);
    process.exitCode = 2;
  });
}

/** What was kept for the pager; a short text needs none. */
async function show({ text, isLong }: { readonly text: string; readonly isLong: boolean }): Promise<void> {
  if (!isLong || !(await (await import('../system/pager.ts')).page(text, process.env))) process.stdout.write(text);
}
