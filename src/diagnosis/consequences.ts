/**
 * What one fault took along is no fault of its own: its commands belong to the fix of the fault that took it.
 *
 * - A device that goes down loses every route through it and brings back only the connected ones
 *   (net/ipv4/fib_frontend.c, fib_disable_ip()), and its IPv6 addresses altogether (net/ipv6/addrconf.c,
 *   addrconf_ifdown(), unless keep_addr_on_down is set).
 * - Without an address there is no connected network, so that no gateway in it can be named: the route was refused
 *   ("Nexthop has invalid gateway"), or went when the address was deleted.
 *
 * @module
 */

import type { Edit } from '../host/edit.ts';
import type { DeviceName } from '../host/link.ts';
import { familyOf } from '../net/address.ts';
import type { Choice } from './choice.ts';

/** The codes of what goes along with a fault of this code, when it is on the same device. */
const TAKES_ALONG: Readonly<Record<string, readonly string[]>> = {
  'link-down': ['no-address', 'no-route'],
  'no-address': ['no-route'],
  'no-interface': ['no-address', 'no-route'],
  'dangling-veth': ['no-address', 'no-route'],
};

/** Fold what a fault took along into that fault. */
export function absorbConsequences(choices: readonly Choice[]): readonly Choice[] {
  const kept: Choice[] = [];
  for (const choice of choices) {
    // Only the last one of that namespace: the commands run in the order of the causes.
    const index = kept.findLastIndex(({ finding }) => finding.netns === choice.finding.netns);
    const earlier = kept[index];
    if (earlier === undefined || !tookAway(earlier, choice)) kept.push(choice);
    else kept[index] = absorb(earlier, choice);
  }
  return kept;
}

function tookAway({ finding: first }: Choice, { finding: second, repair }: Choice): boolean {
  if (!TAKES_ALONG[first.code]?.includes(second.code) || repair === undefined) return false;
  return repair.edits.every((edit) => edit.netns === first.netns && isOn(edit, first.device));
}

function isOn(edit: Edit, device: DeviceName | undefined): boolean {
  if (edit.kind === 'route-add') return edit.route.nexthops.every((hop) => hop.device === device);
  // An IPv4 address outlives its device's going down: if it is missing, it was never there.
  return edit.kind === 'address-add' && edit.device === device && familyOf(edit.address) === 'inet6';
}

function absorb(cause: Choice, consequence: Choice): Choice {
  if (cause.repair === undefined || consequence.repair === undefined) return cause;
  const besides = [cause.repair.sideEffects, consequence.repair.sideEffects].filter((text) => text !== undefined);
  return {
    ...cause,
    finding: { ...cause.finding, evidence: [...cause.finding.evidence, ...consequence.finding.evidence] },
    repair: {
      ...cause.repair,
      edits: [...cause.repair.edits, ...consequence.repair.edits],
      sideEffects: besides.length === 0 ? undefined : [...new Set(besides)].join('. '),
    },
  };
}
