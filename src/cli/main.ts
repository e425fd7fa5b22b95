/**
 * Where nsdiag begins: `bin/nsdiag.js` imports the bundle of this file, and importing it runs the command line.
 *
 * `--version` is answered before anything else is loaded.
 *
 * @module
 */

import { VERSION } from './version.ts';

const words = process.argv.slice(2);
const isVersionAsked = words.length === 1 && (words[0] === '--version' || words[0] === '-V');

if (isVersionAsked) {
  process.stdout.write(`${VERSION}\n`);
} else {
  const [{ runCommandLine }, { processIo }, { listenForInterruption }] = await Promise.all([
    import('./program.ts'),
    import('./process-io.ts'),
    import('./interruption.ts'),
  ]);
  const force = (exitCode: number): void => {
    process.stderr.write('nsdiag: ended at once; what it added may still be there\n');
    process.exit(exitCode);
  };
  const interruption = listenForInterruption(process, force, () => performance.now());
  const { io, writeError } = processIo(interruption.signal);
  const exitCode = await runCommandLine(words, { io, version: VERSION });
  process.exitCode = interruption.exitCode() ?? exitCode;
  interruption.release();
  // Errors of a stream arrive after the write that caused them.
  process.once('exit', () => {
    const error = writeError();
    if (error === undefined) return;
    process.stderr.write(`nsdiag: Cannot write the result: ${error.message}\n`);
    process.exitCode = 2;
  });
}
