/**
 * What a command is given of the process that it runs in. Commands write, ask and stop through this alone, so that a
 * test can run them without a terminal; only `process-io.ts` and `main.ts` know `process`.
 *
 * @module
 */

/**
 * 0: looked, and nothing is wrong. 1: looked, and found faults. 2: could not look (usage, permission, a missing tool).
 * 3: looked, and cannot decide.
 */
export type ExitCode = 0 | 1 | 2 | 3;

/** Where text goes. Writing never fails: a reader that went away has had enough. */
export interface Writer {
  readonly write: (text: string) => void;
  /** Whether the reader of what was written has gone away, as far as that has shown; absent where there is none to go. */
  readonly isClosed?: () => boolean;
}

/** What the command line says about writing. */
export interface IoOptions {
  /** --color or --no-color, when one was given. */
  readonly color?: boolean;
  /** False after --no-pager. */
  readonly pager?: boolean;
}

/** The process, as a command sees it. */
export interface CommandIo {
  /** The result, and nothing else. */
  readonly stdout: Writer;
  /** The result too, where it may be longer than a screen: for a person at a terminal it goes through their pager. */
  readonly page: (text: string) => void;
  /** What is going on, and what went wrong. */
  readonly stderr: Writer;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C and by SIGTERM. A command that sees it takes back what it added, then ends. */
  readonly signal: AbortSignal;
  /** Say that being interrupted is how this command ends: then its own exit code counts, not that of the signal. */
  readonly expectInterruption: () => void;
  readonly terminal: {
    readonly stdoutIsTerminal: boolean;
    readonly stderrIsTerminal: boolean;
    /** The width to write for: the terminal's, and 80 where there is none. */
    readonly columns: number;
  };
  /** Whether stdout and stderr want colour: --color and --no-color first, then NO_COLOR and the terminal. */
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
  /** Ask a question that is answered by yes or no; `undefined` when nobody sits there to answer. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
}
