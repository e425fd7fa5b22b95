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
  const guilty = observation.received > 0 ? undefined : guiltyOf(met, trip, observation);
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

/** The one behind which the packet was no longer seen; else one that may have taken the question for a MAC, or the answer. */
function guiltyOf(met: readonly Suspect[], trip: RoundTrip, observation: Observation): Suspect | undefined {
  const shown = legsOf(trip).filter(({ step }) => directionOf(step) !== undefined);
  const last = shown.findLastIndex(({ step, leg }) => sightingOf(step, leg, observation) !== undefined);
  const [seen, missing] = [shown[last]?.step, shown[last + 1]?.step];
  if (missing !== undefined && !observation.watched.includes(missing.netns)) return undefined;
  const there = met.find((each) => standsBetween(each, seen, missing));
  if (there !== undefined || missing === undefined || directionOf(missing) !== 'out') return there;
  // Who does not learn the neighbour's MAC sends nothing.
  const steps = stepsOf(trip);
  const from = steps.indexOf(missing);
  const next = steps.findIndex((step, index) => index > from && step.stage === 'route');
  const segment = steps.slice(from, next < 0 ? undefined : next);
  return met.find(({ at }) => segment.some((step) => isAt(step, at)));
}

/** Behind tcpdump where that saw the packet last, or ahead of it where it should have seen it next. */
function standsBetween({ at, interceptor }: Suspect, seen: Step | undefined, missing: Step | undefined): boolean {
  if (interceptor.sort.kind !== 'xdp' && interceptor.side === 'ingress') {
    return seen !== undefined && isAt(seen, at) && directionOf(seen) === 'in';
  }
  const direction = interceptor.side === 'egress' ? 'out' : 'in';
  return missing !== undefined && isAt(missing, at) && directionOf(missing) === direction;
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
