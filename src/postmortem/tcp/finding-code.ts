/**
 * The findings that are of TCP, of all that a capture can show.
 *
 * @module
 */

import type { FindingCode } from '../finding-code.ts';

export type TcpFindingCode = Extract<
  FindingCode,
  | 'syn-unanswered'
  | 'connection-refused'
  | 'connection-reset'
  | 'half-open'
  | 'one-way'
  | 'mtu-blackhole'
  | 'retransmission'
  | 'fast-retransmission'
  | 'spurious-retransmission'
  | 'lost-segment'
  | 'out-of-order'
  | 'duplicate-ack'
  | 'zero-window'
  | 'window-full'
  | 'keep-alive'
>;
