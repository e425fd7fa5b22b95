/**
 * Edits of devices, as the host after them: up, under a master, into another namespace.
 *
 * Source: net/ipv4/fib_frontend.c fib_netdev_event(); net/core/dev.c __dev_change_net_namespace(); net/bridge/br_if.c
 * br_add_if(), br_del_if(), br_mtu_auto_adjust(); net/bridge/br_stp_if.c br_stp_recalculate_bridge_id(). Held to the
 * kernel in test/live/faults-apply.test.ts.
 *
 * @module
 */

import type { Address } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import { changeLink, changeLinks, changeRoutes, forgetLearned, withRoutes } from './change.ts';
import { mapFact } from './fact.ts';
import { allLinks, findLink, findNetns, type Host, linksOf, type Netns, replaceNetns, sameDevice } from './host.ts';
import { kernelRoutesOf } from './kernel-routes.ts';
import type {
  BridgePort,
  DeviceName,
  DeviceRef,
  InterfaceAddress,
  Link,
  LinkDetail,
  NetnsName,
  VethPeer,
} from './link.ts';
import type { Route } from './route.ts';
import { settle } from './settle.ts';
import { confKey, readSysctl, type SysctlKey, type Sysctls } from './sysctl.ts';

const DEFAULT_MTU = 1500;
/** What a bridge has that lost its last port. */
const NO_MAC = '00:00:00:00:00:00' as Mac;

const NEW_PORT: BridgePort = {
  state: 'disabled',
  isolated: false,
  hairpin: false,
  learning: true,
  flood: true,
  broadcastFlood: true,
  multicastFlood: true,
};

/** `ip link set dev DEV up`: connected routes come back, those that somebody added do not. */
export function raiseLink(host: Host, ref: DeviceRef): Host {
  const link = findLink(host, ref.netns, ref.device);
  const netns = findNetns(host, ref.netns);
  if (link === undefined || netns === undefined || link.up) return host;
  const carrier = link.detail.kind !== 'bridge' || link.carrier;
  const raised: Link = {
    ...link,
    up: true,
    carrier,
    addresses: [...link.addresses, ...loopbackAddresses(netns, link)],
  };
  const settled = settle(host, forgetLearned(changeLink(host, ref, () => raised)));
  const now = findLink(settled, ref.netns, ref.device) ?? raised;
  const routed = changeRoutes(settled, ref.netns, (routes) =>
    withRoutes(
      routes,
      now.addresses.flatMap((address) => kernelRoutesOf(now, address)),
    ),
  );
  return vlansOn(routed, ref).reduce(raiseLink, routed);
}

/** VLAN devices go up with the device below (vlan_device_event()). */
function vlansOn(host: Host, ref: DeviceRef): readonly DeviceRef[] {
  return [...allLinks(host)].flatMap(({ netns, link: { name, detail } }) =>
    detail.kind === 'vlan' && detail.lower.kind === 'found' && sameDevice(detail.lower, ref)
      ? [{ netns: netns.name, device: name }]
      : [],
  );
}

/** lo is born without addresses; the kernel gives it 127.0.0.1 and ::1 when it goes up. */
function loopbackAddresses(netns: Netns, link: Link): readonly InterfaceAddress[] {
  if (link.detail.kind !== 'loopback') return [];
  const disabled = readSysctl(netns.sysctls, confKey('ipv6', link.name, 'disable_ipv6'));
  const given: InterfaceAddress[] = [];
  if (!link.addresses.some(({ family }) => family === 'inet')) given.push(loopback('inet', '127.0.0.1', 8));
  const hasInet6 = link.addresses.some(({ family }) => family === 'inet6');
  if (!hasInet6 && disabled.known && disabled.value === 0) given.push(loopback('inet6', '::1', 128));
  return given;
}

function loopback(family: 'inet' | 'inet6', address: string, prefixLength: number): InterfaceAddress {
  return { family, address: address as Address, prefixLength, scope: 'host', flags: ['permanent'] };
}

/** `ip link set dev DEV master BR` or `nomaster`. Addresses stay where they are, useless though they may be there. */
export function enslave(host: Host, ref: DeviceRef, master: DeviceName | undefined): Host {
  const link = findLink(host, ref.netns, ref.device);
  if (link === undefined || link.master === master) return host;
  const isBridge = master !== undefined && findLink(host, ref.netns, master)?.detail.kind === 'bridge';
  const port = isBridge ? NEW_PORT : undefined;
  const moved = changeLink(host, ref, (each) => ({ ...each, master, port }));
  const adjusted = [link.master, master].reduce(
    (now, bridge) => (bridge === undefined ? now : adjustBridge(host, now, { netns: ref.netns, device: bridge })),
    moved,
  );
  return settle(host, forgetLearned(adjusted));
}

/** A bridge that nobody gave a MAC or an MTU of its own takes the lowest of its ports'. */
function adjustBridge(before: Host, host: Host, ref: DeviceRef): Host {
  const old = portsOf(before, ref);
  const ports = portsOf(host, ref);
  return changeLink(host, ref, (bridge) => ({
    ...bridge,
    mtu: bridge.mtu === lowestMtu(old) ? lowestMtu(ports) : bridge.mtu,
    mac: old.length === 0 || bridge.mac === lowestMac(old) ? lowestMac(ports) : bridge.mac,
  }));
}

function portsOf(host: Host, ref: DeviceRef): readonly Link[] {
  const netns = findNetns(host, ref.netns);
  return netns === undefined ? [] : linksOf(netns).filter(({ master }) => master === ref.device);
}

function lowestMtu(ports: readonly Link[]): number {
  return ports.length === 0 ? DEFAULT_MTU : Math.min(...ports.map(({ mtu }) => mtu));
}

function lowestMac(ports: readonly Link[]): Mac {
  return ports.flatMap(({ mac }) => (mac === undefined ? [] : [mac])).sort()[0] ?? NO_MAC;
}

/** `ip link set dev DEV mtu N`. */
export function setMtu(host: Host, ref: DeviceRef, mtu: number): Host {
  const changed = changeLink(host, ref, (link) => ({ ...link, mtu }));
  const master = findLink(host, ref.netns, ref.device)?.master;
  return master === undefined ? changed : adjustBridge(host, changed, { netns: ref.netns, device: master });
}

/** `ip link set dev DEV netns NS`: it arrives down, without addresses, routes or master. */
export function moveLink(host: Host, ref: DeviceRef, target: NetnsName): Host {
  const link = findLink(host, ref.netns, ref.device);
  if (link === undefined || target === ref.netns) return host;
  const left = enslave(host, ref, undefined);
  const taken = replaceNetns(left, ref.netns, (netns) => without(netns, ref.device));
  const free = findNetns(taken, target);
  const moved: Link = {
    ...link,
    ifindex: freeIfindex(free === undefined ? [] : linksOf(free), link.ifindex),
    up: false,
    carrier: false,
    master: undefined,
    port: undefined,
    addresses: [],
  };
  const placed = replaceNetns(
    changeLinks(taken, target, (links) => [...links, moved]),
    target,
    (netns) => ({ ...netns, sysctls: bornSysctls(netns.sysctls, ref.device) }),
  );
  return settle(host, forgetLearned(repointPeers(placed, ref, { netns: target, device: ref.device })));
}

/** The namespace without the device and all that hung on it. */
function without(netns: Netns, device: DeviceName): Netns {
  const isNotOn = (entry: { readonly device: DeviceName | undefined }) => entry.device !== device;
  const values = new Map([...netns.sysctls.values].filter(([key]) => deviceOfKey(key) !== device));
  return {
    ...netns,
    links: mapFact(netns.links, (links) => links.filter(({ name }) => name !== device)),
    routes: mapFact(netns.routes, (routes) => withoutDevice(routes, device)),
    neighbors: mapFact(netns.neighbors, (entries) => entries.filter(isNotOn)),
    fdb: mapFact(netns.fdb, (entries) => entries.filter(isNotOn)),
    sysctls: { ...netns.sysctls, values },
  };
}

/** The routes that are left when a device goes: a multipath route keeps its other next hops, and marks this one dead. */
export function withoutDevice(routes: readonly Route[], device: DeviceName): readonly Route[] {
  return routes.flatMap((route) => {
    if (!route.nexthops.some((hop) => hop.device === device)) return [route];
    if (route.nexthops.every((hop) => hop.device === device)) return [];
    const nexthops = route.nexthops.map((hop) =>
      hop.device === device ? { ...hop, flags: [...new Set([...hop.flags, 'dead'])] } : hop,
    );
    return [{ ...route, nexthops }];
  });
}

function freeIfindex(links: readonly Link[], wanted: number): number {
  const used = links.map(({ ifindex }) => ifindex);
  return used.includes(wanted) ? Math.max(...used) + 1 : wanted;
}

/** A device that arrives in a namespace starts with its `conf/default` settings. */
export function bornSysctls(sysctls: Sysctls, device: DeviceName): Sysctls {
  const values = new Map(sysctls.values);
  for (const [key, value] of sysctls.values) {
    const own = /^(net\/ipv[46]\/conf\/)default(\/[^/]+)$/.exec(key);
    if (own !== null) values.set(`${own[1]}${device}${own[2]}` as SysctlKey, value);
  }
  return { ...sysctls, values };
}

/** The device that a per-device setting belongs to. */
function deviceOfKey(key: SysctlKey): string | undefined {
  return /^net\/ipv[46]\/conf\/([^/]+)\//.exec(key)?.[1];
}

function repointPeers(host: Host, from: DeviceRef, to: DeviceRef): Host {
  const ends = [...allLinks(host)].filter(({ link }) => {
    const other = otherEnd(link);
    return other?.kind === 'found' && sameDevice(other, from);
  });
  return ends.reduce(
    (now, { netns, link }) =>
      changeLink(now, { netns: netns.name, device: link.name }, (each) => ({ ...each, detail: pointTo(each, to) })),
    host,
  );
}

function otherEnd({ detail }: Link): VethPeer | undefined {
  if (detail.kind === 'veth') return detail.peer;
  return detail.kind === 'macvlan' || detail.kind === 'vlan' ? detail.lower : undefined;
}

function pointTo({ detail }: Link, to: DeviceRef): LinkDetail {
  const found = { kind: 'found' as const, ...to };
  if (detail.kind === 'veth') return { ...detail, peer: found };
  return detail.kind === 'macvlan' || detail.kind === 'vlan' ? { ...detail, lower: found } : detail;
}
