/**
 * What is odd about vxlans: nowhere to send to, and far ends that would not take what is sent.
 *
 * @module
 */

import { allLinks, type Host } from '../host/host.ts';
import type { DeviceRef, LinkDetail } from '../host/link.ts';
import { type Oddity, placeName, type Surveyed } from './oddity.ts';
import { endsOf } from './wires.ts';

type Vxlan = Extract<LinkDetail, { kind: 'vxlan' }>;

/** Marked at the vxlan that sends. */
export function oddTunnels({ host, wires }: Surveyed): readonly Oddity[] {
  return [...allLinks(host)].flatMap(({ netns, link }): readonly Oddity[] => {
    const { detail } = link;
    if (detail.kind !== 'vxlan' || detail.external || !netns.fdb.known) return [];
    const ref = { netns: netns.name, device: link.name };
    const own = wires.filter((wire) =>
      endsOf(wire).some((end) => end.netns === ref.netns && end.device === ref.device),
    );
    // The other end's wire may be told once for both.
    const hasRemote = netns.fdb.value.some((entry) => entry.device === link.name && entry.destination !== undefined);
    if (!hasRemote)
      return [{ code: 'vxlan-no-fdb', ...ref, text: 'has no far end to send to: no remote, no FDB entry' }];
    return own.flatMap((wire) => {
      if (wire.kind !== 'open-tunnel' || wire.holder === undefined) return [];
      return mismatch(host, detail, ref, wire.holder);
    });
  });
}

function mismatch(host: Host, vxlan: Vxlan, ref: DeviceRef, holder: DeviceRef): readonly Oddity[] {
  const there = [...allLinks(host)].flatMap(({ netns, link }) =>
    link.detail.kind === 'vxlan' && (link.detail.underlay ?? netns.name) === holder.netns
      ? [{ place: placeName({ netns: netns.name, device: link.name }), own: link.detail }]
      : [],
  );
  const sameVni = there.find(({ own }) => own.vni === vxlan.vni);
  if (sameVni !== undefined) {
    const text = `sends to port ${vxlan.dstPort}, and ${sameVni.place} listens on ${sameVni.own.dstPort}`;
    return [{ code: 'vxlan-port-mismatch', ...ref, text }];
  }
  const other = there.find(({ own }) => own.dstPort === vxlan.dstPort);
  if (other === undefined) return [];
  return [
    { code: 'vxlan-vni-mismatch', ...ref, text: `has VNI ${vxlan.vni}, and ${other.place} VNI ${other.own.vni}` },
  ];
}
