/**
 * One step of building or breaking a lab: a command, what it is for, and what it adds that has to go again.
 *
 * @module
 */

import type { Argv } from '../system/run.ts';
import { HOST } from './commands.ts';
import type { FrameSwitch, Listener } from './schema.ts';

/**
 * Something that is there because of a lab and does not go with anything else of it. Kept in the lab's state file,
 * so that `lab down` knows what is its own, whatever happened since.
 */
export type Made =
  | { readonly kind: 'netns'; readonly name: string }
  /** A device of the host. */
  | { readonly kind: 'device'; readonly name: string }
  /** A sysctl of the host, in the form that it was written in. */
  | { readonly kind: 'sysctl'; readonly key: string }
  /**
   * A table of iptables, in the host's nft ruleset: the first rule makes it, and the last one leaves it behind, empty.
   * (The legacy iptables has no such tables, and leaves nothing.)
   */
  | { readonly kind: 'iptables-table'; readonly family: 'ip' | 'ip6'; readonly name: string }
  /** A file or folder, where there was none. */
  | { readonly kind: 'file' | 'folder'; readonly path: string }
  /** Anything else on the host: `remove` takes it back. */
  | { readonly kind: 'setting'; readonly remove: Argv };

/** What a step is for, as a line above its commands: "bridge br0 of the host". */
interface Purpose {
  readonly purpose: string;
}

/** Narrow on `kind`. */
export type Step =
  | (Purpose & { readonly kind: 'command'; readonly argv: Argv; readonly made: readonly Made[] })
  /** A text file, put in the place of what is there. */
  | (Purpose & { readonly kind: 'write'; readonly path: string; readonly lines: readonly string[] })
  /** A program that is left running. */
  | (Purpose & { readonly kind: 'listen'; readonly argv: Argv; readonly listener: Listener })
  | (Purpose & { readonly kind: 'switch'; readonly argv: Argv; readonly started: FrameSwitch })
  | (Purpose & { readonly kind: 'stop'; readonly listener: string });

/** A step that runs a command. */
export function command(purpose: string, argv: Argv, ...made: readonly Made[]): Step {
  return { kind: 'command', purpose, argv, made };
}

/** What a command in `netns` leaves behind when the lab's own namespaces are gone: nothing, except on the host. */
export function onHost(netns: string, ...made: readonly Made[]): readonly Made[] {
  return netns === HOST ? made : [];
}

/** The table that a command of iptables may bring about. */
export function iptablesTable(argv: Argv): readonly Made[] {
  const [program] = argv;
  if (program !== 'iptables' && program !== 'ip6tables') return [];
  const given = argv.indexOf('-t');
  const name = (given < 0 ? undefined : argv[given + 1]) ?? 'filter';
  return [{ kind: 'iptables-table', family: program === 'iptables' ? 'ip' : 'ip6', name }];
}
