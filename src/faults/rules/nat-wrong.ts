/**
 * A rule translates sources there, and misses this packet: another source network, another interface, or an earlier rule
 * that takes the packet; or it translates to an address that nobody has.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import { allLinks, type Host } from '../../host/host.ts';
import type { Match } from '../../host/ruleset.ts';
import { contains } from '../../net/prefix.ts';
import { NO_CONNECTIONS } from '../../walk/netfilter/contract.ts';
import { describeMatch } from '../../walk/netfilter/describe.ts';
import { type NearMiss, nearMisses } from '../../walk/netfilter/near-misses.ts';
import { defineRule, type Found } from '../define.ts';
import { derived, filterEvidence, ruleOwnerEvidence } from '../evidence.ts';
import { ruleText } from '../filter-rule.ts';
import type { FaultContext } from '../rule.ts';
import { type Border, natChains } from '../search/border.ts';
import { masquerade } from '../search/masquerade.ts';
import { ownersOf } from '../search/owner.ts';
import { trackingRepairs, untrackedBy, untrackedText, WHY_UNTRACKED } from '../search/untracked.ts';
import { untranslatedBorder } from './nat-missing.ts';

export const natWrong = defineRule({
  code: 'nat-wrong',
  title: 'A translation rule misses the packet',
  source: 'net/netfilter/nf_nat_core.c: nf_nat_inet_fn(); iptables-extensions(8) MASQUERADE, nft(8) nat statements',
  explains: ['nat-missing', 'no-route', 'outside-view', 'rp-filter', 'address-not-found', 'neighbor-unresolved'],

  find(context) {
    return [...missed(context), ...mistranslated(context)];
  },
});

function missed(context: FaultContext): readonly Found[] {
  const border = untranslatedBorder(context);
  const near = border && nearest(context.host, border);
  if (border === undefined || near === undefined) return [];
  const { router, out, packet } = border;
  const untracked = near.failed.length === 0 ? untrackedBy(context.trip, router) : undefined;
  const asks = near.failed.map(describeMatch).join(' and ');
  return [
    {
      ...out,
      what:
        near.failed.length === 0
          ? untracked
            ? `${router.name} leaves ${packet.source} as it is: ${untrackedText(untracked)}`
            : `an earlier rule keeps the packet from ${packet.source} from being translated by ${ruleText(near.rule.ref)}`
          : `the translation in ${router.name} asks for ${asks}, and the packet is from ${packet.source} and leaves by ${out.device}`,
      why: untracked
        ? WHY_UNTRACKED
        : 'A translation rule acts only on packets that meet all of its conditions, and only the first one that does decides',
      evidence: [
        ...(untracked ? [filterEvidence(router, untracked.rule.ref)] : []),
        filterEvidence(router, near.rule.ref),
        ...ruleOwnerEvidence(router, near.rule.ref),
        derived(`the request leaves ${out.device} with the source ${packet.source}`),
      ],
      repairs: untracked ? trackingRepairs(router, untracked, packet) : repairsOf(context.host, border, near),
    },
  ];
}

/** The right rule, ahead of the one that took the packet; and, as a tidier choice, without the wrong one. */
function repairsOf(host: Host, border: Border, { rule, failed }: NearMiss): readonly Repair[] {
  const { machinery, table, chain } = rule.ref;
  const first = natChains(border.router).find(({ name }) => name === chain)?.rules[0]?.ref ?? rule.ref;
  const plain = masquerade(host, border);
  const edits = plain.edits.map((edit) =>
    edit.kind === 'masquerade' ? { ...edit, machinery, before: failed.length === 0 ? first : undefined } : edit,
  );
  const right: Repair = { ...plain, edits };
  if (failed.length === 0) return [right];
  const tidy: Repair = {
    intent: `${plain.intent}, and delete the rule of ${table} ${chain} that misses it`,
    edits: [{ kind: 'filter-delete', netns: border.router.name, rule: rule.ref }, ...edits],
    sideEffects: plain.sideEffects,
  };
  return [right, tidy];
}

/** The rule that was meant for this packet: the one that fails the fewest conditions, unless it serves others. */
function nearest(host: Host, border: Border): NearMiss | undefined {
  const misses = nearMisses(
    {
      netns: border.router,
      hook: 'postrouting',
      leg: 'request',
      packet: border.packet,
      inDevice: undefined,
      outDevice: border.out.device,
      bridged: undefined,
      conntrack: NO_CONNECTIONS,
      addressType: () => undefined,
      masqueradeAddress: () => undefined,
    },
    ['masquerade', 'snat'],
  );
  return misses
    .filter(({ failed }) => failed.length <= 1 && !failed.some((match) => servesOthers(host, match)))
    .sort((a, b) => a.failed.length - b.failed.length)[0];
}

/** Whether somebody is in the source network that the rule asks for: it is right, and for them. */
function servesOthers(host: Host, match: Match): boolean {
  if (match.kind !== 'address' || match.side !== 'source' || match.negate) return false;
  return [...allLinks(host)].some(({ link }) =>
    link.addresses.some(({ address }) => match.prefixes.some((prefix) => contains(prefix, address))),
  );
}

/** The request was given a source that is nobody's, so that no answer finds its way. */
function mistranslated(context: FaultContext): readonly Found[] {
  const { host, trip, journey } = context;
  if (journey.leg !== 'reply' || journey.fate.kind !== 'dropped') return [];
  const step = trip.request.steps.findLast((each) => each.stage === 'nat' && each.hook === 'postrouting');
  if (step?.stage !== 'nat' || step.rule === undefined) return [];
  const { source } = step.after;
  if (step.before.source === source || ownersOf(host, source).length > 0) return [];
  const netns = host.namespaces.find(({ name }) => name === step.netns);
  if (netns === undefined) return [];
  return [
    {
      netns: netns.name,
      device: step.device,
      what: `${netns.name} translates ${step.before.source} to ${source}, which nobody has`,
      why: 'The answer goes to the address that the request came from; if that is no address of the router, the answer never reaches it',
      evidence: [filterEvidence(netns, step.rule), ...ruleOwnerEvidence(netns, step.rule)],
      repairs: [
        {
          intent: `Delete the rule that translates to ${source}`,
          edits: [{ kind: 'filter-delete', netns: netns.name, rule: step.rule }],
          sideEffects: 'What the rule translated besides is no longer translated',
        },
      ],
    },
  ];
}
