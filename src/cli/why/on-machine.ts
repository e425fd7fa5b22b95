/**
 * This machine as the ground of a question: every namespace is read, and the wire and the kernel are heard.
 *
 * @module
 */

import { setTimeout } from 'node:timers/promises';
import { inodeOfWord } from '../../collect/netns-inode.ts';
import type { Prediction } from '../../diagnosis/diagnosis.ts';
import { type Host, linksOf } from '../../host/host.ts';
import type { NetnsName } from '../../host/link.ts';
import { lastJourney, type RoundTrip } from '../../journey/journey.ts';
import type { Observation } from '../../journey/observation.ts';
import { withPathMtu } from '../../probe/path-mtu.ts';
import { probe } from '../../probe/probe.ts';
import { askRoutes } from '../../probe/route-get.ts';
import { withTxChecksumming } from '../../probe/tx-checksumming.ts';
import type { Recording } from '../../recording/recording.ts';
import { hostOf } from '../../recording/to-host.ts';
import { type CleanupFailure, CleanupStack } from '../../system/cleanup.ts';
import { howToInstall } from '../../system/debian-package.ts';
import { Failure } from '../../system/failure.ts';
import { readEtcFile } from './etc-files.ts';
import type { Ground } from './ground.ts';
import { parseHostsFile } from './hosts-file.ts';
import { startReading } from './reading.ts';
import { resolveName } from './resolve-name.ts';
import { sysctlFiles } from './sysctl-files.ts';

const NAMES_NEED_PACKETS =
  'its hosts file does not have it; to ask a name server for it would send packets, and --no-probe sends none';

/**
 * @param asked `probe`: whether to ask the wire, which sends packets; `trace`: whether the kernel tells what became of one
 * that is lost.
 * @param signal Ends it early, with everything that was started.
 * @param begun A reading that is under way, for the first look.
 */
export async function onMachine(
  { probe: isToProbe, trace: isToTrace }: { readonly probe: boolean; readonly trace: boolean },
  signal: AbortSignal,
  begun: Promise<Recording> | undefined,
): Promise<Ground> {
  let next = begun;
  let last: Recording | undefined;
  const takingBack = new Set<Promise<readonly CleanupFailure[]>>();
  return {
    look: async () => {
      const recording = await (next ?? startReading(signal));
      next = undefined;
      last = recording;
      const host = hostOf(recording);
      return { ...host, notes: [...host.notes, ...missingPrograms(recording)] };
    },
    recorded: () => last,
    inodeOf: inodeOfWord,
    hostsFile: (netns) => parseHostsFile(readEtcFile(netns, 'hosts').text),
    resolve: async (netns, name) =>
      isToProbe ? resolveName(netns, name, signal) : { kind: 'not-asked', why: NAMES_NEED_PACKETS },
    learn: (host, question) => withPathMtu(host, question, signal),
    sysctlFiles,
    askOffloads: (host, devices) => withTxChecksumming(host, devices, signal),
    settle: () => setTimeout(500, undefined, { signal }),
    hear: async (host, prediction) => {
      const silence = isToProbe ? whyNotSent(prediction) : 'The wire was not asked: --no-probe';
      // tcpdumps first: they take the longest.
      const [observation, routes] = await Promise.all([
        silence === undefined
          ? observe(host, prediction, isToTrace, signal, (stack) => takingBack.add(stack.close()))
          : undefined,
        askRoutes(host, prediction.trip, signal),
      ]);
      signal.throwIfAborted();
      return { observation, routes, notes: silence === undefined ? [] : [silence] };
    },
    leave: async () => {
      const [left] = (await Promise.all(takingBack)).flat();
      takingBack.clear();
      if (left === undefined) return;
      throw new Failure('command-failed', `Cannot take back ${left.what}: ${left.because}`, `Run: ${left.byHand}`);
    },
  };
}

/** Node cannot set DF: of a datagram too long for its own way out, the kernel would send pieces, and nobody asked for those. */
function whyNotSent({ question, trip: { request } }: Prediction): string | undefined {
  if (question.proto !== 'udp' || request.fate.kind !== 'dropped') return undefined;
  const { reason } = request.fate;
  return reason.kind === 'mtu-exceeded' && reason.by.kind === 'sender'
    ? 'The wire was not asked: a datagram that is longer than its own way out is not sent in one piece'
    : undefined;
}

/** What could not be read for want of a program, and how to get it. */
function missingPrograms({ namespaces }: Recording): readonly string[] {
  const outputs = namespaces.flatMap((namespace) => Object.values(namespace.outputs));
  const missing = new Set(outputs.flatMap(({ exitCode, command }) => (exitCode === null ? (command[0] ?? []) : [])));
  return [...missing].map((program) => {
    const how = howToInstall(program);
    return `${program} is not installed${how === undefined ? '' : ` (${how})`}: what it tells was not read`;
  });
}

/** @param done Given what the probe leaves to be taken back, which takes the kernel a while. */
async function observe(
  host: Host,
  prediction: Prediction,
  trace: boolean,
  signal: AbortSignal,
  done: (stack: CleanupStack) => void,
): Promise<Observation> {
  const stack = new CleanupStack();
  try {
    const watch = watchedBy(host, prediction);
    return await probe({ host, question: prediction.question, watch, trace, stack, signal });
  } finally {
    done(stack);
  }
}

/** So many tcpdumps start in a tenth of a second. */
const MOST_LISTENERS = 16;

/** A refusal by the kernel itself goes back by a way that is not walked. */
function isWayKnown(trip: RoundTrip): boolean {
  const { fate } = lastJourney(trip);
  return fate.kind !== 'undecided' && !(fate.kind === 'dropped' && fate.reason.kind === 'no-socket');
}

/**
 * Where to listen: along the predicted path, and where the destination is, should the prediction be wrong. Where the
 * model does not know the way to its end, everywhere, as far as that goes.
 */
function watchedBy(host: Host, { question, trip }: Prediction): readonly NetnsName[] {
  const steps = [...trip.request.steps, ...(trip.reply?.steps ?? [])];
  const owners = host.namespaces.filter((netns) =>
    linksOf(netns).some(({ addresses }) => addresses.some(({ address }) => address === question.destination)),
  );
  const likely = new Set([question.netns, ...steps.map(({ netns }) => netns), ...owners.map(({ name }) => name)]);
  if (isWayKnown(trip)) return [...likely];
  const others = host.namespaces.map(({ name }) => name).filter((name) => !likely.has(name));
  return [...likely, ...others.slice(0, Math.max(0, MOST_LISTENERS - likely.size))];
}
