/**
 * A namespace made ready for walking: devices by name, routes by table and prefix length, addresses, neighbours and
 * bridge ports by what they are asked by. Built once for each `Netns` value, so that after an edit only the namespace
 * that it changed is indexed again.
 *
 * A fact that could not be read is empty here: whoever enters the namespace looks at `unread` first.
 *
 * @module
 */

import type { Fact } from '../host/fact.ts';
import type { Netns } from '../host/host.ts';
import type { BridgePort, DeviceName, DeviceRef, InterfaceAddress, Link, NetnsName } from '../host/link.ts';
import { type FdbEntry, type Neighbor, type PolicyRule, TABLE } from '../host/route.ts';
import { confKey, readSysctl, sysctlKey } from '../host/sysctl.ts';
import type { Address, Family } from '../net/address.ts';
import { mergedTable, type RoutingTable, routingTables } from './routing-table.ts';

/** A device with the namespace that it is in. One object per device of a `NetnsIndex`. */
export interface Device {
  readonly ref: DeviceRef;
  readonly link: Link;
  readonly netns: NetnsIndex;
}

/** A port with what it is as a port. */
export interface PortDevice {
  readonly device: Device;
  readonly port: BridgePort;
}

/** Where an address is configured. */
export interface Holder {
  readonly device: Device;
  readonly address: InterfaceAddress;
}

export interface NetnsIndex {
  readonly netns: Netns;
  readonly name: NetnsName;
  readonly devices: ReadonlyMap<DeviceName, Device>;
  readonly rules: Readonly<Record<Family, readonly PolicyRule[]>>;
  /** What of the namespace's own state could not be read although every packet in it depends on it. */
  readonly unread: readonly string[];
  /** Settings of devices that were asked for so far, by name and device. */
  readonly conf: Readonly<Record<Family, Map<string, Map<string, Fact<number>>>>>;
  /** The IPv4 policy rules are not the three that are there from the beginning. */
  readonly hasCustomRules: boolean;
  /** The IPv4 tables local and main as one, where the kernel keeps them so. */
  readonly merged: RoutingTable | undefined;
  readonly tables: Readonly<Record<Family, ReadonlyMap<number, RoutingTable>>>;
  readonly holders: ReadonlyMap<Address, readonly Holder[]>;
  readonly neighbors: ReadonlyMap<DeviceName, ReadonlyMap<Address, Neighbor>>;
  /** Proxy entries (`ip neigh add proxy`). */
  readonly proxies: readonly Neighbor[];
  readonly ports: ReadonlyMap<DeviceName, readonly PortDevice[]>;
  /** FDB entries by the bridge, or the vxlan, that asks them. */
  readonly fdb: ReadonlyMap<DeviceName, readonly FdbEntry[]>;
}

/** The policy rules of IPv4 as the kernel makes them. */
const OWN_RULES: readonly (readonly [priority: number, table: number])[] = [
  [0, TABLE.local],
  [32766, TABLE.main],
  [32767, TABLE.default],
];

const indexes = new WeakMap<Netns, NetnsIndex>();

/** The index of the namespace, made at the first asking. */
export function indexNetns(netns: Netns): NetnsIndex {
  const made = indexes.get(netns);
  if (made !== undefined) return made;
  const index = buildIndex(netns);
  indexes.set(netns, index);
  return index;
}

/** A setting of one device; `all` is a device to the kernel here. */
export function conf(index: NetnsIndex, family: Family, device: DeviceName | 'all', name: string): Fact<number> {
  const ofFamily = index.conf[family];
  const ofName = ofFamily.get(name) ?? new Map<string, Fact<number>>();
  const read = ofName.get(device);
  if (read !== undefined) return read;
  const fact = readSysctl(index.netns.sysctls, confKey(family === 'inet' ? 'ipv4' : 'ipv6', device, name));
  ofFamily.set(name, ofName.set(device, fact));
  return fact;
}

/** A setting of one device that older kernels do not have, and without which they do as if it were 0. */
export function confIfAny(index: NetnsIndex, family: Family, device: DeviceName | 'all', name: string): number {
  const fact = conf(index, family, device, name);
  return fact.known ? fact.value : 0;
}

/** A setting of the whole namespace. */
export function setting(index: NetnsIndex, path: string): Fact<number> {
  return readSysctl(index.netns.sysctls, sysctlKey(path));
}

function buildIndex(netns: Netns): NetnsIndex {
  const devices = new Map<DeviceName, Device>();
  const holders = new Map<Address, Holder[]>();
  const ports = new Map<DeviceName, PortDevice[]>();
  const neighbors = new Map<DeviceName, Map<Address, Neighbor>>();
  const fdb = new Map<DeviceName, FdbEntry[]>();
  const routes = netns.routes.known ? netns.routes.value : [];
  const rules = netns.rules.known ? netns.rules.value : [];
  const hasCustomRules = !areOwnRules(rules.filter(({ family }) => family === 'inet'));
  const index: NetnsIndex = {
    netns,
    name: netns.name,
    devices,
    holders,
    ports,
    neighbors,
    fdb,
    proxies: netns.neighbors.known ? netns.neighbors.value.filter(({ proxy }) => proxy) : [],
    rules: {
      inet: rules.filter(({ family }) => family === 'inet'),
      inet6: rules.filter(({ family }) => family === 'inet6'),
    },
    unread: [netns.links, netns.routes, netns.rules].flatMap((fact) => (fact.known ? [] : [fact.why])),
    conf: { inet: new Map(), inet6: new Map() },
    hasCustomRules,
    merged: hasCustomRules ? undefined : mergedTable(routes),
    tables: { inet: routingTables(routes, 'inet'), inet6: routingTables(routes, 'inet6') },
  };
  for (const link of netns.links.known ? netns.links.value : []) {
    const device: Device = { ref: { netns: netns.name, device: link.name }, link, netns: index };
    devices.set(link.name, device);
    for (const address of link.addresses) append(holders, address.address, { device, address });
    if (link.master !== undefined && link.port !== undefined) append(ports, link.master, { device, port: link.port });
  }
  for (const entry of netns.neighbors.known ? netns.neighbors.value : []) {
    if (entry.proxy) continue;
    const ofDevice = neighbors.get(entry.device) ?? new Map<Address, Neighbor>();
    neighbors.set(entry.device, ofDevice.set(entry.address, entry));
  }
  for (const entry of netns.fdb.known ? netns.fdb.value : []) append(fdb, entry.master ?? entry.device, entry);
  return index;
}

function areOwnRules(rules: readonly PolicyRule[]): boolean {
  return (
    rules.length === OWN_RULES.length &&
    OWN_RULES.every(([priority, table], index) => {
      const rule = rules[index];
      return rule?.priority === priority && rule.action.kind === 'lookup' && rule.action.table === table;
    })
  );
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
