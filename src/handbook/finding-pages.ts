/**
 * The page of every finding of a saved capture that is no fault code as well.
 *
 * @module
 */

import { arpUnanswered } from './findings/arp-unanswered.ts';
import { badChecksum } from './findings/bad-checksum.ts';
import { captureIncomplete } from './findings/capture-incomplete.ts';
import { connectionRefused } from './findings/connection-refused.ts';
import { connectionReset } from './findings/connection-reset.ts';
import { delayedBetween } from './findings/delayed-between.ts';
import { dnsError } from './findings/dns-error.ts';
import { dnsUnanswered } from './findings/dns-unanswered.ts';
import { duplicateAck } from './findings/duplicate-ack.ts';
import { duplicatedBetween } from './findings/duplicated-between.ts';
import { echoUnanswered } from './findings/echo-unanswered.ts';
import { fastRetransmission } from './findings/fast-retransmission.ts';
import { fragmentMissing } from './findings/fragment-missing.ts';
import { halfOpen } from './findings/half-open.ts';
import { icmpUnreachable } from './findings/icmp-unreachable.ts';
import { keepAlive } from './findings/keep-alive.ts';
import { l2Loop } from './findings/l2-loop.ts';
import { lostBetween } from './findings/lost-between.ts';
import { lostSegment } from './findings/lost-segment.ts';
import { macFlapping } from './findings/mac-flapping.ts';
import { ndUnanswered } from './findings/nd-unanswered.ts';
import { oneWay } from './findings/one-way.ts';
import { outOfOrder } from './findings/out-of-order.ts';
import { reorderedBetween } from './findings/reordered-between.ts';
import { retransmission } from './findings/retransmission.ts';
import { rewrittenBetween } from './findings/rewritten-between.ts';
import { spuriousRetransmission } from './findings/spurious-retransmission.ts';
import { synUnanswered } from './findings/syn-unanswered.ts';
import { ttlExceeded } from './findings/ttl-exceeded.ts';
import { windowFull } from './findings/window-full.ts';
import { zeroWindow } from './findings/zero-window.ts';
import type { FindingPage } from './page.ts';

export const FINDING_PAGES: readonly FindingPage[] = [
  captureIncomplete,
  arpUnanswered,
  ndUnanswered,
  macFlapping,
  l2Loop,
  ttlExceeded,
  icmpUnreachable,
  echoUnanswered,
  synUnanswered,
  connectionRefused,
  connectionReset,
  halfOpen,
  oneWay,
  fragmentMissing,
  badChecksum,
  dnsUnanswered,
  dnsError,
  lostBetween,
  rewrittenBetween,
  delayedBetween,
  duplicatedBetween,
  reorderedBetween,
  retransmission,
  fastRetransmission,
  spuriousRetransmission,
  lostSegment,
  outOfOrder,
  duplicateAck,
  zeroWindow,
  windowFull,
  keepAlive,
];
