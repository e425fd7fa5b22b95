/**
 * A published port is translated, and where it leads nobody answers: nobody has the address, nothing listens on the
 * port, the answer goes around the one who translated, or 127.0.0.1 is led out without what that takes.
 *
 * Limit: where nothing at all listens behind the right address, the service is missing (`no-listener`), not the rule.
 *
 * @module
 */

import type { Edit, Repair } from '../../host/edit.ts';
import { findNetns, type Host } from '../../host/host.ts';
import type { DeviceName, NetnsName } from '../../host/link.ts';
import { type DnatTarget, targetText } from '../../host/rule-action.ts';
import type { ListeningSocket } from '../../host/socket.ts';
import { endpointText } from '../../journey/packet-text.ts';
import type { Step } from '../../journey/step.ts';
import { type Address, isLoopback, isUnspecified } from '../../net/address.ts';
import { formatPrefix, hostPrefix, prefixOf } from '../../net/prefix.ts';
import { defineRule, type Found } from '../define.ts';
import { derived, filterEvidence, ruleOwnerEvidence } from '../evidence.ts';
import { ruleText } from '../filter-rule.ts';
import { hairpin, loopbackEdits, publish, publishIntent } from '../publish.ts';
import type { FaultContext } from '../rule.ts';
import { routeSteps } from '../search/dropped.ts';
import { ownersOf } from '../search/owner.ts';
import { type Translated, translatedIn } from '../search/published.ts';
import { servicesBehind } from '../search/services.ts';

export const dnatWrong = defineRule({
  code: 'dnat-wrong',
  title: 'A published port leads to where nobody answers',
  source: 'net/netfilter/nf_nat_core.c: nf_nat_packet(); net/ipv4/route.c: __mkroute_output(), ip_route_input_slow()',
  explains: [
    'no-listener',
    'address-not-found',
    'neighbor-unresolved',
    'gateway-unreachable',
    'no-route',
    'wrong-source',
    'martian-source',
    'rp-filter',
    'nat-missing',
    'nat-wrong',
  ],

  find(context) {
    const translated = translatedIn(context.host, context.trip.request.steps);
    if (translated === undefined || context.journey.fate.kind !== 'dropped') return [];
    return [
      ...leadsNowhere(context, translated),
      ...leadsToNoService(context, translated),
      ...loopbackLedOut(context, translated),
      ...answeredAround(context, translated),
    ];
  },
});

/** Nobody has the address that it leads to. */
function leadsNowhere({ host, journey: { leg, fate } }: FaultContext, translated: Translated): readonly Found[] {
  const { netns, after } = translated;
  const isLost = leg === 'request' && fate.kind === 'dropped' && fate.netns === netns.name;
  if (!isLost || !['neighbor-unanswered', 'no-route'].includes(fate.reason.kind)) return [];
  if (ownersOf(host, after.destination).length > 0) return [];
  return [
    {
      ...placeOf(translated),
      what: `${leads(translated)}, an address that nobody has`,
      why: 'The rule is obeyed, whatever is behind the address: the packet is sent there, and nobody takes it',
      evidence: [
        filterEvidence(netns, translated.rule),
        ...ruleOwnerEvidence(netns, translated.rule),
        derived(`no interface holds ${after.destination}`),
      ],
      repairs: leadTo(translated, otherServices(host, translated)),
    },
  ];
}

/** The namespace is there, and the service is on another port of it, or with somebody else. */
function leadsToNoService({ host, journey: { leg, fate } }: FaultContext, translated: Translated): readonly Found[] {
  if (leg !== 'request' || fate.kind !== 'dropped' || fate.reason.kind !== 'no-socket') return [];
  const { reason } = fate;
  const there = findNetns(host, fate.netns);
  if (there === undefined || reason.others.length > 0 || reason.address !== translated.after.destination) return [];
  const { address } = reason;
  const sockets = there.sockets.known ? there.sockets.value : [];
  const onIt = portsOf(sockets, reason.protocol, address).map((port) => ({ address, port }));
  const near = onIt.length > 0 ? onIt : otherServices(host, translated);
  const unreached = near.length > 0 ? [] : samePort(sockets, reason.protocol, translated);
  const services = near.length > 0 ? near : unreached.slice(0, 1).map(({ port }) => ({ address, port }));
  if (services.length === 0) return [];
  const others = [...near, ...unreached].map(targetText).join(', ');
  return [
    {
      ...placeOf(translated),
      what: `${leads(translated)}, where nothing listens; what listens is ${others}`,
      why: 'A translation leads to one address and port; a service that listens elsewhere does not hear of it',
      evidence: [
        filterEvidence(translated.netns, translated.rule),
        ...ruleOwnerEvidence(translated.netns, translated.rule),
        derived(`${there.name} has no ${reason.protocol} socket on port ${reason.port}`),
      ],
      repairs: leadTo(translated, services),
    },
  ];
}

/** What listens on the very port that was asked, though on another address: once it is led there, that is what is wrong. */
function samePort(
  sockets: readonly ListeningSocket[],
  protocol: 'tcp' | 'udp',
  { before: { transport } }: Translated,
): readonly ListeningSocket[] {
  return sockets.filter(
    (socket) => socket.protocol === protocol && transport.protocol !== 'icmp' && socket.port === transport.destPort,
  );
}

/** 127.0.0.1 goes out with its own source, which is refused here or there. */
function loopbackLedOut(context: FaultContext, translated: Translated): readonly Found[] {
  const { fate, leg } = context.journey;
  if (leg !== 'request' || fate.kind !== 'dropped' || fate.reason.kind !== 'martian-source') return [];
  const { netns, after, rule } = translated;
  if (!isLoopback(after.source)) return [];
  const edits = loopbackEdits(context, []);
  return [
    {
      ...placeOf(translated),
      what: `${leads(translated)}, but with the source ${after.source}, which ${fate.netns} refuses`,
      why: '127.0.0.0/8 leaves and enters a namespace only by a device with route_localnet, and nobody else answers to it: such a packet needs the source of the device too',
      evidence: [filterEvidence(netns, rule), ...ruleOwnerEvidence(netns, rule), derived(fate.reason.because)],
      repairs:
        edits.length === 0
          ? []
          : [
              {
                intent: 'Let what is sent to 127.0.0.1 leave, with the address of the device',
                edits,
                sideEffects: 'Others on that network may then send to 127.0.0.0/8 of this namespace',
              },
            ],
    },
  ];
}

/** Hairpin: who asks is a neighbour of who answers, or is it, and the answer never passes the translator. */
function answeredAround(context: FaultContext, translated: Translated): readonly Found[] {
  const { host, trip, journey } = context;
  const { netns, before, after, rule } = translated;
  const outDevice = outDeviceOf(trip.request.steps, netns.name);
  if (outDevice === undefined || isLoopback(after.source) || !goesAround(context, translated)) return [];
  const [owner] = ownersOf(host, after.source);
  const source = owner === undefined ? hostPrefix(after.source) : prefixOf(after.source, owner.address.prefixLength);
  const edits: readonly Edit[] = [hairpin(netns, rule.machinery, source, { target: after.destination, outDevice })];
  const asker = journey.leg === 'reply' ? 'answers it directly' : 'is the sender itself and refuses its own address';
  return [
    {
      ...placeOf(translated),
      device: outDevice,
      what: `${leads(translated)}, which ${asker}: ${netns.name} never gets to translate the answer back`,
      why: `The answer has to come from the address that was asked, ${before.destination}; only the one that translated can see to that, and the answer passes it only if the request came from its own address`,
      evidence: [
        filterEvidence(netns, rule),
        ...ruleOwnerEvidence(netns, rule),
        derived(`the request leaves ${outDevice} from ${after.source}`),
      ],
      repairs: [
        {
          intent: `Translate the source too of what ${netns.name} leads from ${formatPrefix(source)} to ${after.destination}`,
          edits,
          sideEffects: `${after.destination} sees ${netns.name} as the sender of what comes from ${formatPrefix(source)}`,
        },
      ],
    },
  ];
}

/** Where it left the translator; the bridge, where br_netfilter had it bridged on without a routing decision. */
function outDeviceOf(steps: readonly Step[], netns: NetnsName): DeviceName | undefined {
  const route = routeSteps(steps).findLast((step) => step.netns === netns);
  return route === undefined
    ? steps.findLast((step) => step.stage === 'bridge' && step.netns === netns)?.device
    : route.nexthop?.device;
}

function goesAround({ journey: { leg, fate } }: FaultContext, { before, after }: Translated): boolean {
  if (fate.kind !== 'dropped') return false;
  const { reason } = fate;
  if (leg === 'reply') {
    return (
      reason.kind === 'reply-not-recognised' &&
      reason.expected === before.destination &&
      reason.got === after.destination
    );
  }
  // A packet with one's own address as its source is refused (fib_validate_source()).
  return reason.kind === 'martian-source' && reason.address === after.source && after.source === after.destination;
}

function placeOf({ netns }: Translated): Pick<Found, 'netns' | 'device'> {
  return { netns: netns.name, device: undefined };
}

function leads({ netns, before, after, rule }: Translated): string {
  const [from, to] = [before, after].map((packet) => endpointText(packet, 'destination'));
  return `${netns.name} leads ${from} to ${to} (${ruleText(rule)})`;
}

/** Ahead of the rule that leads astray; or, tidier, in its place. */
function leadTo(translated: Translated, services: readonly DnatTarget[]): readonly Repair[] {
  const { netns, hook, rule, before } = translated;
  const [only, ...others] = services;
  if (only === undefined || others.length > 0) return [];
  const right = publish(netns, hook, before, { machinery: rule.machinery, to: only, before: rule });
  const intent = publishIntent(before, only);
  return [
    { intent: `${intent}, ahead of the rule that does not`, edits: [right], sideEffects: undefined },
    {
      intent: `${intent}, and delete the rule that does not`,
      edits: [right, { kind: 'filter-delete', netns: netns.name, rule: { ...rule, position: rule.position + 1 } }],
      sideEffects: 'What the deleted rule led elsewhere besides is no longer led there',
    },
  ];
}

/** Who listens on the same port on the network that the rule leads to. */
function otherServices(host: Host, { netns, after }: Translated): readonly DnatTarget[] {
  const { transport, destination } = after;
  if (transport.protocol === 'icmp') return [];
  return servicesBehind(host, netns, destination, transport.protocol, transport.destPort);
}

/** SSH is on every machine, and never what somebody else's port was to be. */
const SSH = 22;

function portsOf(sockets: readonly ListeningSocket[], protocol: 'tcp' | 'udp', address: Address): readonly number[] {
  const reachable = sockets.filter(
    (socket) =>
      socket.protocol === protocol &&
      socket.port !== SSH &&
      (socket.address === address || (isUnspecified(socket.address) && socket.v6only !== true)),
  );
  return [...new Set(reachable.map(({ port }) => Number(port)))];
}
