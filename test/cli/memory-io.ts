/**
 * A process made of strings, for commands under test.
 *
 * @module
 */

import type { CommandIo } from '../../src/cli/io.ts';

export interface MemoryIo {
  readonly io: CommandIo;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

export function memoryIo(over: Partial<CommandIo> = {}): MemoryIo {
  const [out, err]: [string[], string[]] = [[], []];
  const io: CommandIo = {
    stdout: { write: (text) => void out.push(text) },
    page: (text) => void out.push(text),
    stderr: { write: (text) => void err.push(text) },
    env: {},
    signal: new AbortController().signal,
    expectInterruption: () => undefined,
    terminal: { stdoutIsTerminal: false, stderrIsTerminal: false, columns: 80 },
    color: { stdout: false, stderr: false },
    confirm: undefined,
    ...over,
  };
  return { io, stdout: () => out.join(''), stderr: () => err.join('') };
}
