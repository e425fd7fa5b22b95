/**
 * A capture from its first tcpdump to what ends it: all listen before anybody is told so, and what appears or goes
 * meanwhile is noticed.
 *
 * @module
 */

import { findNetns, type Netns } from '../../host/host.ts';
import { escapeText } from '../../report/escape.ts';
import { Failure } from '../../system/failure.ts';
import type { Writer } from '../io.ts';
import { NetnsWatch } from './netns-watch.ts';
import type { Session } from './session.ts';
import { WAIT_MS } from './tracking.ts';

/** How many are named. */
const MOST_NAMES = 12;

/**
 * Listen in all that were asked for.
 *
 * @returns Those, in the order in which they were asked for.
 * @throws Failure where nobody can, or not where it was asked for by name.
 */
export async function listen(session: Session, stderr: Writer): Promise<readonly Netns[]> {
  const { request, host, chosen, places, file, live, output, signal } = session;
  // Numbers are given in this order.
  const targets = chosen.points.flatMap((point) => findNetns(host, point.netns) ?? []);
  for (const [stream, point] of chosen.points.entries()) {
    places.listen(stream, point);
    await file?.listen(stream, point.netns);
  }
  const joined = await live.join(targets);
  const failed = joined.flatMap((each, at) =>
    each.kind === 'failed' ? [{ why: each.why, name: targets[at]?.name }] : [],
  );
  for (const { name, why } of failed) {
    if (request.where.kind === 'named' || failed.length === joined.length) throw cannotListen(String(name), why);
    output.notice(`Cannot listen in ${name}: ${why}`);
  }
  signal.throwIfAborted();
  const names = targets.filter((_, at) => joined[at]?.kind === 'listening').map(({ name }) => name);
  if (!request.isJson) stderr.write(`${escapeText(listeningText(names))}\n`);
  for (const note of chosen.notes) output.notice(note);
  return targets;
}

/** @param first The namespace in which the program is run, where there is one. */
export async function untilOver(session: Session, first: Netns | undefined): Promise<void> {
  const { request, live, output, newcomers, ending } = session;
  const { onDevices, onNamed } = newcomers;
  const watch = new NetnsWatch({ live, notice: output.notice, onDevices, onNamed });
  try {
    await ending.wait({
      durationMs: request.durationMs,
      program: request.program,
      entry: first?.entry,
      programOutput: request.isJson || request.file === '-' ? 'stderr' : 'stdout',
      // What is under way may still arrive.
      lingerMs: WAIT_MS + 50,
    });
  } finally {
    watch.end();
  }
  await newcomers.settled;
}

function cannotListen(name: string, why: string): Failure {
  return new Failure('command-failed', `Cannot listen in ${name}`, hintFor(why), why);
}

/** By tcpdump's own words. */
function hintFor(why: string): string | undefined {
  if (/ethernet addresses supported only|filters supported only on|not a broadcast link|no VLAN support/.test(why)) {
    return 'All devices of a namespace are listened at together, without Ethernet headers; one device with them: sudo tshark -i NS:DEVICE, after nsdiag extcap --install';
  }
  return /syntax error|parse|expression|filter/i.test(why) ? 'See pcap-filter(7) for --filter' : undefined;
}

function listeningText(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `Listening in ${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? `, and ${more} more` : ''}; Ctrl-C ends`;
}
