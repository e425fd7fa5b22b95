/**
 * Hosts for tests, in few words, complete as Linux would have made them: lo, connected, local and broadcast routes,
 * link-local addresses, the default policy rules, carrier, sysctls at their defaults.
 *
 *     const host = hostOf({
 *       ns1: { links: { veth0: { peer: 'ns2:veth1', addresses: ['10.0.1.1/24'] } }, routes: ['default via 10.0.1.2'] },
 *       ns2: { links: { veth1: { addresses: ['10.0.1.2/24'] } }, sysctls: { 'net/ipv4/ip_forward': 1 } },
 *     });
 *
 * What it derives was measured on a 6.18 kernel; the live tests that collect a real host hold it to that.
 *
 * @module
 */

import { type Fact, known, type Source } from '../../src/host/fact.ts';
import { type Host, type Netns, replaceNetns } from '../../src/host/host.ts';
import type {
  BridgePort,
  BridgeVlan,
  DeviceName,
  DeviceRef,
  InterfaceAddress,
  Link,
  LinkDetail,
  NetnsName,
  VethPeer,
} from '../../src/host/link.ts';
import type { PathMtu } from '../../src/host/path-mtu.ts';
import type { FdbEntry, Route } from '../../src/host/route.ts';
import type { Ruleset } from '../../src/host/ruleset.ts';
import type { SysctlKey } from '../../src/host/sysctl.ts';
import type { TrackedConnection } from '../../src/host/tracked-connection.ts';
import { type Address, familyOf } from '../../src/net/address.ts';
import { contains } from '../../src/net/prefix.ts';
import { addr, fdbEntry, mac, neighbor, port, route, rule, socket } from './iproute-text.ts';
import { kernelRoutes } from './kernel-routes.ts';
import { sysctlsOf } from './sysctl-defaults.ts';

/** A device. `kind` is veth when it has a peer, or is named as one. */
export interface LinkSpec {
  /** `ns2:veth1`; `unseen` when nobody can tell where it is. Enough at one of the two ends. */
  readonly peer?: string;
  readonly kind?: 'bridge' | 'vxlan' | 'dummy' | 'physical' | (string & {});
  /** `10.0.1.1/24`, `fd00::1/64`, with flags behind it: `fd00::1/64 tentative`, `10.0.0.1/32 peer 10.0.0.2`. */
  readonly addresses?: readonly string[];
  /** Up, unless said otherwise. */
  readonly up?: boolean;
  /** As Linux would have it, unless said otherwise. */
  readonly carrier?: boolean;
  readonly noArp?: boolean;
  readonly mtu?: number;
  readonly mac?: string;
  readonly master?: string;
  readonly port?: Partial<BridgePort>;
  /** Parts of the device's own kind that differ from the default. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly unmodelled?: readonly string[];
}

/** A namespace. */
export interface NetnsSpec {
  /** lo is added, up, unless it is given. */
  readonly links?: Readonly<Record<string, LinkSpec>>;
  /** Besides those that the kernel makes itself. */
  readonly routes?: readonly string[];
  /** Besides the three (two for IPv6) that are always there: `100: from 10.0.0.0/8 lookup 7`. */
  readonly rules?: readonly string[];
  readonly neighbors?: readonly string[];
  readonly fdb?: readonly string[];
  /** VLAN tables of bridges that filter: `p1 10 pvid untagged`. */
  readonly vlans?: readonly string[];
  readonly sockets?: readonly string[];
  /** Set in this order; `ip_forward`, `conf/all/forwarding` and `conf/all/disable_ipv6` reach every device. */
  readonly sysctls?: Readonly<Record<string, string | number>>;
  readonly ruleset?: Ruleset;
  readonly pathMtus?: readonly PathMtu[];
  readonly connections?: readonly TrackedConnection[];
}

export type HostSpec = Readonly<Record<string, NetnsSpec>>;

const EMPTY_RULESET: Ruleset = { tables: [], unread: [] };
const PORT: BridgePort = {
  state: 'forwarding',
  isolated: false,
  hairpin: false,
  learning: true,
  flood: true,
  broadcastFlood: true,
  multicastFlood: true,
};

/** Build the host. @throws Error when the words make no host. */
export function hostOf(spec: HostSpec): Host {
  const peers = peersOf(spec);
  const bare = Object.entries(spec).map(([name, netns], index) =>
    bareNetns(name as NetnsName, netns, index + 1, peers),
  );
  const wired = bare.map((netns) => withCarrier(netns, bare));
  return {
    namespaces: wired.map((netns) => withRoutes(netns, spec[netns.name] ?? {})),
    tools: { nft: true, iptables: true, missing: [] },
    kernel: '6.18.0',
    notes: [],
  };
}

/** A name as a test writes it. */
export function netnsName(name: string): NetnsName {
  return name as NetnsName;
}

/** `ns1:veth0` as a reference. */
export function deviceRef(text: string): DeviceRef {
  const [netns = '', device = ''] = splitOnce(text, ':');
  return { netns: netns as NetnsName, device: device as DeviceName };
}

/** The same host with one namespace changed. */
export function tweakNetns(host: Host, name: string, change: (netns: Netns) => Partial<Netns>): Host {
  return replaceNetns(host, name as NetnsName, (netns) => ({ ...netns, ...change(netns) }));
}

/** The same host with one device changed; routes and carrier stay as they are. */
export function tweakLink(host: Host, device: string, change: Partial<Link>): Host {
  const ref = deviceRef(device);
  return tweakNetns(host, ref.netns, ({ links }) => ({
    links: links.known
      ? { ...links, value: links.value.map((link) => (link.name === ref.device ? { ...link, ...change } : link)) }
      : links,
  }));
}

/** The same host with one sysctl set, that one key alone. */
export function tweakSysctl(host: Host, name: string, key: string, value: string | number | undefined): Host {
  return tweakNetns(host, name, ({ sysctls }) => {
    const values = new Map(sysctls.values);
    if (value === undefined) values.delete(key as SysctlKey);
    else values.set(key as SysctlKey, String(value));
    return { sysctls: { ...sysctls, values } };
  });
}

/** The same host with a fact of one namespace unknown. */
export function forget(
  host: Host,
  name: string,
  fact: 'links' | 'routes' | 'rules' | 'neighbors' | 'fdb' | 'bridgeVlans' | 'ruleset' | 'sockets',
  why: string,
): Host {
  return tweakNetns(host, name, () => ({ [fact]: { known: false, why } }));
}

/** The same host with routes added as `ip route add` would, device and all. */
export function addRoutes(host: Host, name: string, ...texts: readonly string[]): Host {
  return tweakNetns(host, name, (netns) => ({
    routes: withAdded(
      netns.routes,
      texts.map((text) => route(text, (via) => connectedDevice(netns, via))),
    ),
  }));
}

function bareNetns(name: NetnsName, spec: NetnsSpec, number: number, peers: ReadonlyMap<string, string>): Netns {
  const sysctls = sysctlsOf(Object.keys(spec.links ?? {}), spec.sysctls ?? {});
  const linkSpecs = Object.entries({ lo: {}, ...spec.links });
  const links = linkSpecs.map(([device, link], index) => {
    const disabled = sysctls.get(`net/ipv6/conf/${device}/disable_ipv6` as SysctlKey) === '1';
    return linkOf(name, device as DeviceName, link, number, index + 1, peers, !disabled);
  });
  const read = <T>(value: T, ...command: string[]): Fact<T> => known(value, sourceOf(name, ...command));
  const defaultRules = ['0: from all lookup local', '32766: from all lookup main'];
  const extra = (spec.rules ?? []).map((text) => rule(text));
  const ordered = [
    ...[...defaultRules, '32767: from all lookup default'].map((text) => rule(text, 'inet')),
    ...defaultRules.map((text) => rule(text, 'inet6')),
    ...extra,
  ].sort((a, b) => (a.family === b.family ? a.priority - b.priority : a.family === 'inet' ? -1 : 1));
  return {
    name,
    entry: name === 'host' ? { kind: 'here' } : { kind: 'named', name },
    inode: 4026532000 + number,
    aliases: [],
    links: read(links, 'ip', '-d', '-j', 'addr', 'show'),
    routes: read([], 'ip', '-d', '-j', 'route', 'show', 'table', 'all'),
    rules: read(ordered, 'ip', '-j', 'rule', 'show'),
    neighbors: read((spec.neighbors ?? []).map(neighbor), 'ip', '-j', 'neigh', 'show'),
    fdb: read([...links.flatMap(remoteEntry), ...(spec.fdb ?? []).map(fdbEntry)], 'bridge', '-j', 'fdb', 'show'),
    bridgeVlans: read((spec.vlans ?? []).map(bridgeVlan), 'bridge', '-j', 'vlan', 'show'),
    sysctls: { values: sysctls, source: sourceOf(name, 'sysctl', '-a') },
    ruleset: read(spec.ruleset ?? EMPTY_RULESET, 'nft', '-j', 'list', 'ruleset'),
    sockets: read((spec.sockets ?? []).map(socket), 'ss', '-lntu'),
    pathMtus: read(spec.pathMtus ?? [], 'ip', 'route', 'show', 'cache'),
    connections: read({ entries: spec.connections ?? [], isWhole: true }, 'cat', '/proc/net/nf_conntrack'),
  };
}

function bridgeVlan(text: string): BridgeVlan {
  const [device = '', vid, ...flags] = text.split(' ');
  return {
    device: device as DeviceName,
    vid: Number(vid),
    pvid: flags.includes('pvid'),
    untagged: flags.includes('untagged'),
  };
}

/** `remote` makes an entry for every MAC that no other one knows. */
function remoteEntry({ name, detail }: Link): readonly FdbEntry[] {
  if (detail.kind !== 'vxlan' || detail.remote === undefined) return [];
  return [fdbEntry(`00:00:00:00:00:00 dev ${name} dst ${detail.remote} self permanent`)];
}

function linkOf(
  netns: NetnsName,
  name: DeviceName,
  spec: LinkSpec,
  netnsNumber: number,
  ifindex: number,
  peers: ReadonlyMap<string, string>,
  ipv6: boolean,
): Link {
  const up = spec.up ?? true;
  const isLo = name === 'lo';
  const ownMac = mac(
    spec.mac ?? (isLo ? '00:00:00:00:00:00' : `02:00:00:${hexByte(netnsNumber)}:00:${hexByte(ifindex)}`),
  );
  const texts = isLo && up && spec.addresses === undefined ? ['127.0.0.1/8', '::1/128'] : (spec.addresses ?? []);
  // A device that goes down loses its IPv6 addresses (keep_addr_on_down is 0).
  const given = texts.filter((text) => !text.includes(':') || (ipv6 && up)).map(interfaceAddress);
  const linkLocal = interfaceAddress(`${linkLocalOf(ownMac)}/64`);
  const detail = detailOf(`${netns}:${name}`, spec, peers);
  return {
    ifindex,
    name,
    up,
    carrier: spec.carrier ?? up,
    noArp: spec.noArp ?? detail.kind === 'dummy',
    mtu: spec.mtu ?? (isLo ? 65536 : detail.kind === 'vxlan' ? 1450 : 1500),
    mac: ownMac,
    master: spec.master as DeviceName | undefined,
    port:
      spec.master === undefined ? undefined : { ...PORT, ...(up ? {} : { state: 'disabled' as const }), ...spec.port },
    addresses: up && ipv6 && !isLo ? [...given, linkLocal] : given,
    detail,
    unmodelled: spec.unmodelled ?? [],
  };
}

function detailOf(ref: string, spec: LinkSpec, peers: ReadonlyMap<string, string>): LinkDetail {
  const own = spec.detail ?? {};
  const peer = peers.get(ref);
  if (ref.endsWith(':lo')) return { kind: 'loopback' };
  if (peer === 'unseen') return { kind: 'veth', peer: { kind: 'unseen', ifindex: 99, nsid: undefined } };
  if (peer !== undefined) return { kind: 'veth', peer: { kind: 'found', ...deviceRef(peer) } };
  switch (spec.kind) {
    case 'bridge':
      return {
        kind: 'bridge',
        stp: false,
        vlanFiltering: false,
        nfCallIptables: false,
        nfCallIp6tables: false,
        ...own,
      };
    case 'vxlan':
      return {
        kind: 'vxlan',
        vni: 42,
        dstPort: port(4789),
        remote: undefined,
        local: undefined,
        link: undefined,
        learning: true,
        external: false,
        ...own,
      };
    case 'macvlan': {
      const { lower, ...mode } = own;
      return { kind: 'macvlan', lower: lowerDevice(lower), mode: 'bridge', ...mode };
    }
    case 'vlan': {
      const { lower, ...id } = own;
      return { kind: 'vlan', lower: lowerDevice(lower), id: 1, ...id };
    }
    case 'dummy':
      return { kind: 'dummy' };
    case 'physical':
      return { kind: 'physical' };
    case undefined:
      throw new Error(`${ref} has neither a peer nor a kind`);
    default:
      return { kind: 'other', infoKind: spec.kind };
  }
}

/** `ns1:eth0`. */
function lowerDevice(ref: unknown): VethPeer {
  return typeof ref === 'string'
    ? { kind: 'found', ...deviceRef(ref) }
    : { kind: 'unseen', ifindex: 99, nsid: undefined };
}

function interfaceAddress(text: string): InterfaceAddress {
  const [prefix = '', ...words] = text.split(' ');
  const [address = '', length = ''] = prefix.split('/');
  const peer = words[0] === 'peer' ? addr(words[1] ?? '') : undefined;
  const own = addr(address);
  return {
    family: familyOf(own),
    address: own,
    prefixLength: Number(length),
    ...(peer === undefined ? {} : { peer }),
    scope: own.startsWith('127.') || own === '::1' ? 'host' : own.startsWith('fe80:') ? 'link' : 'global',
    flags: ['permanent', ...words.slice(peer === undefined ? 0 : 2)],
  };
}

/** Both directions of every veth that is named at either end. */
function peersOf(spec: HostSpec): ReadonlyMap<string, string> {
  const peers = new Map<string, string>();
  for (const [netns, { links = {} }] of Object.entries(spec)) {
    for (const [device, { peer }] of Object.entries(links)) {
      if (peer === undefined) continue;
      peers.set(`${netns}:${device}`, peer);
      if (peer !== 'unseen') peers.set(peer, `${netns}:${device}`);
    }
  }
  return peers;
}

/** veth: both ends up. Bridge: a port that is up with carrier, or no port at all and nothing to miss. */
function withCarrier(netns: Netns, all: readonly Netns[]): Netns {
  if (!netns.links.known) return netns;
  const links = netns.links.value;
  const carries = (link: Link): boolean => {
    if (!link.up || !link.carrier) return false;
    if (link.detail.kind === 'veth') {
      const { peer } = link.detail;
      if (peer.kind === 'unseen') return true;
      const far = all.find(({ name }) => name === peer.netns)?.links;
      const end = far?.known ? far.value.find(({ name }) => name === peer.device) : undefined;
      if (end === undefined) throw new Error(`${netns.name}:${link.name} has no peer ${peer.netns}:${peer.device}`);
      return end.up;
    }
    return link.detail.kind !== 'bridge' || links.some((port) => port.master === link.name && carries(port));
  };
  return { ...netns, links: { ...netns.links, value: links.map((link) => ({ ...link, carrier: carries(link) })) } };
}

function withRoutes(netns: Netns, spec: NetnsSpec): Netns {
  const forwarding6 = netns.sysctls.values.get('net/ipv6/conf/all/forwarding' as SysctlKey) === '1';
  const made = (netns.links.known ? netns.links.value : []).flatMap((link) => kernelRoutes(link, forwarding6));
  const withOwn: Netns = { ...netns, routes: withAdded(netns.routes, made) };
  const added = (spec.routes ?? []).map((text) => route(text, (via) => connectedDevice(withOwn, via)));
  return { ...netns, routes: withAdded(withOwn.routes, added) };
}

function withAdded(routes: Fact<readonly Route[]>, added: readonly Route[]): Fact<readonly Route[]> {
  return routes.known ? { ...routes, value: [...routes.value, ...added] } : routes;
}

function connectedDevice(netns: Netns, via: Address): DeviceName | undefined {
  const routes = netns.routes.known ? netns.routes.value : [];
  const onLink = routes.find(
    ({ type, destination, nexthops }) =>
      type === 'unicast' && nexthops[0]?.via === undefined && contains(destination, via),
  );
  return onLink?.nexthops[0]?.device;
}

/** RFC 4291 appendix A: the modified EUI-64 identifier. */
function linkLocalOf(own: string): string {
  const bytes = own.split(':').map((byte) => Number.parseInt(byte, 16));
  const eui = [(bytes[0] ?? 0) ^ 2, bytes[1], bytes[2], 0xff, 0xfe, bytes[3], bytes[4], bytes[5]].map((byte) =>
    hexByte(byte ?? 0),
  );
  const groups = [0, 2, 4, 6].map((at) => `${eui[at]}${eui[at + 1]}`);
  return `fe80::${groups.join(':')}`;
}

function sourceOf(netns: NetnsName, ...command: string[]): Source {
  return { command: netns === 'host' ? command : ['ip', 'netns', 'exec', netns, ...command] };
}

function splitOnce(text: string, by: string): readonly [string, string] {
  const at = text.indexOf(by);
  return [text.slice(0, at), text.slice(at + 1)];
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0');
}
