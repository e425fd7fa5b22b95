/** Rulesets as real programs wrote them: nothing that people usually ask of such a machine is undecided. */

import { expect, test } from 'vitest';
import { isRoundTripDelivered, lastJourney } from '../../../src/journey/journey.ts';
import { walkRoundTrip } from '../../../src/walk/round-trip.ts';
import { ask } from '../../helpers/ask.ts';
import { HOSTINGS, hostingHost } from '../../helpers/hosting.ts';

test.each(
  HOSTINGS.flatMap((hosting) => hosting.questions.map((question) => ({ hosting, program: hosting.program, question }))),
)('walkRoundTrip() decides what $program makes of $question.claim', ({ hosting, question }) => {
  const { from, to, port, answered } = question;
  const trip = walkRoundTrip(hostingHost(hosting), ask(from, to, port === undefined ? {} : { to: port }));
  const { fate } = lastJourney(trip);

  expect({ delivered: isRoundTripDelivered(trip), fate }).toEqual({ delivered: answered, fate });
  expect(fate.kind).not.toBe('undecided');
});
