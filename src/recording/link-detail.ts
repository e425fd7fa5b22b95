/**
 * What a device is, from `linkinfo` of `ip -d -j link` and the numbers that tie it to another one.
 *
 * A kind that is not modelled, or whose settings cannot be read, is `other`: walking into it is undecided.
 *
 * @module
 */

import * as v from 'valibot';
import type { DeviceName, LinkDetail, VethPeer } from '../host/link.ts';
import { parseAddress } from '../net/address.ts';
import { toPort } from '../net/port.ts';
import { BridgeData, isOn, MacvlanData, onKeys, VlanData, VxlanData } from './link-data.ts';
import type { LinkRow } from './link-row.ts';
import type { Around } from './peers.ts';

interface Detail {
  readonly detail: LinkDetail;
  /** What the device does besides, and we do not model. */
  readonly unmodelled: readonly string[];
}

/** Settings by which a tunnel answers ARP itself, takes short cuts, or writes another header than plain VXLAN. */
const UNMODELLED_OF_VXLAN = [
  ...['proxy', 'rsc', 'gbp', 'gpe', 'vnifilter'],
  ...['remcsum_tx', 'remcsum_rx', 'udp_zero_csum6_tx'],
];

export function detailOf(row: LinkRow, around: Around): Detail {
  const infoKind = row.linkinfo?.info_kind;
  switch (infoKind) {
    case undefined:
      return plain({ kind: row.link_type === 'loopback' ? 'loopback' : 'physical' });
    case 'dummy':
      return plain({ kind: 'dummy' });
    case 'veth':
      return plain({ kind: 'veth', peer: otherEnd(row, around) });
    case 'bridge':
      return bridge(row);
    case 'vxlan':
      return vxlan(row, around);
    case 'macvlan':
      return macvlan(row, around);
    case 'vlan':
      return vlan(row, around);
    default:
      return plain({ kind: 'other', infoKind });
  }
}

function plain(detail: LinkDetail): Detail {
  return { detail, unmodelled: [] };
}

function macvlan(row: LinkRow, around: Around): Detail {
  const data = v.safeParse(MacvlanData, row.linkinfo?.info_data);
  if (!data.success) return plain({ kind: 'other', infoKind: 'macvlan' });
  const { mode } = data.output;
  return {
    detail: { kind: 'macvlan', lower: otherEnd(row, around), mode },
    unmodelled: mode === 'source' ? ['macvlan mode source'] : [],
  };
}

function vlan(row: LinkRow, around: Around): Detail {
  const data = v.safeParse(VlanData, row.linkinfo?.info_data);
  if (!data.success) return plain({ kind: 'other', infoKind: 'vlan' });
  const { protocol, id } = data.output;
  return {
    detail: { kind: 'vlan', lower: otherEnd(row, around), id },
    unmodelled: isDot1q(protocol) ? [] : [`VLAN protocol ${protocol}`],
  };
}

/** Written in either case, by version. */
function isDot1q(protocol: string): boolean {
  return protocol.toLowerCase() === '802.1q';
}

/** The peer of a veth, or the device below. One in the same namespace is printed by its name, one elsewhere by (ifindex, nsid). */
function otherEnd(row: LinkRow, around: Around): VethPeer {
  const { link_index: ifindex, link_netnsid: nsid } = row;
  if (nsid === undefined) {
    const peer = row.link ?? undefined;
    return peer !== undefined && around.ownIfindex(peer) !== undefined
      ? { kind: 'found', netns: around.self, device: peer as DeviceName }
      : { kind: 'unseen', ifindex: ifindex ?? 0, nsid: undefined };
  }
  const netns = around.netns(nsid);
  const device = around.device(nsid, ifindex ?? 0);
  return netns !== undefined && device !== undefined
    ? { kind: 'found', netns, device }
    : { kind: 'unseen', ifindex: ifindex ?? 0, nsid };
}

function bridge(row: LinkRow): Detail {
  const data = v.safeParse(BridgeData, row.linkinfo?.info_data);
  if (!data.success) return plain({ kind: 'other', infoKind: 'bridge' });
  const { vlan_filtering: vlanFiltering, vlan_protocol: vlanProtocol } = data.output;
  const detail: LinkDetail = {
    kind: 'bridge',
    stp: data.output.stp_state !== 0,
    vlanFiltering: isOn(vlanFiltering),
    nfCallIptables: isOn(data.output.nf_call_iptables),
    nfCallIp6tables: isOn(data.output.nf_call_ip6tables),
  };
  const isOtherTag = isOn(vlanFiltering) && !isDot1q(vlanProtocol);
  return { detail, unmodelled: isOtherTag ? [`VLAN protocol ${vlanProtocol}`] : [] };
}

function vxlan(row: LinkRow, around: Around): Detail {
  const parsed = v.safeParse(VxlanData, row.linkinfo?.info_data);
  const data = parsed.success ? parsed.output : undefined;
  const dstPort = toPort(data?.port ?? -1);
  if (data === undefined || dstPort === undefined) return plain({ kind: 'other', infoKind: 'vxlan' });
  const group = data.group ?? data.group6;
  const underlay = underlayOf(row, data.link, around);
  return {
    detail: {
      kind: 'vxlan',
      vni: data.id,
      dstPort,
      remote: parseAddress(data.remote ?? data.remote6 ?? group ?? ''),
      local: parseAddress(data.local ?? data.local6 ?? ''),
      link: underlay.link,
      ...(underlay.netns === undefined ? {} : { underlay: underlay.netns }),
      learning: isOn(data.learning),
      ...(data.ttl === 0 ? {} : { ttl: data.ttl }),
      external: isOn(data.external),
    },
    unmodelled: [
      ...onKeys(data, UNMODELLED_OF_VXLAN).map((key) => `vxlan ${key}`),
      ...(group === undefined ? [] : [`vxlan group ${group}: multicast in the underlay`]),
      ...underlay.unmodelled,
    ],
  };
}

/**
 * Where the outer packets of a tunnel travel. A tunnel that was moved has `link_netnsid`, and iproute2 then prints as
 * `link` the device that has the right ifindex in the wrong namespace (seen with 6.1), so it goes back to the number.
 */
function underlayOf(row: LinkRow, printed: string | undefined, around: Around) {
  const { link_netnsid: nsid } = row;
  if (nsid === undefined) return { link: printed as DeviceName | undefined, netns: undefined, unmodelled: [] };
  const netns = around.netns(nsid);
  const nowhere = {
    link: undefined,
    netns,
    unmodelled: ['its outer packets travel in a namespace that was not found'],
  };
  if (netns === undefined) return nowhere;
  if (printed === undefined) return { link: undefined, netns, unmodelled: [] };
  const ifindex = around.ownIfindex(printed) ?? Number(/^if(\d+)$/.exec(printed)?.[1]);
  const link = around.device(nsid, ifindex);
  return link === undefined ? nowhere : { link, netns, unmodelled: [] };
}
