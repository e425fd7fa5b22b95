/**
 * `--packet FILE:N`: which packet of which capture is asked about.
 *
 * @module
 */

import type { AnalysedCapture } from '../../postmortem/capture-analysis.ts';
import { counted } from '../../postmortem/counted.ts';
import { packetJourney, type SightingAt } from '../../postmortem/points/journey.ts';
import { type MatchedPoints, MOST_POINTS, type TooManyPoints } from '../../postmortem/points/match-points.ts';
import { Failure } from '../../system/failure.ts';
import { requireRead } from './unread.ts';

/** @throws Failure when there is no such packet, or nothing to follow it to. */
export function followPacket(
  packet: string,
  captures: readonly AnalysedCapture[],
  matched: MatchedPoints | TooManyPoints | undefined,
): readonly SightingAt[] {
  const colon = packet.lastIndexOf(':');
  const path = packet.slice(0, Math.max(0, colon));
  const number = Number(packet.slice(colon + 1));
  if (colon < 1 || !Number.isSafeInteger(number) || number < 1) {
    throw new Failure('usage', `Cannot follow ${packet}: it is no FILE:NUMBER`, 'Write it as in --packet a.pcap:7');
  }
  const index = captures.findIndex((each) => each.path === path);
  const capture = captures[index];
  if (capture === undefined) {
    throw new Failure('usage', `Cannot follow ${packet}: ${path} is not among the captures`, 'Name the file twice');
  }
  requireRead(capture);
  if (matched?.kind === 'too-many') {
    throw new Failure(
      'usage',
      `Cannot follow ${packet}: ${matched.points} places are more than are matched`,
      `Name captures of at most ${MOST_POINTS} places`,
    );
  }
  if (matched === undefined) {
    throw new Failure(
      'usage',
      `Cannot follow ${packet}: everything was captured at one place`,
      'Name a capture of another place as well',
    );
  }
  const journey = packetJourney(matched, index, number);
  if (journey === undefined) {
    const { packets } = capture.summary;
    throw new Failure('not-found', `Cannot follow ${packet}: the capture has ${counted(packets, 'packet')}`);
  }
  return journey;
}
