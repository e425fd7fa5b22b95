/**
 * A published port is not translated for this packet: the rule stands where packets come in, and the namespace itself
 * sends; or it asks for another device or address than the packet has.
 *
 * Without any rule that names the port it was to be published only if the namespace translates, nothing in it listens on
 * that port, and one service behind it does; else that is `no-listener`.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import { targetText } from '../../host/rule-action.ts';
import type { RuleRef } from '../../host/ruleset.ts';
import { endpointText } from '../../journey/packet-text.ts';
import { describeMatch } from '../../walk/netfilter/describe.ts';
import { hookPlan } from '../../walk/netfilter/plan.ts';
import { defineRule, type Found } from '../define.ts';
import { derived, filterEvidence, noSocketEvidence } from '../evidence.ts';
import { ruleText } from '../filter-rule.ts';
import { loopbackEdits, publish, publishIntent } from '../publish.ts';
import type { FaultContext } from '../rule.ts';
import { natMachinery } from '../search/border.ts';
import { type MissedRule, missedRules, type Publication, unpublishedIn } from '../search/published.ts';
import { servicesHiddenBy } from '../search/services.ts';
import { trackingRepairs, untrackedBy, untrackedText, WHY_UNTRACKED } from '../search/untracked.ts';

export const dnatMissing = defineRule({
  code: 'dnat-missing',
  title: 'A published port is not translated here',
  source: 'net/netfilter/nf_nat_core.c: nf_nat_inet_fn(); iptables-extensions(8) DNAT, nft(8) nat statements',
  explains: ['no-listener', 'listener-elsewhere', 'firewall-drop', 'firewall-reject'],

  find(context) {
    const at = endsUntranslated(context) ? unpublishedIn(context) : undefined;
    if (at === undefined) return [];
    const [missed] = missedRules(at);
    if (missed === undefined) return neverPublished(context, at);
    const { netns, inDevice, packet } = at;
    const asked = endpointText(packet, 'destination');
    const untracked = isTakenBefore(at, missed) ? untrackedBy(context.trip, netns) : undefined;
    return [
      {
        netns: netns.name,
        device: inDevice,
        what: `${netns.name} keeps the packet to ${asked} for itself: ${untracked ? untrackedText(untracked) : whyMissed(at, missed)}`,
        why: untracked
          ? WHY_UNTRACKED
          : 'A destination is translated where a packet comes in (PREROUTING) or, for what the namespace sends itself, in OUTPUT; and only by a rule all of whose conditions it meets',
        evidence: [
          ...(untracked ? [filterEvidence(netns, untracked.rule.ref)] : []),
          filterEvidence(netns, missed.rule.ref),
          derived(
            inDevice === undefined
              ? `${netns.name} sends it itself: it passes OUTPUT, not PREROUTING`
              : `it comes in by ${inDevice} from ${packet.source}`,
          ),
        ],
        repairs: untracked ? trackingRepairs(netns, untracked, packet) : [repairOf(context, at, missed)],
      },
    ];
  },
});

/** Its own rule stands at the hook that the packet met, and misses nothing of it. */
function isTakenBefore(at: Publication, { hook, failed }: MissedRule): boolean {
  return hook === at.hook && failed.length === 0;
}

/** It came to the ports of the namespace itself: to nobody there, or to a firewall before them. */
function endsUntranslated({ journey: { leg, fate, steps } }: FaultContext): boolean {
  if (leg !== 'request' || fate.kind !== 'dropped') return false;
  const { netns, reason } = fate;
  const isLocal = reason.kind === 'no-socket' || (reason.kind === 'filtered' && reason.hook === 'input');
  return isLocal && !steps.some((step) => step.stage === 'nat' && step.netns === netns);
}

/** No rule names the port, and one service that the namespace hides listens on it. */
function neverPublished({ host, journey: { fate } }: FaultContext, at: Publication): readonly Found[] {
  const { netns, hook, inDevice, packet } = at;
  if (inDevice === undefined || fate.kind !== 'dropped' || fate.reason.kind !== 'no-socket') return [];
  const { protocol, port, others } = fate.reason;
  const [service, another] = servicesHiddenBy(host, netns, inDevice, protocol, port);
  if (service === undefined || another !== undefined || others.length > 0) return [];
  const to = { address: service.address, port: undefined };
  const edit = publish(netns, hook, packet, { machinery: natMachinery(host, netns), to, before: undefined });
  return [
    {
      netns: netns.name,
      device: inDevice,
      what: `${netns.name} leads ${endpointText(packet, 'destination')} to nobody; what listens on ${protocol} port ${port} is ${targetText(service)}, behind it`,
      why: 'Who is behind a namespace that translates sources is reached from outside only by a rule that leads a port there',
      evidence: [
        noSocketEvidence(netns, protocol, port),
        derived(`no rule of PREROUTING in ${netns.name} names that port`),
      ],
      repairs: [
        {
          intent: publishIntent(packet, service),
          edits: [edit],
          sideEffects: `Everybody who reaches ${packet.destination} then reaches that service`,
        },
      ],
    },
  ];
}

function whyMissed({ hook }: Publication, { rule, failed, hook: stands }: MissedRule): string {
  const place = ruleText(rule.ref);
  if (stands !== hook) {
    return `what translates it stands where packets ${stands === 'prerouting' ? 'come in' : 'are sent'} only (${place})`;
  }
  if (failed.length === 0) return `an earlier rule takes it before ${place}`;
  return `what translates it asks for ${failed.map(describeMatch).join(' and ')} (${place})`;
}

/** The same target at the hook that the packet meets, for this address and port. */
function repairOf(context: FaultContext, at: Publication, missed: MissedRule): Repair {
  const { rule, to } = missed;
  const { machinery } = rule.ref;
  const edit = publish(at.netns, at.hook, at.packet, {
    machinery,
    to,
    before: isTakenBefore(at, missed) ? firstRule(at) : undefined,
  });
  return {
    intent: publishIntent(at.packet, to),
    edits: [edit, ...loopbackEdits(context, [edit])],
    sideEffects: undefined,
  };
}

/** The head of what translates at the hook: nothing can take the packet before. */
function firstRule({ netns, hook, packet }: Publication): RuleRef | undefined {
  if (!netns.ruleset.known) return undefined;
  const scope = packet.destination.includes(':') ? 'inet6' : 'inet';
  const entries = hookPlan(netns.ruleset.value, hook, scope).groups.flat();
  const chains = entries.flatMap((entry) => (entry.kind === 'nat' ? entry.groups.flat() : []));
  return chains[0]?.chain.rules[0]?.ref;
}
