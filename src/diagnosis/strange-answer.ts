/**
 * The finding `wrong-source` of an answer that the wire shows: a UDP service sends from another address of its namespace
 * than was asked, by a socket of its own. The model cannot know: what a program binds its answers to, no tool lists.
 *
 * Source: net/ipv4/udp.c __udp4_lib_lookup(): a connected socket takes nothing from anybody else.
 *
 * @module
 */

import type { Finding } from '../faults/finding.ts';
import type { Observation } from '../journey/observation.ts';
import type { Question } from '../walk/question.ts';
import { heardText } from './compare.ts';
import type { Cause } from './diagnosis.ts';
import { isPacket } from './hops.ts';

/** The cause, where the asker was answered by an address that it did not ask. */
export function strangeAnswer(question: Question, observation: Observation): Cause | undefined {
  const packets = observation.sightings.filter(isPacket);
  const answers = packets.filter(({ leg }) => leg === 'reply');
  // Both as they are outside of the asker's own translations.
  const asked = packets.find(
    ({ netns, leg, direction }) => netns === question.netns && leg === 'request' && direction === 'out',
  );
  const sent = answers.find(({ direction }) => direction === 'out');
  const arrived = answers.findLast(({ netns, direction }) => netns === question.netns && direction === 'in');
  if (asked === undefined || sent === undefined || arrived === undefined) return undefined;
  if (arrived.source === asked.destination) return undefined;
  const by =
    sent.source === arrived.source
      ? `: what listens in ${sent.netns} answers from that address`
      : `; ${sent.netns} sent it from ${sent.source}, which was translated on the way`;
  const finding: Finding = {
    code: 'wrong-source',
    title: 'The answer comes from another address than was asked',
    netns: sent.netns,
    device: sent.device,
    leg: 'reply',
    what: `${question.netns} asked ${question.destination} and is answered by ${arrived.source}${by}`,
    why: 'An answer belongs to a question only if it comes from the address that was asked; a service on several addresses has to answer from the one at which it was reached',
    evidence: [
      { witness: 'wire', command: undefined, text: `at ${arrived.netns} ${arrived.device}: ${arrived.text}` },
      { witness: 'wire', command: observation.command, text: heardText(observation) },
    ],
    repairs: [],
  };
  return { finding, fix: [], alternatives: [] };
}
