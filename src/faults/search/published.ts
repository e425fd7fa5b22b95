/**
 * Published ports: which rule of a namespace leads a destination elsewhere, or would if it were met.
 *
 * @module
 */

import { findNetns, type Host, type Netns } from '../../host/host.ts';
import type { DeviceName } from '../../host/link.ts';
import type { DnatTarget } from '../../host/rule-action.ts';
import type { FilterRule, Match, RuleRef, Statement } from '../../host/ruleset.ts';
import type { Packet } from '../../journey/packet.ts';
import type { Step } from '../../journey/step.ts';
import { parseAddress } from '../../net/address.ts';
import { NO_CONNECTIONS } from '../../walk/netfilter/contract.ts';
import { nearMisses } from '../../walk/netfilter/near-misses.ts';
import { indexNetns } from '../../walk/netns-index.ts';
import { localTableType } from '../../walk/route-lookup.ts';
import type { FaultContext } from '../rule.ts';

/** Where destinations are translated: where packets come in, and where they are sent. */
export type DnatHook = 'prerouting' | 'output';

/** A packet where its destination could have been translated. */
export interface Publication {
  readonly netns: Netns;
  readonly hook: DnatHook;
  /** It came in by this; `undefined` for what the namespace sent itself. */
  readonly inDevice: DeviceName | undefined;
  readonly packet: Packet;
}

/** The request as it met the hook at which the namespace that it died in could have led it on. */
export function unpublishedIn({ host, question, trip }: FaultContext): Publication | undefined {
  const { fate, packet, steps } = trip.request;
  const netns = fate.kind === 'dropped' ? findNetns(host, fate.netns) : undefined;
  if (netns === undefined) return undefined;
  if (netns.name === question.netns) {
    return packet && { netns, hook: 'output', inDevice: undefined, packet };
  }
  const ingress = steps.findLast((step) => step.stage === 'ingress' && step.netns === netns.name);
  if (ingress?.stage !== 'ingress') return undefined;
  return { netns, hook: 'prerouting', inDevice: ingress.device, packet: ingress.packet };
}

/** A rule that leads this port elsewhere, and why the packet did not meet it. */
export interface MissedRule {
  readonly rule: FilterRule;
  readonly to: DnatTarget;
  /** The hook at which it stands. */
  readonly hook: DnatHook;
  /** Its conditions that do not hold. Empty at the packet's own hook: an earlier rule took the packet. */
  readonly failed: readonly Match[];
}

/** The rules that are about this very port or address, the nearest first. */
export function missedRules({ netns, hook, inDevice, packet }: Publication): readonly MissedRule[] {
  const other = hook === 'output' ? 'prerouting' : 'output';
  const index = indexNetns(netns);
  const hooks: readonly DnatHook[] = [hook, other];
  const found = hooks.flatMap((at) =>
    nearMisses(
      {
        netns,
        hook: at,
        leg: 'request',
        packet,
        inDevice: at === 'prerouting' ? inDevice : undefined,
        outDevice: undefined,
        bridged: undefined,
        conntrack: NO_CONNECTIONS,
        addressType: (address) => localTableType(index, address),
        masqueradeAddress: () => undefined,
      },
      ['dnat', 'redirect'],
    ).flatMap(({ rule, failed }): readonly MissedRule[] => {
      const to = targetOf(rule, packet);
      return to !== undefined && isAbout(rule, failed) ? [{ rule, to, hook: at, failed }] : [];
    }),
  );
  // The sort is stable: of two equally near ones the one at the packet's own hook.
  return found.toSorted((a, b) => a.failed.length - b.failed.length);
}

/** Who it is for may differ; what it is about, the port, may not. */
function isAbout({ matches }: FilterRule, failed: readonly Match[]): boolean {
  const isForOthers = failed.every(({ kind }) => FOR_WHOM.has(kind));
  const names = matches.some(
    (match) =>
      !failed.includes(match) &&
      (match.kind === 'port' || match.kind === 'address') &&
      match.side === 'destination' &&
      !match.negate,
  );
  return isForOthers && names;
}

const FOR_WHOM: ReadonlySet<Match['kind']> = new Set([
  'device',
  'bridge-port',
  'address',
  'address-range',
  'address-type',
]);

function targetOf({ statements }: FilterRule, packet: Packet): DnatTarget | undefined {
  const statement = statements.find(isDestinationNat);
  if (statement === undefined) return undefined;
  const ports = statement.kind === 'dnat' ? statement.to.ports : statement.ports;
  const first = statement.kind === 'dnat' ? statement.to.addresses?.first : packet.destination;
  const address = first === undefined ? packet.destination : parseAddress(first);
  return address && { address, port: ports?.[0] };
}

function isDestinationNat(statement: Statement): statement is Extract<Statement, { kind: 'dnat' | 'redirect' }> {
  return statement.kind === 'dnat' || statement.kind === 'redirect';
}

/** A destination that was translated on the way there. */
export interface Translated {
  readonly netns: Netns;
  readonly hook: DnatHook;
  readonly rule: RuleRef;
  readonly before: Packet;
  readonly after: Packet;
}

/** The last translation of the request's destination by a rule. */
export function translatedIn(host: Host, steps: readonly Step[]): Translated | undefined {
  const step = steps.findLast((each) => each.stage === 'nat' && each.rule !== undefined && isDnatHook(each.hook));
  if (step?.stage !== 'nat' || step.rule === undefined || !isDnatHook(step.hook)) return undefined;
  const netns = findNetns(host, step.netns);
  const { hook, rule, before, after } = step;
  return netns && { netns, hook, rule, before, after };
}

function isDnatHook(hook: string): hook is DnatHook {
  return hook === 'prerouting' || hook === 'output';
}
