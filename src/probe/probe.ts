/**
 * The wire as a witness: send what is asked about, while a tcpdump listens in every namespace on the way.
 *
 * What it promises: every tcpdump listens before the first packet leaves; only packets with the probe's own mark are
 * counted (identity.ts); what it starts is gone when the cleanup stack is closed, and when we are killed; it sends to the
 * destination of the question and nowhere else. What it cannot do (a tool is missing, no permission, a namespace has
 * gone) stands in `notes`; with `sent: 0` nothing was tried, and the wire is no witness.
 *
 * It ends with the first answer, refusal or error. Silence it believes after a second, as `ping -W1` does; two packets
 * have had their chance by then, because the first may die of a neighbour entry that has gone stale.
 *
 * @module
 */

import { setTimeout } from 'node:timers/promises';
import { allLinks, findNetns, type Host, linksOf, type Netns } from '../host/host.ts';
import type { NetnsName } from '../host/link.ts';
import type { Observation } from '../journey/observation.ts';
import { type Address, familyOf } from '../net/address.ts';
import type { Port } from '../net/port.ts';
import type { ChildOptions } from '../system/child.ts';
import type { Question } from '../walk/question.ts';
import { errorsOf } from './errors.ts';
import { probeFilter, type Sought } from './filter.ts';
import type { Heard } from './kernel/witness.ts';
import { pingSender } from './ping.ts';
import { type Found, recognise } from './recognise.ts';
import { isIcmpError, type Seen } from './seen.ts';
import type { Effort, Sender, SenderRequest, Sent } from './sender.ts';
import { socketSender } from './socket.ts';
import { Watch } from './watch.ts';

export interface ProbeRequest extends ChildOptions {
  readonly host: Host;
  readonly question: Question;
  /** Where to listen; best in the order of the path, which decides where time stamps tie. */
  readonly watch: readonly NetnsName[];
  readonly effort?: Effort;
  /** Whether to ask the kernel what becomes of a packet that is lost, with one packet more. */
  readonly trace?: boolean;
}

/** As long as `ping -c1 -W1`; the second attempt still has most of it. */
const DEFAULT_EFFORT: Effort = { attempts: 2, intervalMs: 200, patienceMs: 1_000 };

/** An answer within one machine takes a millisecond; so late, the second attempt is lost as well. */
const SILENCE_MS = 300;

/** Send one probe and say what was seen of it. Throws only when it is aborted, with the reason. */
export async function probe(request: ProbeRequest): Promise<Observation> {
  const { host, question, watch, stack, signal } = request;
  const { effort: given = DEFAULT_EFFORT } = request;
  const effort = isSentOnce(question) ? { ...given, attempts: 1 } : given;
  const netns = findNetns(host, question.netns);
  if (netns === undefined) throw new Error(`the question is about ${question.netns}, which the host does not have`);

  const { sender, sought } = prepare({ netns, question, effort, stack, signal });
  const vxlanPorts = vxlanPortsOf(host);
  const filter = probeFilter(familyOf(question.destination), sought, vxlanPorts);
  const isLocal = localAddresses(host);
  const own = (seen: readonly Seen[]) => recognise(seen, { identity: sender.identity(), source: netns.name, isLocal });

  const enough = new AbortController();
  const onSeen = (seen: Seen, soFar: readonly Seen[]) => {
    // A socket is not told of every ICMP error about it (UDP: of few), and ping not of all.
    const comesHome = seen.netns === netns.name && seen.direction === 'in' && isIcmpError(seen);
    if (comesHome && own(soFar).some((found) => found.seen === seen)) enough.abort();
  };
  const watching = await Watch.start({ host, watch, filter, vxlanPorts, stack, signal, onSeen });
  signal?.throwIfAborted();
  const sending = sender.send(enough.signal);
  const isToTrace = request.trace === true && mayBeSentAgain(question, await lossOf(sending));
  // Loaded for a loss alone.
  const kernel = isToTrace
    ? await (await import('./kernel/witness.ts')).askKernel({
        netns,
        question,
        watched: watch.flatMap((name) => findNetns(host, name) ?? []),
        hasTunnels: vxlanPorts.length > 0,
        prepare: (to) => prepare(to).sender,
        stack,
        signal,
      })
    : undefined;
  const sent = await sending;
  signal?.throwIfAborted();
  const watched = await watching.finish();
  signal?.throwIfAborted();

  const found = own(watching.seen);
  const observation: Observation = {
    command: sender.command,
    sent: sent.sent,
    received: sent.received,
    refused: sent.refused,
    errors: errorsOf(found, sent.errors, netns.name),
    sightings: found.map(({ sighting }) => sighting),
    ...watched,
    notes: [...watched.notes, ...sent.notes],
  };
  if (kernel === undefined || sent.received > 0) return observation;
  const traced = recognise(watching.seen, { identity: kernel.identity, source: netns.name, isLocal });
  return withKernel(observation, kernel, traced);
}

type Loss = 'refused' | 'silence' | 'none';

/** `silence` is one so long that an answer is not to be expected any more. */
async function lossOf(sending: Promise<Sent>): Promise<Loss> {
  const early = await Promise.race([sending, setTimeout(SILENCE_MS, undefined, { ref: false })]);
  if (early === undefined) return 'silence';
  return early.sent > 0 && early.received === 0 ? 'refused' : 'none';
}

/** Whether one packet more can fare as the others did. A socket that still waits keeps the port that was asked for. */
function mayBeSentAgain(question: Question, loss: Loss): boolean {
  if (loss === 'none' || isSentOnce(question)) return false;
  return question.proto === 'icmp' || question.sourcePort === undefined || loss === 'refused';
}

/** The traced packet's own answer counts too: a loss that is not constant is no proof that nothing arrives. */
function withKernel(observation: Observation, kernel: Heard, found: readonly Found[]): Observation {
  if (kernel.sent.received > 0) {
    const lost = `${observation.sent === 1 ? 'The first packet was' : `The first ${observation.sent} packets were`} lost`;
    return {
      ...observation,
      sent: observation.sent + kernel.sent.sent,
      received: kernel.sent.received,
      notes: [...observation.notes, `${lost}, and one that was sent right after them was answered`],
    };
  }
  const sightings = found.flatMap(({ sighting }) => (sighting.what === 'packet' ? [sighting] : []));
  return { ...observation, kernel: kernel.conclude(sightings) };
}

/** A datagram that is not to be cut up: told that it was too long, the kernel would send the next one in pieces. */
function isSentOnce({ proto, dontFragment }: Question): boolean {
  return proto === 'udp' && dontFragment === true;
}

function prepare(request: SenderRequest): { readonly sender: Sender; readonly sought: Sought } {
  const { proto, port } = request.question;
  if (proto === 'icmp') return { sender: pingSender(request), sought: { kind: 'icmp' } };
  if (port === undefined) throw new Error(`a ${proto} probe needs a port`);
  const sender = socketSender(request, proto, port);
  return { sender, sought: sender.sought };
}

function vxlanPortsOf(host: Host): readonly Port[] {
  const ports = [...allLinks(host)].flatMap(({ link: { detail } }) =>
    detail.kind === 'vxlan' ? [detail.dstPort] : [],
  );
  return [...new Set(ports)];
}

function localAddresses(host: Host): (netns: NetnsName, address: Address) => boolean {
  const addressesOf = (netns: Netns) =>
    new Set(linksOf(netns).flatMap(({ addresses }) => addresses.map(({ address }) => address)));
  const byNetns = new Map(host.namespaces.map((netns) => [netns.name, addressesOf(netns)]));
  return (netns, address) => byNetns.get(netns)?.has(address) ?? false;
}
