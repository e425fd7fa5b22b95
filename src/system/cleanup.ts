/**
 * What has been added to the machine and must go again, last in, first out.
 *
 * The promise: an entry goes onto the stack *before* the thing it removes is made, so there is no moment at which an
 * interruption leaves something behind. A cleanup that fails does not stop the others, and says which command to run.
 * Not promised: SIGKILL. What must survive even that ties itself to our life by other means (a parent-death signal,
 * an nft table with `flags owner`).
 *
 * @module
 */

/** One thing to take back. */
export interface CleanupEntry {
  /** What is removed, for the message when removing fails: "namespace ns1". */
  readonly what: string;
  /** The command that removes it by hand. */
  readonly byHand: string;
  readonly undo: () => Promise<void>;
}

/** A cleanup that did not work, and how to do it by hand. */
export interface CleanupFailure {
  readonly what: string;
  readonly byHand: string;
  readonly because: string;
}

/** A stack of things to take back. Open it first, close it in `finally`; closing twice is harmless. */
export class CleanupStack {
  readonly #entries: CleanupEntry[] = [];
  #closing: Promise<readonly CleanupFailure[]> | undefined;

  /** Put an entry on the stack; call the function answered to forget it (it went another way). */
  push(entry: CleanupEntry): () => void {
    this.#entries.push(entry);
    return () => {
      const index = this.#entries.indexOf(entry);
      if (index >= 0) this.#entries.splice(index, 1);
    };
  }

  /** Take everything back, in reverse order. A second call waits for the first one. */
  close(): Promise<readonly CleanupFailure[]> {
    this.#closing ??= this.#takeBack();
    return this.#closing;
  }

  async #takeBack(): Promise<readonly CleanupFailure[]> {
    const failures: CleanupFailure[] = [];
    for (let entry = this.#entries.pop(); entry !== undefined; entry = this.#entries.pop()) {
      try {
        await entry.undo();
      } catch (error) {
        const because = error instanceof Error ? error.message : String(error);
        failures.push({ what: entry.what, byHand: entry.byHand, because });
      }
    }
    return failures;
  }
}
