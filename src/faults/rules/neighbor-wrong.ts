/**
 * A neighbour entry holds a MAC that nobody on the wire has: the frame reaches everybody and is taken by none. Or it holds
 * that of who had the address before: the frame goes there, and is not taken for its own.
 *
 * @module
 */

import { applyEdit } from '../../host/apply.ts';
import type { Repair } from '../../host/edit.ts';
import { findNetns, type Host, type Netns, sameDevice } from '../../host/host.ts';
import type { NetnsName } from '../../host/link.ts';
import type { Neighbor } from '../../host/route.ts';
import type { Step } from '../../journey/step.ts';
import type { Address } from '../../net/address.ts';
import { walkRoundTrip } from '../../walk/round-trip.ts';
import { defineRule } from '../define.ts';
import { derived, linkEvidence, neighborEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { droppedAs } from '../search/dropped.ts';
import { ownersOf } from '../search/owner.ts';
import { placeText } from '../search/text.ts';

/** What becomes of a packet that is given to somebody who has not its address, and need not pass it on. */
const ENDS_WITH_A_STRANGER: readonly string[] = [
  'forwarding-off',
  'no-route',
  'wrong-gateway',
  'routing-loop',
  'rp-filter',
  'martian-source',
  'firewall-drop',
  'firewall-reject',
];

export const neighborWrong = defineRule({
  code: 'neighbor-wrong',
  title: 'A neighbour entry holds a wrong MAC',
  source: 'net/core/neighbour.c: neigh_resolve_output(), NUD_PERMANENT is never asked again; ip-neighbour(8)',
  explains: ['neighbor-unresolved', ...ENDS_WITH_A_STRANGER],

  find(context) {
    const wrong = entryOfNobody(context) ?? entryOfAnother(context);
    if (wrong === undefined) return [];
    const { netns, entry, who } = wrong;
    const { device, address } = entry;
    const owner = ownersOf(context.host, address).find(({ ref }) => ref.netns !== netns.name);
    return [
      {
        netns: netns.name,
        device,
        what: `${netns.name} sends to ${address} with the MAC ${entry.mac ?? 'none'}, which ${who}`,
        why:
          entry.state === 'permanent'
            ? 'A permanent neighbour entry is used as it stands and never asked for again'
            : 'The kernel goes on using a learned MAC until it finds that nobody answers to it any more',
        evidence: [
          neighborEvidence(netns, entry),
          ...(owner === undefined
            ? [derived(`no device on the wire has ${entry.mac ?? 'it'}`)]
            : [
                derived(`${placeText(owner.ref)} has the MAC ${owner.link.mac ?? 'none'}`),
                ...linkEvidence(context.host, owner.ref),
              ]),
        ],
        repairs: [forget(netns, entry)],
      },
    ];
  },
});

interface WrongEntry {
  readonly netns: Netns;
  readonly entry: Neighbor;
  /** Whose the MAC is instead. */
  readonly who: string;
}

function entryOfNobody(context: FaultContext): WrongEntry | undefined {
  const dropped = droppedAs(context, 'mac-unowned');
  return dropped && { netns: dropped.netns, entry: dropped.reason.entry, who: 'nobody on the wire has' };
}

/** The packet died with who had the address before (a standby took it over); asked again, somebody else would answer. */
function entryOfAnother({ host, question, journey }: FaultContext): WrongEntry | undefined {
  const { fate, steps, leg } = journey;
  const step = steps.findLast(isByEntry);
  const netns = step && findNetns(host, step.netns);
  if (netns === undefined || step === undefined || fate.kind !== 'dropped') return undefined;
  if (step.owner === undefined || step.owner.netns !== fate.netns || fate.netns === netns.name) return undefined;
  const entry = entryFor(netns, step);
  if (entry === undefined || holds(host, step.owner.netns, step.nexthop)) return undefined;
  const trip = walkRoundTrip(forget(netns, entry).edits.reduce(applyEdit, host), question);
  const anew = (leg === 'reply' ? trip.reply : trip.request)?.steps.findLast(
    (each) => each.stage === 'neighbor' && each.netns === netns.name && each.nexthop === step.nexthop,
  );
  const answerer = anew?.stage === 'neighbor' ? anew.owner : undefined;
  if (answerer === undefined || sameDevice(answerer, step.owner)) return undefined;
  return { netns, entry, who: `is that of ${placeText(step.owner)}` };
}

type NeighborStep = Extract<Step, { stage: 'neighbor' }>;

function isByEntry(step: Step): step is NeighborStep {
  return step.stage === 'neighbor' && step.by !== 'resolved' && step.isInquiry !== true;
}

function entryFor({ neighbors }: Netns, { device, nexthop }: NeighborStep): Neighbor | undefined {
  return neighbors.known
    ? neighbors.value.find((each) => each.device === device && each.address === nexthop && !each.proxy)
    : undefined;
}

function holds(host: Host, name: NetnsName, address: Address): boolean {
  return ownersOf(host, address).some(({ ref }) => ref.netns === name);
}

function forget(netns: Netns, { device, address }: Neighbor): Repair {
  return {
    intent: `Forget the entry for ${address}, so that it is asked for again`,
    edits: [{ kind: 'neighbor-delete', netns: netns.name, device, address }],
    sideEffects: undefined,
  };
}
