/**
 * `ip -d -j addr show` to links.
 *
 * Not kept: what decides over no packet of ours (queue lengths, offload sizes, timers). Kept by name and not modelled:
 * an XDP program, qdiscs and filters that may drop, and settings of ports and tunnels that drop or answer by themselves.
 *
 * @module
 */

import { type Fact, mapFact } from '../host/fact.ts';
import type { Interceptor } from '../host/interceptor.ts';
import type { BridgePort, DeviceName, Link } from '../host/link.ts';
import { parseMac } from '../net/mac.ts';
import { addressesOf } from './addresses.ts';
import { isOn, onKeys, type PortData } from './link-data.ts';
import { detailOf } from './link-detail.ts';
import type { LinkRow } from './link-row.ts';
import type { Around } from './peers.ts';

/** XDP_ATTACHED_* by number; several at once are taken off one by one, the driver's first. */
const XDP_MODES: Readonly<Record<number, 'xdpdrv' | 'xdpgeneric' | 'xdpoffload'>> = {
  1: 'xdpdrv',
  2: 'xdpgeneric',
  3: 'xdpoffload',
};

/** Settings of a port by which it drops or answers frames itself. */
const UNMODELLED_OF_PORT = ['locked', 'neigh_suppress', 'proxy_arp', 'vlan_tunnel'];

/**
 * @param around Who sits at the numbers that the rows name.
 * @param trafficControl What qdiscs and filters may do to a packet, by device.
 */
export function linksOf(
  rows: Fact<readonly LinkRow[]>,
  around: Around,
  trafficControl: ReadonlyMap<string, readonly Interceptor[]>,
): Fact<readonly Link[]> {
  return mapFact(rows, (known) => {
    const links = known.map((row) => linkOf(row, around, trafficControl.get(row.ifname) ?? []));
    const isUp = (master: string | undefined) => links.some(({ name, up }) => name === master && up);
    const waking = known.filter((row) => isWaking(row) && isUp(row.master)).map(({ ifname }) => ifname);
    return waking.length === 0 ? links : awake(links, waking);
  });
}

/**
 * A port that has carrier, and of which the kernel has not taken notice yet: up to a second later (linkwatch) it
 * forwards, and its bridge has carrier. Seen right after `ip link set up`: NO-CARRIER together with LOWER_UP.
 */
function isWaking({ flags, linkinfo }: LinkRow): boolean {
  const isPending = ['UP', 'LOWER_UP', 'NO-CARRIER'].every((flag) => flags.includes(flag));
  return isPending && linkinfo?.port?.state === 'disabled';
}

/** The links as they are when the kernel has taken notice. */
function awake(links: readonly Link[], waking: readonly string[]): readonly Link[] {
  const forwarding = links.map((link) =>
    link.port !== undefined && waking.includes(link.name)
      ? { ...link, port: { ...link.port, state: 'forwarding' as const } }
      : link,
  );
  const bridges = forwarding.filter(({ name }) => waking.includes(name)).map(({ master }) => master);
  return forwarding.map((link) => (bridges.includes(link.name) ? { ...link, carrier: true } : link));
}

function linkOf(row: LinkRow, around: Around, trafficControl: readonly Interceptor[]): Link {
  const interceptors = [...xdpOf(row), ...trafficControl];
  const port = row.linkinfo?.port;
  const { detail, unmodelled } = detailOf(row, around);
  return {
    ifindex: row.ifindex,
    name: row.ifname as DeviceName,
    up: row.flags.includes('UP'),
    carrier: row.flags.includes('LOWER_UP'),
    noArp: row.flags.includes('NOARP'),
    mtu: row.mtu,
    mac: row.link_type === 'ether' || row.link_type === 'loopback' ? parseMac(row.address ?? '') : undefined,
    master: row.master as DeviceName | undefined,
    port: port === undefined ? undefined : portOf(port),
    addresses: addressesOf(row.addr_info),
    detail,
    ...(interceptors.length === 0 ? {} : { interceptors }),
    unmodelled: [...unmodelled, ...(port === undefined ? [] : onKeys(port, UNMODELLED_OF_PORT))],
  };
}

/** Which frames a program takes, nobody can tell by looking at it. */
function xdpOf({ xdp }: LinkRow): readonly Interceptor[] {
  if (xdp === undefined) return [];
  const name = xdp.prog?.name === undefined ? 'XDP program' : `XDP program ${xdp.prog.name}`;
  const mode = XDP_MODES[xdp.mode] ?? 'xdpdrv';
  const line = `${mode} prog/xdp id ${xdp.prog?.id ?? '?'}${xdp.prog?.tag === undefined ? '' : ` tag ${xdp.prog.tag}`}`;
  return [{ side: 'ingress', sort: { kind: 'xdp', mode }, takes: { kind: 'unknown' }, name, line }];
}

function portOf(data: PortData): BridgePort {
  return {
    state: data.state,
    isolated: isOn(data.isolated),
    hairpin: isOn(data.hairpin),
    learning: isOn(data.learning),
    flood: isOn(data.flood),
    broadcastFlood: isOn(data.bcast_flood),
    multicastFlood: isOn(data.mcast_flood),
  };
}
