/**
 * The common part of the rules about two ends of a vxlan that differ in their number, or in their port: the wrapping
 * arrives, and nobody there takes it off.
 *
 * Which end is wrong, two ends alone cannot tell: the one that fewer others agree with, else the one that did not take
 * the packet. Changing the other one is the alternative.
 *
 * @module
 */

import { ipIn } from '../host/commands-enter.ts';
import type { Repair } from '../host/edit.ts';
import { findNetns, type Host } from '../host/host.ts';
import type { Port } from '../net/port.ts';
import { defineRule } from './define.ts';
import type { Evidence } from './finding.ts';
import type { FaultContext, FaultRule } from './rule.ts';
import { droppedAs } from './search/dropped.ts';
import { placeText } from './search/text.ts';
import { farEndOf, holds, otherVxlans, type Vxlan, vxlanAt, vxlansBefore, wrappedIn } from './search/tunnel.ts';

interface MismatchDefinition {
  readonly code: string;
  readonly title: string;
  readonly why: string;
  /** The words for what differs: `VNI 42`. */
  readonly words: (detail: Vxlan['detail']) => string;
  readonly differs: (a: Vxlan['detail'], b: Vxlan['detail']) => boolean;
  /** Whether they would be a pair but for that. */
  readonly isAlikeBut: (a: Vxlan['detail'], b: Vxlan['detail']) => boolean;
  /** What one has to become to be like the other. */
  readonly become: (from: Vxlan['detail'], like: Vxlan['detail']) => { readonly vni: number; readonly dstPort: Port };
  /** Which end is changed rather when as many agree with either. */
  readonly isOdd?: (detail: Vxlan['detail']) => boolean;
}

/** A rule about one way in which the ends differ. */
export function vxlanMismatchRule(definition: MismatchDefinition): FaultRule {
  const { code, title, why, words } = definition;
  return defineRule({
    code,
    title,
    source: 'drivers/net/vxlan/vxlan_core.c: vxlan_vs_find_vni(), vxlan_sock_add()',
    explains: [],

    find(context) {
      const ends = endsOf(context, definition);
      if (ends === undefined) return [];
      const { host } = context;
      const [wrong, right] = inOrder(host, ends, definition);
      return [
        {
          ...wrong.ref,
          what: `${placeText(wrong.ref)} has ${words(wrong.detail)}, ${placeText(right.ref)}, the other end, has ${words(right.detail)}`,
          why,
          evidence: [evidence(host, wrong), evidence(host, right)],
          repairs: [...remade(wrong, right, definition), ...remade(right, wrong, definition)],
        },
      ];
    },
  });
}

interface Ends {
  readonly sender: Vxlan;
  readonly taker: Vxlan;
}

/** The tunnel that sent, and the one that was to take it. */
function endsOf(context: FaultContext, { differs, isAlikeBut }: MismatchDefinition): Ends | undefined {
  const dropped = droppedAs(context, 'tunnel-unmatched');
  const wrapped = wrappedIn(context);
  if (dropped === undefined || wrapped === undefined) return undefined;
  const { host } = context;
  const { tunnel: sender, nexthop, remote } = wrapped;
  // Sent to the wrong place, it is no wonder that nobody there takes it.
  const far = farEndOf(host, sender, nexthop);
  if (far !== undefined && !holds(host, far, remote)) return undefined;
  const here = dropped.reason.here.flatMap((ref) => vxlanAt(host, ref) ?? []);
  const candidates = here.filter(({ detail }) => differs(sender.detail, detail) && isAlikeBut(sender.detail, detail));
  const [meant] = nexthop === undefined ? [] : vxlansBefore(host, candidates, nexthop);
  const alone = candidates.filter((each) => followers(host, each) === 0);
  const taker = meant ?? (candidates.length === 1 ? candidates[0] : alone.length === 1 ? alone[0] : undefined);
  return taker && { sender, taker };
}

/** How many other vxlans have the same number and port. */
function followers(host: Host, tunnel: Vxlan): number {
  return otherVxlans(host, tunnel).filter(
    ({ detail }) => detail.vni === tunnel.detail.vni && detail.dstPort === tunnel.detail.dstPort,
  ).length;
}

/** The end to change first. */
function inOrder(host: Host, { sender, taker }: Ends, { isOdd }: MismatchDefinition): readonly [Vxlan, Vxlan] {
  const [ofSender, ofTaker] = [followers(host, sender), followers(host, taker)];
  const isSenderOdd =
    ofSender === ofTaker ? isOdd?.(sender.detail) === true && !isOdd(taker.detail) : ofSender < ofTaker;
  return isSenderOdd ? [sender, taker] : [taker, sender];
}

/** A tunnel that has left the namespace in which it was made cannot be made again where it is. */
function remade({ ref, link, detail }: Vxlan, like: Vxlan, { words, become }: MismatchDefinition): readonly Repair[] {
  if (detail.underlay !== undefined || link.unmodelled.length > 0) return [];
  return [
    {
      intent: `Make ${ref.device} in ${ref.netns} anew with ${words(like.detail)}`,
      edits: [{ kind: 'vxlan-remake', ...ref, ...become(detail, like.detail) }],
      sideEffects: `${ref.device} is deleted and made again, with the same addresses, master, far ends and routes: its other traffic is interrupted, and options that nsdiag does not name (ttl, ageing, checksums) are the defaults again`,
    },
  ];
}

function evidence(host: Host, { ref, detail }: Vxlan): Evidence {
  const netns = findNetns(host, ref.netns);
  return {
    witness: 'model',
    command: netns && ipIn(netns, ['-d', 'link', 'show', 'dev', ref.device]),
    text: `${ref.device}: vxlan id ${detail.vni} dstport ${detail.dstPort}`,
  };
}
