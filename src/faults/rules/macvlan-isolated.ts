/**
 * Two devices share one wire and cannot talk by it: a macvlan and the device that it stands on, by design, or two
 * macvlans whose modes keep them apart.
 *
 * @module
 */

import { ipIn } from '../../host/commands-enter.ts';
import type { Edit, Repair } from '../../host/edit.ts';
import { findLink, findNetns, type Host, linksOf, sameDevice } from '../../host/host.ts';
import type { DeviceName, DeviceRef, Link } from '../../host/link.ts';
import { familyOf } from '../../net/address.ts';
import { hostPrefix } from '../../net/prefix.ts';
import { defineRule, type Found } from '../define.ts';
import type { Evidence } from '../finding.ts';
import type { FaultContext } from '../rule.ts';
import { type Crossing, crossingOf } from '../search/crossing.ts';
import { droppedAs } from '../search/dropped.ts';
import { newRoute } from '../search/new-route.ts';
import { addressFacing } from '../search/owner.ts';
import { placeText } from '../search/text.ts';

export const macvlanIsolated = defineRule({
  code: 'macvlan-isolated',
  title: 'A macvlan cannot talk to its parent, or to another macvlan',
  source: 'drivers/net/macvlan.c: macvlan_queue_xmit(), macvlan_handle_frame()',
  explains: ['neighbor-unresolved', 'address-not-found', 'gateway-unreachable', 'no-carrier', 'bridge-hairpin-off'],

  find(context) {
    const { host } = context;
    const crossing = crossingOf(context);
    const other = crossing && isolatedOwner(context, crossing);
    if (crossing === undefined || other === undefined) return [];
    const { from } = crossing;
    if (isParentOf(host, other, from)) return [apartFromParent(host, { parent: other, child: from }, crossing)];
    if (isParentOf(host, from, other)) return [apartFromParent(host, { parent: from, child: other }, crossing)];
    return [apartByMode(host, from, other)];
  },
});

/** The next hop's own device, which the frame could not reach although both are on one wire. */
function isolatedOwner(context: FaultContext, { owners }: Crossing): DeviceRef | undefined {
  const frame = droppedAs(context, 'frame-blocked')?.reason;
  const blocks = frame
    ? [frame.block]
    : (droppedAs(context, 'neighbor-unanswered', 'mac-unowned')?.reason.search.blocks ?? []);
  return blocks.find(
    ({ because, at }) => because === 'macvlan-isolated' && owners.some(({ ref }) => sameDevice(ref, at)),
  )?.at;
}

function isParentOf(host: Host, parent: DeviceRef, child: DeviceRef): boolean {
  const detail = findLink(host, child.netns, child.device)?.detail;
  return detail?.kind === 'macvlan' && detail.lower.kind === 'found' && sameDevice(detail.lower, parent);
}

interface Family {
  readonly parent: DeviceRef;
  readonly child: DeviceRef;
}

function apartFromParent(host: Host, { parent, child }: Family, crossing: Crossing): Found {
  return {
    ...parent,
    what: `${placeText(child)} is a macvlan on ${placeText(parent)}, and the two cannot talk to each other`,
    why: 'What a macvlan sends and no other macvlan is meant by goes out by the wire, and so does what its parent sends: neither gets the frames of the other, unless the switch sends them back',
    evidence: [evidence(host, child)],
    repairs: shim(host, { parent, child }, crossing),
  };
}

/** A macvlan of the parent's namespace, which its siblings can talk to, and the route over it to the child. */
function shim(host: Host, { parent, child }: Family, { nexthop, from }: Crossing): readonly Repair[] {
  const childLink = findLink(host, child.netns, child.device);
  const parentLink = findLink(host, parent.netns, parent.device);
  // IPv6 answers for an address by the device that has it alone: there the address itself would have to move.
  if (familyOf(nexthop) !== 'inet' || childLink === undefined || parentLink === undefined) return [];
  const isFromParent = sameDevice(from, parent);
  const own = isFromParent ? addressFacing(parentLink, nexthop)?.address : nexthop;
  const far = isFromParent ? nexthop : addressFacing(childLink, nexthop)?.address;
  const name = freeName(host, parent);
  if (own === undefined || far === undefined || isPassthru(childLink)) return [];
  const { netns } = parent;
  const edits: readonly Edit[] = [
    { kind: 'macvlan-add', netns, name, lower: parent.device },
    { kind: 'link-up', netns, device: name },
    { kind: 'route-add', netns, route: { ...newRoute(hostPrefix(far), undefined, name), prefsrc: own } },
  ];
  const intent = `Give ${netns} a macvlan of its own on ${parent.device}, and reach ${far} by it`;
  return [{ intent, edits, sideEffects: undefined }];
}

function freeName(host: Host, { netns }: DeviceRef): DeviceName {
  const found = findNetns(host, netns);
  const taken = new Set<string>(found === undefined ? [] : linksOf(found).map(({ name }) => name));
  let number = 0;
  while (taken.has(`macvlan${number}`)) number++;
  return `macvlan${number}` as DeviceName;
}

function apartByMode(host: Host, from: DeviceRef, other: DeviceRef): Found {
  const apart = [other, from].filter((ref) => modeOf(host, ref) !== 'bridge');
  const [first = other] = apart;
  const changeable = apart.every((ref) => modeOf(host, ref) !== 'passthru');
  return {
    ...first,
    what: `${placeText(from)} (mode ${modeOf(host, from)}) and ${placeText(other)} (mode ${modeOf(host, other)}) are macvlans on one device, and their modes keep them apart`,
    why: 'Only macvlans in bridge mode get frames of each other directly; vepa leaves it to the switch to send them back, and private drops them even then',
    evidence: [evidence(host, from), evidence(host, other)],
    repairs: changeable
      ? [
          {
            intent: `Put ${apart.map(placeText).join(' and ')} into bridge mode`,
            edits: apart.map((ref) => ({ kind: 'macvlan-mode', ...ref, mode: 'bridge' })),
            sideEffects: 'Every other macvlan in bridge mode on that device can be reached as well',
          },
        ]
      : [],
  };
}

function modeOf(host: Host, ref: DeviceRef): string {
  const detail = findLink(host, ref.netns, ref.device)?.detail;
  return detail?.kind === 'macvlan' ? detail.mode : 'none';
}

function isPassthru({ detail }: Link): boolean {
  return detail.kind === 'macvlan' && detail.mode === 'passthru';
}

function evidence(host: Host, ref: DeviceRef): Evidence {
  const netns = findNetns(host, ref.netns);
  const detail = findLink(host, ref.netns, ref.device)?.detail;
  const lower = detail?.kind === 'macvlan' && detail.lower.kind === 'found' ? detail.lower : undefined;
  return {
    witness: 'model',
    command: netns && ipIn(netns, ['-d', 'link', 'show', 'dev', ref.device]),
    text: `${ref.device}: macvlan mode ${modeOf(host, ref)}${lower === undefined ? '' : ` on ${placeText(lower)}`}`,
  };
}
