/**
 * The kernel as a witness of a loss: one more packet of the same kind, sent while tracefs and nft tell what becomes of it.
 *
 * It runs beside a probe that waits in vain, or after one that was refused, under that probe's tcpdumps; so a healthy
 * network never sees it, and a broken one is not kept waiting. Whatever cannot be had (no tracefs, no nft, no permission)
 * is an obstacle to be told, never an error. It changes nothing that decides about packets, and all of it is gone when the
 * cleanup stack is closed, or when we are killed.
 *
 * @module
 */

import { randomBytes, randomInt } from 'node:crypto';
import type { Netns } from '../../host/host.ts';
import type { KernelEvent, KernelTrace } from '../../journey/kernel-trace.ts';
import type { Sighting } from '../../journey/observation.ts';
import { familyOf } from '../../net/address.ts';
import { type Port, toPort } from '../../net/port.ts';
import type { ChildOptions } from '../../system/child.ts';
import { isInstalled } from '../../system/installed.ts';
import type { Question } from '../../walk/question.ts';
import type { Identity } from '../identity.ts';
import { MARK_AT } from '../own-packet.ts';
import type { Effort, Sender, SenderRequest, Sent } from '../sender.ts';
import { follow } from './follow.ts';
import { type NftMark, NftTrace, nftRulesIn } from './nft-trace.ts';
import type { RuleTook } from './nft-trace-text.ts';
import type { TraceText } from './trace-text.ts';
import { TraceInstance } from './tracefs.ts';

export interface WitnessRequest extends ChildOptions {
  /** Where the probe starts. */
  readonly netns: Netns;
  readonly question: Question;
  /** Namespaces on the way, which tcpdump watches meanwhile. */
  readonly watched: readonly Netns[];
  readonly hasTunnels: boolean;
  readonly prepare: (request: SenderRequest) => Sender;
}

/** What was heard, to be joined with what tcpdump saw of the same packet once that is complete. */
export interface Heard {
  readonly identity: Identity;
  readonly sent: Sent;
  readonly conclude: (sightings: readonly Sighting[]) => KernelTrace;
}

/** What becomes of a packet takes microseconds; neighbours have been asked for by the probe before. */
const EFFORT: Effort = { attempts: 1, intervalMs: 200, patienceMs: 150 };

/** Send one packet, and listen to the kernel. */
export async function askKernel(request: WitnessRequest): Promise<Heard> {
  const { netns, watched, prepare, stack, signal } = request;
  const question = { ...request.question, payloadBytes: payloadBytesFor(request.question) };
  const mark = `nsdiag-${randomBytes(6).toString('hex')}`;
  const sourcePort = question.sourcePort ?? randomSourcePort();
  const tracefs = await TraceInstance.start({
    family: familyOf(question.destination),
    lengthsBytes: lengthsOf(question, request.hasTunnels),
    stack,
    signal,
  });
  const sender = prepare({
    netns,
    question,
    effort: EFFORT,
    stack,
    signal,
    enter: (argv) => (tracefs.kind === 'tracing' ? tracefs.trace.marked(mark, argv) : argv),
    sourcePort,
  });
  const nft = await startNft(watched, nftMark(question, sender, sourcePort), { stack, signal });
  const sent = await sender.send(new AbortController().signal);
  const rules = await Promise.all(nft.traces.map(async (trace) => ({ trace, took: await trace.finish() })));
  const text = tracefs.kind === 'tracing' ? await tracefs.trace.finish() : undefined;
  const obstacles = [
    ...(tracefs.kind === 'failed' ? [`not traced by tracefs: ${tracefs.why}`] : lostText(text)),
    ...nft.obstacles,
  ];
  return {
    identity: sender.identity(),
    sent,
    conclude: (sightings) => ({
      events: [
        ...rules.flatMap(({ trace, took }) => took.map((rule) => ruleEvent(rule, trace, sightings))),
        ...follow(text?.records ?? [], { sightings, source: netns.name, mark }),
      ],
      heard: { tracefs: tracefs.kind === 'tracing', nft: nft.traces.map((trace) => trace.netns) },
      obstacles,
    }),
  };
}

/** So small a packet fits every link: its length is ours to choose. */
const SMALL_BYTES = 200;
const ODD_LENGTHS = { from: 57, to: 199 } as const;

/** An odd length that hardly anybody else sends, where the length cannot be what matters. */
function payloadBytesFor({ proto, payloadBytes }: Question): number {
  if (proto === 'tcp' || payloadBytes >= SMALL_BYTES) return payloadBytes;
  return ODD_LENGTHS.from + 2 * randomInt((ODD_LENGTHS.to - ODD_LENGTHS.from) / 2);
}

/** Above ip_local_port_range's default, where services and the kernel's own choice are rare. */
const SOURCE_PORTS = { from: 61_000, to: 65_000 } as const;

function randomSourcePort(): Port | undefined {
  return toPort(randomInt(SOURCE_PORTS.from, SOURCE_PORTS.to));
}

const ETHERNET_BYTES = 14;
/** Of a SYN and its answer with all options that Linux sets by default, and of a reset without any. */
const TCP_BYTES = [40, 20] as const;
const ICMP_OR_UDP_BYTES = 8;
/** UDP, VXLAN, the inner Ethernet, and the outer IP header of either family. */
const VXLAN_BYTES = [20, 40].map((ip) => ip + 8 + 8 + ETHERNET_BYTES);

function lengthsOf({ proto, payloadBytes, destination }: Question, hasTunnels: boolean): readonly number[] {
  const ipBytes = familyOf(destination) === 'inet' ? 20 : 40;
  const carried = proto === 'tcp' ? TCP_BYTES : [ICMP_OR_UDP_BYTES + payloadBytes];
  return carried
    .flatMap((bytes) => [0, ...(hasTunnels ? VXLAN_BYTES : [])].map((more) => ipBytes + bytes + more))
    .flatMap((bytes) => [bytes, bytes + ETHERNET_BYTES]);
}

function nftMark({ proto }: Question, sender: Sender, sourcePort: Port | undefined): NftMark | undefined {
  const identity = sender.identity();
  if (identity.kind === 'icmp') return { kind: 'icmp', pattern: identity.pattern, atBytes: MARK_AT };
  return sourcePort === undefined || proto === 'icmp' ? undefined : { kind: proto, sourcePort };
}

interface NftTraces {
  readonly traces: readonly NftTrace[];
  readonly obstacles: readonly string[];
}

/** Where there are rules that nft can tell of. That there are none is no obstacle. */
async function startNft(
  watched: readonly Netns[],
  mark: NftMark | undefined,
  options: ChildOptions,
): Promise<NftTraces> {
  if (mark === undefined || !isInstalled('nft')) return { traces: [], obstacles: [] };
  const started = await Promise.all(
    watched
      .filter((netns) => nftRulesIn(netns) === 'alone')
      .map(async (netns) => ({ netns, start: await NftTrace.start({ netns, mark, ...options }) })),
  );
  const besideLegacy = watched.filter((netns) => nftRulesIn(netns) === 'beside legacy');
  return {
    traces: started.flatMap(({ start }) => (typeof start === 'string' ? [] : [start])),
    obstacles: [
      ...started.flatMap(({ netns, start }) =>
        typeof start === 'string' ? [`not traced by nft in ${netns.name}: ${start}`] : [],
      ),
      ...besideLegacy.map(
        ({ name }) => `not traced by nft in ${name}: iptables-legacy, in use there too, would write to the kernel log`,
      ),
    ],
  };
}

function lostText(text: TraceText | undefined): readonly string[] {
  return text === undefined || text.lostEvents === 0
    ? []
    : [`${text.lostEvents} later events, of whatever packets, found no room in the trace`];
}

/** Placed at the device on which tcpdump saw the packet come into (or leave) that namespace last. */
function ruleEvent({ leg, ...rule }: RuleTook, { netns }: NftTrace, sightings: readonly Sighting[]): KernelEvent {
  const last = sightings.findLast((seen) => seen.netns === netns && seen.leg === leg);
  return { kind: 'rule-took', netns, device: last?.device, leg, ...rule };
}
