/**
 * A bridge that filters VLANs does not let the frame in by a port, or out by one, or lets it out with a tag that nobody
 * there takes.
 *
 * A port that knows one VLAN, untagged, is an access port: it is moved to the VLAN of the frame. Any other is a trunk:
 * the VLAN is added to it. Which of two access ports in different VLANs was meant, nobody can tell; moving the other one
 * is the alternative.
 *
 * @module
 */

import { bridgeIn } from '../../host/commands-enter.ts';
import type { Repair } from '../../host/edit.ts';
import { findLink, findNetns, type Host, sameDevice } from '../../host/host.ts';
import type { BridgeVlan, DeviceRef } from '../../host/link.ts';
import type { SegmentBlock } from '../../journey/fate.ts';
import { defineRule, type Found } from '../define.ts';
import type { Evidence } from '../finding.ts';
import type { FaultContext } from '../rule.ts';
import { crossingOf } from '../search/crossing.ts';
import { droppedAs } from '../search/dropped.ts';
import { placeText } from '../search/text.ts';

export const bridgeVlanFiltered = defineRule({
  code: 'bridge-vlan-filtered',
  title: "A bridge port does not let the frame's VLAN through",
  source: 'net/bridge/br_vlan.c: br_allowed_ingress(), br_allowed_egress(), br_handle_vlan()',
  explains: ['neighbor-unresolved', 'no-carrier', 'address-not-found', 'gateway-unreachable'],

  find(context) {
    const { host } = context;
    const block = blockOf(context);
    if (block === undefined) return [];
    if (block.because === 'vlan-untaken') return untaken(context, block);
    const { at, vlan, direction } = block;
    const table = tableOf(host, at);
    if (direction === 'in' && vlan === undefined) return [withoutPvid(context, at)];
    if (vlan === undefined) return [];
    const lopsided = direction === 'out' ? withOtherPvid(context, at, vlan) : undefined;
    if (lopsided !== undefined) return [lopsided];
    const way = direction === 'in' ? 'in by' : 'out by';
    return [
      {
        ...at,
        what: `a frame of VLAN ${vlan} may not go ${way} ${placeText(at)}, which lets through ${listText(table)}`,
        why: 'A bridge with vlan_filtering lets a frame in and out only by ports whose table holds its VLAN; without a tag it is of the VLAN that is PVID where it came in',
        evidence: [evidence(host, at)],
        repairs: [admit(host, at, vlan), ...(direction === 'out' ? moveSender(context, at, vlan) : [])],
      },
    ];
  },
});

function blockOf(context: FaultContext): SegmentBlock | undefined {
  const isOfVlan = ({ because }: SegmentBlock) => because === 'vlan-filtered' || because === 'vlan-untaken';
  const own = droppedAs(context, 'frame-blocked')?.reason.block;
  if (own !== undefined) return isOfVlan(own) ? own : undefined;
  const blocks = droppedAs(context, 'neighbor-unanswered', 'mac-unowned')?.reason.search.blocks ?? [];
  const wire = crossingOf(context)?.wire ?? [];
  return blocks.find((block) => isOfVlan(block) && isOnWay(context.host, wire, block.at));
}

/** A bridge that is only crossed need not be in the VLAN itself. */
function isOnWay(host: Host, wire: readonly DeviceRef[], at: DeviceRef): boolean {
  const index = wire.findIndex((ref) => sameDevice(ref, at));
  const [before, next] = [wire[index - 1], wire[index + 1]];
  const isBridge = findLink(host, at.netns, at.device)?.detail.kind === 'bridge';
  const goesOn = next !== undefined && findLink(host, next.netns, next.device)?.port !== undefined;
  return index >= 0 && !(isBridge && goesOn && before !== undefined);
}

/** Let the VLAN through: an access port is moved to it, a trunk gets one more. */
function admit(host: Host, at: DeviceRef, vid: number): Repair {
  const isAccess = isAccessPort(tableOf(host, at));
  const flags = { pvid: isAccess, untagged: isAccess };
  return {
    intent: isAccess ? `Put ${at.device} into VLAN ${vid}` : `Let VLAN ${vid} through ${at.device}`,
    edits: [{ kind: 'bridge-vlan', ...at, vid, ...flags }],
    sideEffects: isAccess ? `What is behind ${at.device} no longer reaches the VLAN that it was in` : undefined,
  };
}

/** The port that the frame came in by, into the VLAN of the one that it may not go out by. */
function moveSender(context: FaultContext, out: DeviceRef, vlan: number): readonly Repair[] {
  const { host } = context;
  const own = nativeOf(host, out);
  const sender = senderOf(context, out, vlan);
  if (own === undefined || sender === undefined || !isAccessPort(tableOf(host, out))) return [];
  return isAccessPort(tableOf(host, sender)) ? [admit(host, sender, own)] : [];
}

/** The port of the wire on which frames without a tag are of that VLAN. */
function senderOf(context: FaultContext, out: DeviceRef, vlan: number): DeviceRef | undefined {
  const wire = crossingOf(context)?.wire ?? [];
  return wire.find(
    (ref) =>
      ref.netns === out.netns &&
      !sameDevice(ref, out) &&
      tableOf(context.host, ref).some(({ vid, pvid }) => pvid && vid === vlan),
  );
}

/** The VLAN of frames without a tag, in and out. */
function nativeOf(host: Host, ref: DeviceRef): number | undefined {
  return tableOf(host, ref).find(({ pvid, untagged }) => pvid && untagged)?.vid;
}

/** One VLAN goes out by a port without a tag, and what comes back without a tag is taken for another. */
function withOtherPvid(context: FaultContext, out: DeviceRef, vlan: number): Found | undefined {
  const { host } = context;
  const own = nativeOf(host, out);
  const sender = senderOf(context, out, vlan);
  const isLopsided = sender && tableOf(host, sender).some(({ vid, untagged }) => vid === own && untagged);
  if (own === undefined || sender === undefined || isLopsided !== true) return undefined;
  return {
    ...sender,
    what: `${placeText(sender)} sends VLAN ${own} without a tag, and takes what comes in without one for VLAN ${vlan}: its PVID differs`,
    why: 'What a frame without a tag belongs to is said by the PVID of the port that it comes in by, and not by the VLAN that goes out there without a tag',
    evidence: [evidence(host, sender)],
    repairs: [
      {
        intent: `Make VLAN ${own} the PVID of ${sender.device}`,
        edits: [{ kind: 'bridge-vlan', ...sender, vid: own, pvid: true, untagged: true }],
        sideEffects: `Frames that come in by ${sender.device} without a tag are no longer of VLAN ${vlan}`,
      },
    ],
  };
}

function withoutPvid(context: FaultContext, at: DeviceRef): Found {
  const { host } = context;
  const vid = likelyVlan(context, at);
  return {
    ...at,
    what: `frames without a tag may not come in by ${placeText(at)}: it has no PVID`,
    why: 'A bridge with vlan_filtering takes a frame without a tag for one of the VLAN that is PVID on the port; where there is none, it drops the frame',
    evidence: [evidence(host, at)],
    repairs:
      vid === undefined
        ? []
        : [
            {
              intent: `Take frames without a tag on ${at.device} for VLAN ${vid}`,
              edits: [{ kind: 'bridge-vlan', ...at, vid, pvid: true, untagged: true }],
              sideEffects: undefined,
            },
          ],
  };
}

/** The VLAN of the others on the wire, or the one that the port itself lets out without a tag. */
function likelyVlan(context: FaultContext, at: DeviceRef): number | undefined {
  const { host } = context;
  const wire = (crossingOf(context)?.wire ?? []).filter((ref) => ref.netns === at.netns && !sameDevice(ref, at));
  const ofOthers = wire.flatMap((ref) => tableOf(host, ref)).find(({ pvid }) => pvid)?.vid;
  return ofOthers ?? tableOf(host, at).find(({ untagged }) => untagged)?.vid;
}

/** The port before the device lets the frame out tagged, and no VLAN device there takes it. */
function untaken(context: FaultContext, { at, vlan }: SegmentBlock): readonly Found[] {
  const { host } = context;
  const peer = findLink(host, at.netns, at.device)?.detail;
  const port = peer?.kind === 'veth' && peer.peer.kind === 'found' ? peer.peer : undefined;
  const entry = port && tableOf(host, port).find(({ vid }) => vid === vlan);
  if (port === undefined || entry === undefined || vlan === undefined) return [];
  const { netns, device } = port;
  return [
    {
      netns,
      device,
      what: `${placeText(port)} sends VLAN ${vlan} with its tag, and ${placeText(at)}, behind it, has no VLAN device that takes it`,
      why: 'The kernel gives a tagged frame to the VLAN device of that number on the interface; without one nobody there takes it',
      evidence: [evidence(host, port)],
      repairs: [
        {
          intent: `Send VLAN ${vlan} without a tag by ${device}`,
          edits: [{ kind: 'bridge-vlan', netns, device, vid: vlan, pvid: true, untagged: true }],
          sideEffects: `Frames that come in by ${device} without a tag are of VLAN ${vlan} then`,
        },
      ],
    },
  ];
}

function isAccessPort(table: readonly BridgeVlan[]): boolean {
  const [only, other] = table;
  return only !== undefined && other === undefined && only.untagged;
}

function tableOf(host: Host, { netns, device }: DeviceRef): readonly BridgeVlan[] {
  const vlans = findNetns(host, netns)?.bridgeVlans;
  return vlans?.known ? vlans.value.filter((each) => each.device === device) : [];
}

function listText(table: readonly BridgeVlan[]): string {
  return table.length === 0 ? 'no VLAN' : `VLAN ${table.map(({ vid }) => vid).join(', ')}`;
}

function evidence(host: Host, at: DeviceRef): Evidence {
  const netns = findNetns(host, at.netns);
  const text = tableOf(host, at)
    .map(({ vid, pvid, untagged }) => `${vid}${pvid ? ' PVID' : ''}${untagged ? ' Egress Untagged' : ''}`)
    .join(', ');
  return {
    witness: 'model',
    command: netns && bridgeIn(netns, ['vlan', 'show', 'dev', at.device]),
    text: `${at.device}: ${text === '' ? 'none' : text}`,
  };
}
