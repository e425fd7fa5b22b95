/**
 * The command line of `nsdiag capture`, checked before anything is looked at.
 *
 * @module
 */

import type { NetnsName } from '../../host/link.ts';
import { Failure } from '../../system/failure.ts';

/** Every option, as commander hands it over. */
export interface CaptureOptions {
  readonly all?: boolean;
  readonly between?: readonly string[];
  readonly filter?: string;
  readonly write?: string;
  readonly split?: boolean;
  readonly count?: string;
  readonly duration?: string;
  readonly snaplen?: string;
  readonly json?: boolean;
}

/** A namespace to listen in, once it is known to be there. */
export interface PointName {
  readonly netns: NetnsName;
  /** `undefined`: all of its devices. */
  readonly devices: ReadonlySet<string> | undefined;
}

/** Where to listen, in the person's words. */
export type Where =
  | { readonly kind: 'all' }
  | { readonly kind: 'between'; readonly from: string; readonly to: string }
  | { readonly kind: 'named'; readonly words: readonly string[] };

export interface CaptureRequest {
  readonly where: Where;
  /** Run in the first namespace; the capture ends with it. */
  readonly program: readonly string[] | undefined;
  readonly filter: string;
  /** `-` is standard output. */
  readonly file: string | undefined;
  readonly isSplit: boolean;
  /** So many packets are followed, then it ends. */
  readonly count: number | undefined;
  readonly durationMs: number | undefined;
  readonly snapLengthBytes: number;
  readonly isJson: boolean;
}

/** All headers that matter, tunnelled and with options, and a little of what is carried: at full length tcpdump itself drops. */
const SNAP_LENGTH_BYTES = 200;
/** Below, a tunnelled header is cut, and nothing can be followed. */
const LEAST_SNAP_LENGTH_BYTES = 128;
const MOST_SNAP_LENGTH_BYTES = 262_144;
/** Longer, setTimeout would fire at once. */
const MOST_DURATION_S = 2 ** 31 / 1000 - 1;

/**
 * @param isTerminal Whether standard output is a person's terminal.
 * @throws Failure `usage` for words that do not go together.
 */
export function parseRequest(
  words: readonly string[],
  program: readonly string[] | undefined,
  options: CaptureOptions,
  isTerminal: boolean,
): CaptureRequest {
  const { filter = '', write, split = false, json = false } = options;
  if (split && (write === undefined || write === '-')) {
    throw usage('Cannot split what is not written to a file', 'Add -w FILE');
  }
  if (write === '-' && json) {
    throw usage('Cannot write packets and JSON to the same place', 'Give -w a file, or leave out --json');
  }
  if (write === '-' && isTerminal) {
    throw usage('Cannot write packets to a terminal', 'Give -w a file, or pipe them: -w - | tshark -r -');
  }
  if (program?.length === 0) throw usage('Cannot run nothing behind --', 'Give a command: -- ping -c3 10.0.2.1');
  const { count, duration, snaplen } = options;
  return {
    where: whereOf(words, options),
    program,
    filter,
    file: write,
    isSplit: split,
    count: count === undefined ? undefined : parseNumber('--count', count, 1, Number.MAX_SAFE_INTEGER),
    durationMs: duration === undefined ? undefined : parseSeconds(duration),
    snapLengthBytes:
      snaplen === undefined
        ? SNAP_LENGTH_BYTES
        : parseNumber('--snaplen', snaplen, LEAST_SNAP_LENGTH_BYTES, MOST_SNAP_LENGTH_BYTES),
    isJson: json,
  };
}

function whereOf(words: readonly string[], { all = false, between }: CaptureOptions): Where {
  const given = [words.length > 0, all, between !== undefined].filter(Boolean).length;
  if (given === 0) {
    throw usage('Cannot capture nowhere', 'Name namespaces (nsdiag capture ns1 ns2), or add --between A B, or --all');
  }
  if (given > 1) {
    throw usage(
      'Cannot tell where to capture: namespaces, --between and --all exclude one another',
      'Leave out all but one',
    );
  }
  if (all) return { kind: 'all' };
  if (between === undefined) return { kind: 'named', words };
  const [from, to, ...rest] = between;
  if (from === undefined || to === undefined || rest.length > 0) {
    throw usage('Cannot capture between one place and nothing: --between takes two', 'As in: --between ns1 ns2');
  }
  return { kind: 'between', from, to };
}

function parseNumber(option: string, text: string, least: number, most: number): number {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw usage(`Cannot use ${option} "${text}": it is no number from ${least} to ${most}`);
}

function parseSeconds(text: string): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds > 0 && seconds <= MOST_DURATION_S) return seconds * 1000;
  throw usage(`Cannot use --duration "${text}": it is no number of seconds`, 'As in: --duration 10, --duration 0.5');
}

function usage(message: string, hint?: string): Failure {
  return new Failure('usage', message, hint);
}
