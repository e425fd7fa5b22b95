/**
 * A stateful firewall drops a packet only because conntrack there has not seen what it belongs to: an answer whose
 * question went another way, or passed untracked.
 *
 * @module
 */

import type { Packet } from '../../journey/packet.ts';
import { unreachable } from '../../net/unreachable.ts';
import type { Connection, Conntrack } from '../../walk/netfilter/contract.ts';
import { passHook } from '../../walk/netfilter/pass-hook.ts';
import { indexNetns } from '../../walk/netns-index.ts';
import { localTableType } from '../../walk/route-lookup.ts';
import { defineRule } from '../define.ts';
import { derived } from '../evidence.ts';
import { type Filtered, filteredIn, filterFound } from '../filter-rule.ts';

export const conntrackInvalid = defineRule({
  code: 'conntrack-invalid',
  title: 'A firewall drops an answer to what it has not seen',
  source: 'net/netfilter/nf_conntrack_core.c: nf_conntrack_in(); nf_conntrack_proto_tcp.c: tcp_new()',
  explains: ['firewall-drop', 'firewall-reject'],

  find(context) {
    const filtered = filteredIn(context);
    const isUnknown = filtered?.reason.ctState === 'invalid' && !filtered.reason.bridged;
    if (filtered === undefined || !isUnknown || !wouldPass(filtered)) return [];
    const { netns } = filtered;
    const { request } = context.trip;
    const cameThrough = request.steps.some((step) => step.netns === netns.name);
    const found = filterFound(
      context,
      filtered,
      `The firewall lets pass what belongs to a connection that it knows. ${netns.name} knows none, because ${
        cameThrough
          ? 'the request passed it untracked'
          : 'the request went another way: a stateful firewall has to see both directions'
      }`,
    );
    const way = [...new Set(request.steps.map((step) => step.netns))].join(', ');
    return [
      {
        ...found,
        what: `${found.what}; to conntrack there it is invalid`,
        evidence: [...found.evidence, derived(`the request went through ${way}`)],
      },
    ];
  },
});

/** Whether it would pass as the answer to a connection that is known. */
function wouldPass({ netns, reason }: Filtered): boolean {
  const { hook, packet, inDevice, outDevice } = reason;
  const index = indexNetns(netns);
  const { fate } = passHook({
    netns,
    hook,
    leg: 'reply',
    packet,
    inDevice,
    outDevice,
    bridged: undefined,
    conntrack: knowing(netns.name, packet),
    addressType: (address) => localTableType(index, address),
    masqueradeAddress: () => undefined,
  });
  return fate === undefined;
}

/** Conntrack as it would be, had it seen the question. */
function knowing(netns: Connection['netns'], answer: Packet): Conntrack {
  const question = questionOf(answer);
  const connection: Connection = {
    netns,
    original: question,
    translated: question,
    mark: 0,
    answered: true,
    settled: { source: true, destination: true },
  };
  return { connections: [connection], tracking: { netns, kind: 'tracked', connection: 0, direction: 'reply' } };
}

function questionOf(answer: Packet): Packet {
  const { source, destination, transport } = answer;
  const swapped = { ...answer, source: destination, destination: source };
  switch (transport.protocol) {
    case 'icmp':
      return transport.message === 'echo-reply'
        ? { ...swapped, transport: { ...transport, message: 'echo-request' } }
        : swapped;
    case 'tcp':
    case 'udp':
      return {
        ...swapped,
        transport: { ...transport, sourcePort: transport.destPort, destPort: transport.sourcePort },
      };
    default:
      return unreachable(transport);
  }
}
