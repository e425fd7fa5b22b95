/**
 * The error of the edge: this command cannot go on, and the person who ran it can act on that.
 *
 * Answers about packets and hosts are values (`Fact`, `Fate`), never a `Failure`; anything else that is thrown is a
 * bug of nsdiag and keeps its stack.
 *
 * @module
 */

/** What kind of thing stood in the way; `cli` maps every one of them to exit code 2. */
export type FailureCode =
  | 'usage'
  | 'bad-file'
  | 'no-permission'
  | 'not-found'
  | 'tool-missing'
  | 'command-failed'
  | 'interrupted';

/** Printed as its message, its hint and the tool's own stderr; without a stack. */
export class Failure extends Error {
  readonly code: FailureCode;
  /** What the person can do about it: an imperative sentence. */
  readonly hint: string | undefined;
  /** What the tool that failed said itself, as it said it. */
  readonly stderr: string | undefined;

  /**
   * @param code The kind of obstacle.
   * @param message "Cannot ‹action›: ‹state found›", upper case, without a full stop.
   */
  constructor(code: FailureCode, message: string, hint?: string, stderr?: string) {
    super(message);
    this.name = 'Failure';
    this.code = code;
    this.hint = hint;
    this.stderr = stderr;
  }
}

/** Message and hint in one, for where there is room for one text. */
export function withHint({ message, hint }: Pick<Failure, 'message' | 'hint'>): string {
  return hint === undefined ? message : `${message}. ${hint.replaceAll('\n', '. ')}`;
}
