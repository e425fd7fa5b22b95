/**
 * Two namespaces on one segment have the same address: of those who ask for it each may reach either; and the two of
 * them do not reach each other, because a packet from one's own address that comes in by a wire is refused.
 *
 * A second owner that makes no difference to this question (it is down, or answers as well) is not named.
 *
 * @module
 */

import { applyEdit } from '../../host/apply.ts';
import type { Edit, Repair } from '../../host/edit.ts';
import { findNetns, type Host } from '../../host/host.ts';
import { type Address, isLinkLocal, isLoopback } from '../../net/address.ts';
import { segmentOf } from '../../topology/wiring.ts';
import { walkRoundTrip } from '../../walk/round-trip.ts';
import { defineRule, type Found } from '../define.ts';
import { addressEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { droppedAs, type RouteStep, routeSteps } from '../search/dropped.ts';
import { type Owner, ownersOf } from '../search/owner.ts';
import { placeText } from '../search/text.ts';
import { owns } from '../search/way.ts';

export const duplicateAddress = defineRule({
  code: 'duplicate-address',
  title: 'Two namespaces on one segment have the same address',
  source: 'RFC 5227; net/ipv4/arp.c: arp_process(); net/ipv4/fib_frontend.c: __fib_validate_source()',
  explains: [
    'neighbor-unresolved',
    'martian-source',
    'wrong-source',
    'wrong-gateway',
    'forwarding-off',
    'no-route',
    'no-listener',
    'listener-elsewhere',
    'dad-failed',
  ],

  find(context) {
    for (const clash of clashesOf(context)) {
      const choices = choicesOf(context, clash);
      const [choice] = choices;
      if (choice !== undefined) return [foundOf(context.host, clash, choice, choices)];
    }
    return [];
  },
});

interface Clash {
  readonly address: Address;
  readonly owners: readonly Owner[];
}

/** One owner keeps the address; the others give it up. */
interface Choice {
  readonly keeper: Owner;
  readonly others: readonly Owner[];
  readonly repair: Repair;
}

/** The addresses in question: the sender's own, where somebody refuses it as his; else the next hops on the way. */
function clashesOf(context: FaultContext): readonly Clash[] {
  const { host, journey, trip } = context;
  const refused = refusedSource(context);
  const { steps } = refused === undefined ? journey : trip.request;
  return routeSteps(steps).flatMap((step) => {
    const addresses = refused === undefined ? [step.nexthop?.via ?? step.lookup.destination] : [refused];
    return addresses.flatMap((address) => {
      const owners = ownersAround(host, step, address, refused !== undefined);
      return new Set(owners.map(({ ref }) => ref.netns)).size > 1 ? [{ address, owners }] : [];
    });
  });
}

/** The source that was refused by who has it as well, as a packet, as an ARP request, or by answering to himself. */
function refusedSource(context: FaultContext): Address | undefined {
  const martian = droppedAs(context, 'martian-source');
  if (martian !== undefined && owns(martian.netns, martian.reason.address)) return martian.reason.address;
  const silence = droppedAs(context, 'neighbor-unanswered')?.reason.silence;
  if (silence?.kind === 'asker-is-us') return silence.sender;
  const strayed = droppedAs(context, 'reply-not-recognised');
  const asker = context.trip.request.packet?.source;
  const isElsewhere = strayed !== undefined && strayed.netns.name !== context.question.netns;
  return isElsewhere && asker !== undefined && owns(strayed.netns, asker) ? asker : undefined;
}

/** Who has the address on the wire that the packet leaves by; the sender counts where it is his own. */
function ownersAround(host: Host, step: RouteStep, address: Address, withSender: boolean): readonly Owner[] {
  const device = step.nexthop?.device;
  if (device === undefined || isLoopback(address) || isLinkLocal(address)) return [];
  const segment = segmentOf(host, { netns: step.netns, device });
  return ownersOf(host, address).filter(
    ({ ref, link, address: own }) =>
      link.up &&
      !own.flags.includes('dadfailed') &&
      (withSender || ref.netns !== step.netns) &&
      segment.some((each) => each.netns === ref.netns),
  );
}

/** Every way to leave the address to one, that gets the packet to its end; the sender's own first. */
function choicesOf(context: FaultContext, { address, owners }: Clash): readonly Choice[] {
  const { host, question, journey } = context;
  const isOurs = ({ ref }: Owner) => ref.netns === question.netns;
  const keepers = [...owners.filter(isOurs), ...owners.filter((owner) => !isOurs(owner))];
  return keepers.flatMap((keeper) => {
    const others = owners.filter(({ ref }) => ref.netns !== keeper.ref.netns);
    const edits = others.map(({ ref, address: own }): Edit => {
      return { kind: 'address-delete', ...ref, address, prefixLength: own.prefixLength };
    });
    const trip = walkRoundTrip(edits.reduce(applyEdit, host), question);
    const walked = journey.leg === 'reply' ? trip.reply : trip.request;
    if (walked?.fate.kind !== 'delivered') return [];
    const intent = `Leave ${address} to ${keeper.ref.netns} alone`;
    const names = others.map(({ ref }) => ref.netns).join(', ');
    return [{ keeper, others, repair: { intent, edits, sideEffects: `${names} is no longer reached by ${address}` } }];
  });
}

function foundOf(host: Host, { address, owners }: Clash, choice: Choice, choices: readonly Choice[]): Found {
  const [intruder = choice.keeper] = choice.others;
  const { family } = intruder.address;
  return {
    ...intruder.ref,
    what: `${placeText(intruder.ref)} has the address ${address}, and so has ${placeText(choice.keeper.ref)}`,
    why: 'Whoever answers first is sent to, one of them this time and another the next; and a namespace refuses what comes in from an address that it has itself',
    evidence: owners.flatMap(({ ref }) =>
      findNetns(host, ref.netns) === undefined ? [] : addressEvidence(host, ref, family),
    ),
    repairs: choices.map(({ repair }) => repair),
  };
}
