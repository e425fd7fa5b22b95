/**
 * The packet belongs to a connection that began under other rules, and still goes the way that was right then.
 *
 * Only a sender that keeps its port (or its echo id) meets one: a question that does not say which port is asked with a
 * fresh one, which no old connection has.
 *
 * @module
 */

import { applyEdit } from '../../host/apply.ts';
import { inNetns } from '../../host/commands-enter.ts';
import { showWords } from '../../host/conntrack-words.ts';
import type { Edit } from '../../host/edit.ts';
import { findNetns, type Netns } from '../../host/host.ts';
import type { TrackedConnection } from '../../host/tracked-connection.ts';
import { type Journey, lastJourney, type RoundTrip } from '../../journey/journey.ts';
import { endpointOf } from '../../net/endpoint.ts';
import { remembered } from '../../walk/netfilter/remembered.ts';
import { walkRoundTrip } from '../../walk/round-trip.ts';
import { defineRule } from '../define.ts';
import type { FaultContext } from '../rule.ts';

export const conntrackStale = defineRule({
  code: 'conntrack-stale',
  title: 'An old connection misleads the packet',
  source: 'net/netfilter/nf_conntrack_core.c: resolve_normal_ct(); nf_nat_core.c: nf_nat_inet_fn()',
  explains: [
    'no-listener',
    'listener-elsewhere',
    'firewall-drop',
    'firewall-reject',
    'dnat-missing',
    'dnat-wrong',
    'nat-missing',
    'nat-wrong',
    'no-route',
    'gateway-unreachable',
    'address-not-found',
    'neighbor-unresolved',
    'outside-view',
    'wrong-source',
    'conntrack-invalid',
    'rp-filter',
  ],

  find(context) {
    return metOn(context).flatMap(({ netns, connection }) => {
      const edit: Edit = { kind: 'connection-delete', netns: netns.name, connection };
      const trip = walkRoundTrip(applyEdit(context.host, edit), context.question);
      if (endsAlike(trip, context.trip)) return [];
      return [
        {
          netns: netns.name,
          device: undefined,
          what: `${netns.name} takes it for part of a connection that began before: ${tupleText(connection)}, which leads to ${leadsTo(connection)}`,
          why: 'The nat rules are asked for the first packet of a connection alone; those that follow go the way that was found then, for as long as they keep coming, whatever the rules say by now',
          evidence: [{ witness: 'model', command: inNetns(netns, showWords(connection)), text: connection.text }],
          repairs: [
            {
              intent: `Let ${netns.name} forget the old connection`,
              edits: [edit],
              sideEffects: 'The next packet begins a new one, by the rules of now',
            },
          ],
        },
      ];
    });
  },
});

/** The old connections that the packet met, in the order of the path. */
function metOn({ host, question, trip }: FaultContext): readonly { netns: Netns; connection: TrackedConnection }[] {
  if (question.sourcePort === undefined) return [];
  const met = new Map<TrackedConnection, Netns>();
  for (const step of legs(trip).flatMap(({ steps }) => steps)) {
    if (step.stage !== 'send' && step.stage !== 'ingress') continue;
    const netns = findNetns(host, step.netns);
    const found = netns && remembered(netns, step.packet);
    if (netns !== undefined && found !== undefined) met.set(found.entry, netns);
  }
  return [...met].map(([connection, netns]) => ({ netns, connection }));
}

function legs({ request, reply }: RoundTrip): readonly Journey[] {
  return reply === undefined ? [request] : [request, reply];
}

function endsAlike(a: RoundTrip, b: RoundTrip): boolean {
  const [one, other] = [lastJourney(a), lastJourney(b)];
  const { fate } = one;
  if (one.leg !== other.leg || fate.kind !== other.fate.kind || fate.netns !== other.fate.netns) return false;
  return fate.kind !== 'dropped' || other.fate.kind !== 'dropped' || fate.reason.kind === other.fate.reason.kind;
}

function tupleText({ protocol, original }: TrackedConnection): string {
  const { source, destination, sourcePort, destPort } = original;
  if (protocol === 'icmp') return `ICMP echo ${source} > ${destination} id ${sourcePort}`;
  return `${protocol.toUpperCase()} ${endpointOf(source, sourcePort)} > ${endpointOf(destination, destPort)}`;
}

/** Where the answer is awaited from. */
function leadsTo({ protocol, reply }: TrackedConnection): string {
  return protocol === 'icmp' ? reply.source : endpointOf(reply.source, reply.sourcePort);
}
