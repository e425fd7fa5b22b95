/**
 * A long text, shown by the pager of the person at the terminal.
 *
 * Which one, and what less is told when nobody has told it anything (quit if it fits, keep colours, leave the screen
 * as it is), is as git does it. Source: git(1) GIT_PAGER, git-config(1) core.pager.
 *
 * @module
 */

import { execa } from 'execa';

const DEFAULT_PAGER = 'less';
const LESS = 'FRX';
/** What a shell answers for a program that it does not find, or cannot run. */
const NOT_RUN = [126, 127];

/**
 * Show a text. Ctrl-C is the pager's meanwhile.
 *
 * @returns Whether it was shown: not where no pager is wanted (`PAGER=cat`, or empty), or none is there.
 */
export async function page(text: string, env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const pager = env['NSDIAG_PAGER'] ?? env['PAGER'] ?? DEFAULT_PAGER;
  if (pager === '' || pager === 'cat') return false;
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  try {
    // PAGER is a line of shell: `less -S`.
    const { exitCode } = await execa('sh', ['-c', pager], {
      input: text,
      stdout: 'inherit',
      stderr: 'inherit',
      env: { LESS: env['LESS'] ?? LESS },
      reject: false,
    });
    return exitCode === undefined || !NOT_RUN.includes(exitCode);
  } finally {
    process.off('SIGINT', ignore);
  }
}
