/**
 * What ping prints, line by line. Written for iputils; the errors of busybox and inetutils are understood as well.
 *
 * Source: iputils ping/ping.c and ping/ping_common.c, as seen in Debian 12 (20221126) with LC_ALL=C.
 *
 * @module
 */

import type { ProbeError } from '../journey/observation.ts';
import { type Address, parseAddress } from '../net/address.ts';

/** Narrow on `kind`. */
export type PingLine =
  /** `from` need not be the address that was asked. */
  | { readonly kind: 'answer'; readonly from: Address | undefined; readonly isDuplicate: boolean }
  | { readonly kind: 'error'; readonly error: ProbeError }
  /** A router knows a better way: it forwards all the same. */
  | { readonly kind: 'redirect' }
  | { readonly kind: 'summary'; readonly sent: number }
  /** ping itself cannot do what it was asked: its words. */
  | { readonly kind: 'complaint'; readonly text: string }
  | { readonly kind: 'other' };

const ANSWER = /^\d+ bytes from ([0-9a-fA-F.:]+?)(?:%\S+)?: icmp_seq=\d+/;
const REMOTE_ERROR = /^From ([0-9a-fA-F.:]+?)(?:%\S+)?:? icmp_seq=\d+ (.+)$/;
/** What the sender's own kernel answered to connect, bind or send. */
const LOCAL_ERROR = /^ping6?: (?:connect|bind|sendmsg|sendto|sending packet|local error): (.+)$/;
/** ping's guess at EACCES, which the kernel gives for a broadcast address and for a route of type prohibit. */
const NOT_PERMITTED = /^ping6?: Do you want to ping broadcast\?/;
const SUMMARY = /^(\d+) packets transmitted, /;
const COMPLAINT = /^(?:ping6?|nsenter|setpriv): /;

/** Read one line, of stdout or stderr. */
export function readPingLine(line: string): PingLine {
  const answer = ANSWER.exec(line);
  if (answer) {
    return { kind: 'answer', from: parseAddress(answer[1] ?? ''), isDuplicate: line.includes('(DUP!)') };
  }
  const remote = REMOTE_ERROR.exec(line);
  if (remote) {
    const [, from = '', text = ''] = remote;
    return text.startsWith('Redirect')
      ? { kind: 'redirect' }
      : { kind: 'error', error: { from: parseAddress(from), text } };
  }
  const local = LOCAL_ERROR.exec(line);
  if (local) return { kind: 'error', error: { from: undefined, text: local[1] ?? '' } };
  if (NOT_PERMITTED.test(line)) return { kind: 'error', error: { from: undefined, text: 'Permission denied' } };
  const summary = SUMMARY.exec(line);
  if (summary) return { kind: 'summary', sent: Number(summary[1]) };
  return COMPLAINT.test(line) ? { kind: 'complaint', text: line } : { kind: 'other' };
}
