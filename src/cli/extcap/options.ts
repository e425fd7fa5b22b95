/**
 * What Wireshark's dialog asks of an interface (the gear beside it), and what it answers with.
 *
 * Source: extcap(4), the sentences `arg` and `value`.
 *
 * @module
 */

import { Failure } from '../../system/failure.ts';
import { word } from './protocol.ts';

/** Of packets, as tcpdump's -Q takes it. */
const DIRECTIONS = { inout: 'in and out', in: 'in', out: 'out' } as const;
/** What people expect of Wireshark: whole packets. MAXIMUM_SNAPLEN of libpcap. */
const MOST_BYTES = 262_144;
/** Ethernet, IPv4 and TCP with its options. */
const LEAST_BYTES = 64;

export interface CaptureOptions {
  readonly snapLengthBytes: number;
  readonly direction: keyof typeof DIRECTIONS;
}

/** The answer to --extcap-config. */
export const CONFIG_LINES: readonly string[] = [
  argument(0, '--snaplen', 'Bytes of each packet', 'unsigned', 'With fewer, tcpdump drops less under a flood') +
    word('range', `${LEAST_BYTES},${MOST_BYTES}`) +
    word('default', String(MOST_BYTES)),
  argument(1, '--direction', 'Packets that go', 'selector', 'As seen from the device'),
  ...Object.entries(DIRECTIONS).map(
    ([value, display]) =>
      `value ${word('arg', '1')}${word('value', value)}${word('display', display)}${word('default', String(value === 'inout'))}`,
  ),
];

/** @throws Failure for what the dialog does not offer. */
export function captureOptions(snaplen: string | undefined, direction: string | undefined): CaptureOptions {
  const bytes = snaplen === undefined ? MOST_BYTES : Number(snaplen);
  if (!Number.isInteger(bytes) || bytes < LEAST_BYTES || bytes > MOST_BYTES) {
    throw new Failure(
      'usage',
      `Cannot use --snaplen "${snaplen}": it is no number from ${LEAST_BYTES} to ${MOST_BYTES}`,
    );
  }
  const chosen = direction ?? 'inout';
  if (chosen === 'inout' || chosen === 'in' || chosen === 'out') return { snapLengthBytes: bytes, direction: chosen };
  throw new Failure('usage', `Cannot use --direction "${direction}": there are ${Object.keys(DIRECTIONS).join(', ')}`);
}

function argument(number: number, call: string, display: string, type: string, tooltip: string): string {
  return `arg ${word('number', String(number))}${word('call', call)}${word('display', display)}${word('type', type)}${word('tooltip', tooltip)}`;
}
