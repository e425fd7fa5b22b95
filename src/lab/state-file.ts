/**
 * What a lab that is up has made, kept in /run/nsdiag/labs/NETWORK/NAME.json until it is taken back. NETWORK is the
 * inode of the network namespace that is the lab's host.
 *
 * Every entry is written before the thing is made, and the file is replaced as a whole: whenever nsdiag dies, kill -9
 * included, `lab down` finds all that was made, and perhaps one thing that was not. (The exception is a listener in
 * the milliseconds in which it is started.) A reboot takes /run along with the lab. Two labs of one name cannot be up
 * at once: the file is made only where there is none.
 *
 * @module
 */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { Failure } from '../system/failure.ts';
import type { Machine } from './machine.ts';

const FOLDER = '/run/nsdiag/labs';

const argv = v.tupleWithRest([v.string()], v.string());

/** `Made` with what tells our own from another of the same name, and the value that was there before. */
const record = v.variant('kind', [
  v.strictObject({ kind: v.literal('netns'), name: v.string(), inode: v.optional(v.number()) }),
  v.strictObject({ kind: v.literal('device'), name: v.string(), ifindex: v.optional(v.number()) }),
  v.strictObject({ kind: v.literal('sysctl'), key: v.string(), value: v.string() }),
  v.strictObject({
    kind: v.literal('process'),
    name: v.string(),
    pid: v.number(),
    /** When it started, in the kernel's ticks: a process number alone comes again. */
    startTicks: v.number(),
  }),
  v.strictObject({ kind: v.literal('iptables-table'), family: v.picklist(['ip', 'ip6']), name: v.string() }),
  v.strictObject({ kind: v.picklist(['file', 'folder']), path: v.string() }),
  v.strictObject({ kind: v.literal('setting'), remove: argv }),
]);

const state = v.strictObject({
  schema: v.literal('nsdiag.lab/1'),
  lab: v.string(),
  /** The lab file as it was when the lab came up; `break` reads its faults from here. */
  text: v.string(),
  made: v.array(record),
  /** Faults that have been injected, by name. */
  faults: v.array(v.string()),
});

/** One thing that a lab has made, as it stands in the file. */
export type Recorded = v.InferOutput<typeof record>;
type State = v.InferOutput<typeof state>;

/** The state of one lab that is up. */
export class StateFile {
  readonly #path: string;
  readonly #state: State;

  private constructor(path: string, value: State) {
    this.#path = path;
    this.#state = value;
  }

  /** @throws Failure when the lab is up already. */
  static create(machine: Machine, lab: string, text: string): StateFile {
    const path = pathOf(machine, lab);
    mkdirSync(dirname(path), { recursive: true });
    const file = new StateFile(path, { schema: 'nsdiag.lab/1', lab, text, made: [], faults: [] });
    try {
      writeFileSync(path, file.#json(), { flag: 'wx' });
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
      throw new Failure(
        'usage',
        `Cannot bring up lab "${lab}": it is up already`,
        `Take it down: nsdiag lab down ${lab}`,
      );
    }
    return file;
  }

  /** @returns `undefined` when the lab is not up. @throws Failure when the file is not what we write. */
  static read(machine: Machine, lab: string): StateFile | undefined {
    const path = pathOf(machine, lab);
    try {
      return new StateFile(path, v.parse(state, JSON.parse(readFileSync(path, 'utf8'))));
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      const because = error instanceof Error ? error.message : String(error);
      throw new Failure(
        'bad-file',
        `Cannot read what lab "${lab}" has made: ${path} is not as nsdiag writes it: ${because}`,
        `Remove by hand what the lab made (nsdiag lab up ${lab} --dry-run shows it), then the file`,
      );
    }
  }

  get lab(): string {
    return this.#state.lab;
  }

  get text(): string {
    return this.#state.text;
  }

  get faults(): readonly string[] {
    return this.#state.faults;
  }

  get made(): readonly Recorded[] {
    return this.#state.made;
  }

  /** Note what is about to be made, or was started. */
  add(entry: Recorded): void {
    this.#state.made.push(entry);
    this.#save();
  }

  /** Say more about an entry. */
  amend(entry: Recorded, better: Recorded): void {
    this.#state.made = this.#state.made.map((each) => (each === entry ? better : each));
    this.#save();
  }

  /** Forget what is gone. */
  forget(entry: Recorded): void {
    this.#state.made = this.#state.made.filter((each) => each !== entry);
    this.#save();
  }

  addFault(name: string): void {
    this.#state.faults.push(name);
    this.#save();
  }

  /** The lab is down. */
  remove(): void {
    rmSync(this.#path, { force: true });
  }

  #json(): string {
    return `${JSON.stringify(this.#state, undefined, 2)}\n`;
  }

  #save(): void {
    const fresh = `${this.#path}.new`;
    writeFileSync(fresh, this.#json());
    renameSync(fresh, this.#path);
  }
}

/** The labs that are up, by name. */
export function labsUp(machine: Machine): readonly string[] {
  try {
    const files = readdirSync(folderOf(machine));
    return files.flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : [])).sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

function pathOf(machine: Machine, lab: string): string {
  return join(folderOf(machine), `${lab}.json`);
}

/** One folder a network: what is up in one is not up in another that shares its /run. */
function folderOf({ root, network }: Machine): string {
  return `${root}${FOLDER}/${network}`;
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
