/**
 * XDP programs and tc filters of which the model cannot tell which frames they take, weighed by the wire: the one behind
 * which the packet was no longer seen is guilty, all others are taken to let it pass. Without the wire nobody is: a
 * program is not to be taken off a device on suspicion.
 *
 * Source: where tcpdump sees a frame in relation to them, host/interceptor.ts. Seen in test/live/kernel-tc.test.ts.
 *
 * @module
 */

import { applyEdit } from '../host/apply.ts';
import { allLinks, type Host, sameDevice } from '../host/host.ts';
import type { DeviceRef } from '../host/link.ts';
import type { Suspect } from '../journey/fate.ts';
import type { RoundTrip } from '../journey/journey.ts';
import type { Observation } from '../journey/observation.ts';
import type { Step } from '../journey/step.ts';
import { walkRoundTrip } from '../walk/round-trip.ts';
import type { Prediction } from './diagnosis.ts';
import { directionOf, sightingOf } from './hops.ts';
import { predict } from './predict.ts';

const SUSPECTED = ['xdp-drop', 'tc-drop'];

/** The prediction, with what the wire shows of the suspects; the same one where there are none. */
export function weighSuspects(
  host: Host,
  prediction: Prediction,
  observation: Observation | undefined,
): { readonly host: Host; readonly prediction: Prediction; readonly notes: readonly string[] } {
  const suspects = suspectsIn(host);
  const { question } = prediction;
  if (suspects.length === 0) return { host, prediction, notes: [] };
  if (observation === undefined) return { host, prediction: withoutSuspicion(prediction), notes: [] };
  const trip = walkRoundTrip(suspects.reduce(without, host), question);
  const met = suspects.filter(({ at }) => stepsOf(trip).some((step) => isAt(step, at)));
  const guilty = observation.received > 0 ? undefined : met.find((each) => isGuilty(each, trip, observation));
  const innocent = met.filter((each) => each !== guilty);
  const acquitted = innocent.reduce(without, host);
  return {
    host: acquitted,
    prediction: acquitted === host ? prediction : predict(acquitted, question),
    notes: innocent.map(
      ({ at, interceptor }) =>
        `${at.netns} ${at.device} has ${interceptor.name}: which frames it takes is not known, and the wire does not show that it takes this one`,
    ),
  };
}

/** What nobody can tell by looking. */
function suspectsIn(host: Host): readonly Suspect[] {
  return [...allLinks(host)].flatMap(({ netns, link }) =>
    (link.interceptors ?? []).flatMap((interceptor) =>
      interceptor.takes.kind === 'unknown' ? [{ at: { netns: netns.name, device: link.name }, interceptor }] : [],
    ),
  );
}

function without(host: Host, { at, interceptor }: Suspect): Host {
  return applyEdit(host, { kind: 'interceptor-delete', ...at, interceptor });
}

/** No cause hangs on it: the verdict stays undecided, with the reason. */
function withoutSuspicion(prediction: Prediction): Prediction {
  const first = prediction.causes.findIndex(
    ({ finding, fix }) => SUSPECTED.includes(finding.code) && fix.length > 0 && finding.what.includes(' may drop it'),
  );
  if (first < 0) return prediction;
  const { proof: _, ...rest } = prediction;
  return {
    ...rest,
    causes: prediction.causes.slice(0, first),
    walked: prediction.walked.slice(0, first),
    proof: undefined,
  };
}

/** Whether the packet was seen up to it, and no further. */
function isGuilty({ at, interceptor }: Suspect, trip: RoundTrip, observation: Observation): boolean {
  const steps = stepsOf(trip);
  const isSeen = ({ step, leg }: Placed) => sightingOf(step, leg, observation) !== undefined;
  const shown = legsOf(trip).filter(({ step }) => directionOf(step) !== undefined);
  const last = shown.findLastIndex(isSeen);
  const missing = shown[last + 1];
  if (missing !== undefined && !observation.watched.includes(missing.step.netns)) return false;
  if (interceptor.sort.kind !== 'xdp' && interceptor.side === 'ingress') {
    // It stands behind tcpdump: the packet was seen on the device, and nowhere later.
    return shown[last] !== undefined && isAt(shown[last].step, at) && directionOf(shown[last].step) === 'in';
  }
  if (missing === undefined) return false;
  if (isAt(missing.step, at)) return directionOf(missing.step) === (interceptor.side === 'egress' ? 'out' : 'in');
  // It may have taken the question for the neighbour's MAC, or the answer: then the packet itself never left.
  const from = steps.indexOf(missing.step);
  const next = steps.findIndex((step, index) => index > from && step.stage === 'route');
  const segment = steps.slice(from, next < 0 ? undefined : next);
  return directionOf(missing.step) === 'out' && segment.some((step) => isAt(step, at));
}

interface Placed {
  readonly step: Step;
  readonly leg: 'request' | 'reply';
}

function legsOf({ request, reply }: RoundTrip): readonly Placed[] {
  return [request, ...(reply === undefined ? [] : [reply])].flatMap(({ leg, steps }) =>
    steps.map((step) => ({ step, leg })),
  );
}

function stepsOf(trip: RoundTrip): readonly Step[] {
  return legsOf(trip).map(({ step }) => step);
}

function isAt({ netns, device }: Step, at: DeviceRef): boolean {
  return device !== undefined && sameDevice({ netns, device }, at);
}
