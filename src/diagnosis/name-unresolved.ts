/**
 * The answer for a name without an address: nothing can be sent to it, so that the way to the name server is diagnosed
 * in its place, and what is wrong there stands behind it.
 *
 * @module
 */

import type { Evidence, Finding } from '../faults/finding.ts';
import type { Host } from '../host/host.ts';
import { isRoundTripDelivered } from '../journey/journey.ts';
import { type Address, isLoopback } from '../net/address.ts';
import type { Port } from '../net/port.ts';
import type { Question } from '../walk/question.ts';
import type { Cause, Diagnosis, Prediction } from './diagnosis.ts';
import type { FailedLookup } from './name-lookup.ts';
import { replyLine, replyRule, replyText } from './name-reply-text.ts';
import { predict } from './predict.ts';
import { protocolText } from './summary.ts';

const DNS = 53 as Port;
/** A query of a usual length. */
const QUERY_BYTES = 56;

/**
 * The way of the query, to the server that is worth the question: one that the model reaches, else the one that takes the
 * fewest repairs. Of equals it is the first in the file, whom the resolver asks first.
 */
export function predictQuery(host: Host, { wanted, resolver }: FailedLookup): Prediction {
  const [first, ...others] = resolver.servers.map((server) => predict(host, queryTo(server, wanted.netns)));
  if (first === undefined) throw new RangeError('a resolver without a server');
  return others.reduce((best, other) => (effortOf(other) < effortOf(best) ? other : best), first);
}

function queryTo(server: Address, netns: Question['netns']): Question {
  return { netns, destination: server, proto: 'udp', port: DNS, from: undefined, payloadBytes: QUERY_BYTES };
}

function effortOf({ trip, proof, walked }: Prediction): number {
  if (isRoundTripDelivered(trip)) return 0;
  return proof === undefined ? Number.POSITIVE_INFINITY : walked.length;
}

/** @param way To the name server, as `predictQuery` chose it. */
export function nameUnresolved(lookup: FailedLookup, way: Diagnosis): Diagnosis {
  const { wanted, name } = lookup;
  const isNowhere = isServerNowhere(way);
  const cause: Cause = { finding: findingOf(lookup, way, isNowhere), fix: [], alternatives: [] };
  // Nobody means to start a server on the namespace's own loopback: another server is to be named.
  const behind = isNowhere ? [] : way.causes;
  const more = behind.length === 0 ? '' : ` (${behind.length} fault${behind.length === 1 ? '' : 's'} on the way to it)`;
  const again = `Whether ${name} itself is reached can be told once it has an address: ask again then`;
  return {
    ...way,
    unresolved: lookup,
    verdict: 'unreachable',
    summary: `${wanted.netns} cannot reach ${name} (${protocolText(wanted)}): ${cause.finding.what}${more}`,
    causes: [cause, ...behind],
    proof: isNowhere || way.proof === undefined ? undefined : { deliveredAfter: behind.length + 1 },
    notes: [again, ...way.notes],
  };
}

/** The server would have to be in the namespace itself, and is not, whatever is repaired. */
function isServerNowhere({ question, verdict, proof }: Diagnosis): boolean {
  return isLoopback(question.destination) && verdict !== 'reachable' && proof === undefined;
}

function findingOf(lookup: FailedLookup, way: Diagnosis, isNowhere: boolean): Finding {
  const { name, wanted, command, said, resolver, replies } = lookup;
  const { destination: server } = way.question;
  return {
    code: 'name-unresolved',
    title: 'The name has no address in this namespace',
    netns: wanted.netns,
    device: undefined,
    leg: 'request',
    what: `the name ${name} does not resolve in ${wanted.netns}: ${replyText(server, replies) ?? serverText(way, isNowhere)}`,
    why: isNowhere ? loopbackText(lookup, server) : resolverText(lookup, server),
    evidence: [
      { witness: 'wire', command, text: said },
      ...replies.map((reply): Evidence => ({ witness: 'wire', command: reply.command, text: replyLine(reply) })),
      {
        witness: 'model',
        command: ['cat', resolver.file],
        text: resolver.isDefault
          ? `no name server is named there, and so ${resolver.servers.join()} is asked`
          : resolver.servers.map((each) => `nameserver ${each}`).join(', '),
      },
    ],
    repairs: [],
  };
}

function serverText({ question, verdict, wire }: Diagnosis, isNowhere: boolean): string {
  const server = `its name server ${question.destination}`;
  if (isNowhere) return `nothing answers at ${server}`;
  if (verdict !== 'reachable') return `${server} does not answer`;
  const hasAnswered = wire !== undefined && wire.observation.received > 0;
  return hasAnswered
    ? `${server} answers, and has no address for it`
    : `the way to ${server} is free, and no address came`;
}

function resolverText({ wanted, resolver, replies }: FailedLookup, server: Address): string {
  const whose = resolver.isOwn
    ? `those of its own ${resolver.file}`
    : `those of ${resolver.file}, which is the whole machine's`;
  const rule = `A name has to become an address before there is a packet to send; programs in ${wanted.netns} ask the name servers in their resolv.conf, ${whose}`;
  const more = replyRule(server, replies);
  return more === undefined ? rule : `${rule}. ${more}`;
}

function loopbackText({ wanted: { netns }, resolver }: FailedLookup, server: Address): string {
  const own = `Loopback addresses are each namespace's own, and nothing in ${netns} listens on ${server} port 53`;
  if (resolver.isOwn) return `${own}; name a server in ${resolver.file} that ${netns} reaches`;
  return `${own}; ${resolver.file} is the whole machine's, and what it names may listen outside of ${netns}. Give ${netns} one of its own, /etc/netns/${netns}/resolv.conf, that names a server which ${netns} reaches`;
}
