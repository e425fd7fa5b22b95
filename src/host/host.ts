/**
 * A host: all its network namespaces at one moment. The one value that the walk, the faults and the edits work on.
 *
 * Nothing in it changes; an edit answers a new host. Devices are named by (namespace, name), never by ifindex alone,
 * because ifindex and nsid repeat in every namespace.
 *
 * @module
 */

import type { Fact } from './fact.ts';
import type { BridgeVlan, DeviceName, DeviceRef, Link, NetnsName } from './link.ts';
import type { PathMtu } from './path-mtu.ts';
import type { FdbEntry, Neighbor, PolicyRule, Route } from './route.ts';
import type { Ruleset } from './ruleset.ts';
import type { ListeningSocket } from './socket.ts';
import type { Sysctls } from './sysctl.ts';
import type { ConnectionTable } from './tracked-connection.ts';

/** How commands get into the namespace from where nsdiag runs. */
export type NetnsEntry =
  | { readonly kind: 'here' }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'pid'; readonly pid: number }
  | { readonly kind: 'path'; readonly path: string };

/** One network namespace. */
export interface Netns {
  readonly name: NetnsName;
  readonly entry: NetnsEntry;
  /** The number in `net:[4026531840]`; the namespace's identity. */
  readonly inode: number;
  /** Other names of the same namespace. */
  readonly aliases: readonly string[];
  readonly links: Fact<readonly Link[]>;
  /** Both families, all tables. */
  readonly routes: Fact<readonly Route[]>;
  /** Both families, in the order in which the kernel asks them. */
  readonly rules: Fact<readonly PolicyRule[]>;
  readonly neighbors: Fact<readonly Neighbor[]>;
  readonly fdb: Fact<readonly FdbEntry[]>;
  /** Of bridges that filter VLANs and of their ports; read only where there is such a bridge. */
  readonly bridgeVlans: Fact<readonly BridgeVlan[]>;
  readonly sysctls: Sysctls;
  readonly ruleset: Fact<Ruleset>;
  readonly sockets: Fact<readonly ListeningSocket[]>;
  /** What has been learned of the MTU of paths (`ip route show cache`). */
  readonly pathMtus: Fact<readonly PathMtu[]>;
  /** What conntrack remembers from before. */
  readonly connections: Fact<ConnectionTable>;
}

/** Which programs that a fix may need are there, so that a printed command can run. */
export interface Tools {
  readonly nft: boolean;
  readonly iptables: boolean;
  /** Of all that a fix may run, what is not installed. */
  readonly missing: readonly string[];
}

/** Every namespace that was found. */
export interface Host {
  readonly namespaces: readonly Netns[];
  readonly tools: Tools;
  /** `uname -r`. */
  readonly kernel: string;
  /** What could not be looked at, for the report. */
  readonly notes: readonly string[];
}

/** The namespace of that name, or of that alias. */
export function findNetns(host: Host, name: string): Netns | undefined {
  return (
    host.namespaces.find((netns) => netns.name === name) ??
    host.namespaces.find((netns) => netns.aliases.includes(name))
  );
}

/** The device, when its namespace's links are known and hold it. */
export function findLink(host: Host, netns: NetnsName, device: DeviceName): Link | undefined {
  const links = findNetns(host, netns)?.links;
  return links?.known ? links.value.find((link) => link.name === device) : undefined;
}

/** The links of a namespace; empty when they could not be read, so ask `netns.links` where that makes a difference. */
export function linksOf(netns: Netns): readonly Link[] {
  return netns.links.known ? netns.links.value : [];
}

/** Every device of every namespace. */
export function* allLinks(host: Host): Generator<{ readonly netns: Netns; readonly link: Link }> {
  for (const netns of host.namespaces) for (const link of linksOf(netns)) yield { netns, link };
}

/** Put another value of one namespace in its place. */
export function replaceNetns(host: Host, name: NetnsName, change: (netns: Netns) => Netns): Host {
  return { ...host, namespaces: host.namespaces.map((netns) => (netns.name === name ? change(netns) : netns)) };
}

/** Whether two references name one device. */
export function sameDevice(a: DeviceRef, b: DeviceRef): boolean {
  return a.netns === b.netns && a.device === b.device;
}
