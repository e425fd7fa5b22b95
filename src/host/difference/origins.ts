/**
 * Which changes follow from others: a device that goes down takes its routes with it, one that is deleted takes all that
 * hung on it, and its veth peer as well. People want to hear of the first one.
 *
 * An origin is named only where the kernel makes the one change for the sake of the other; where somebody may as well
 * have made both, both stand for themselves.
 *
 * Source: net/ipv4/fib_frontend.c fib_inetaddr_event(), fib_netdev_event(); net/ipv6/addrconf.c addrconf_notify();
 * drivers/net/veth.c veth_dellink(); net/ipv4/devinet.c inet_forward_change(). Seen in test/live/difference.test.ts.
 *
 * @module
 */

import { contains } from '../../net/prefix.ts';
import type { DeviceName, Link, NetnsName, VethPeer } from '../link.ts';
import type { Route } from '../route.ts';
import { confKey } from '../sysctl.ts';
import { type Change, deviceOfChange } from './change.ts';
import { changedAspects, PORT_STATE } from './link-aspects.ts';
import { deviceOfKey } from './sysctls.ts';

/** A change that somebody made, and what the kernel made of it. */
export interface Origin {
  readonly change: Change;
  readonly followers: readonly Change[];
}

type LinkChange = Extract<Change, { subject: 'link' }>;
type AddressChange = Extract<Change, { subject: 'address' }>;
type SysctlChange = Extract<Change, { subject: 'sysctl' }>;
type RouteChange = Extract<Change, { subject: 'route' }>;

/** Every change once: as an origin, or with the first one that it follows from. */
export function originsOf(changes: readonly Change[]): readonly Origin[] {
  const index = indexOf(changes);
  const causes = new Map<Change, Change>();
  // From the last one: of two that follow from each other (the ends of a veth), the first is the origin.
  for (const change of changes.toReversed()) {
    const cause = causeOf(change, index);
    if (cause !== undefined && firstOf(cause, causes) !== change) causes.set(change, cause);
  }
  const origins = new Map<Change, Change[]>();
  for (const change of changes) if (!causes.has(change)) origins.set(change, []);
  for (const change of changes) if (causes.has(change)) origins.get(firstOf(change, causes))?.push(change);
  return [...origins].map(([change, followers]) => ({ change, followers }));
}

function firstOf(change: Change, causes: ReadonlyMap<Change, Change>): Change {
  const cause = causes.get(change);
  return cause === undefined ? change : firstOf(cause, causes);
}

interface Index {
  readonly netns: ReadonlyMap<NetnsName, Change>;
  /** Under the old name and under the new one. */
  readonly links: ReadonlyMap<string, LinkChange>;
  readonly addresses: readonly AddressChange[];
  readonly sysctls: ReadonlyMap<string, SysctlChange>;
}

function indexOf(changes: readonly Change[]): Index {
  const links = new Map<string, LinkChange>();
  for (const change of changes) {
    if (change.subject !== 'link') continue;
    if (change.action !== 'added') links.set(placeKey(wasIn(change), change.before.name), change);
    if (change.action !== 'deleted') links.set(placeKey(change.netns, change.after.name), change);
  }
  return {
    netns: new Map(changes.flatMap((change) => (change.subject === 'netns' ? [[change.netns, change]] : []))),
    links,
    addresses: changes.filter((change) => change.subject === 'address'),
    sysctls: new Map(
      changes.flatMap((change) => (change.subject === 'sysctl' ? [[placeKey(change.netns, change.key), change]] : [])),
    ),
  };
}

function placeKey(netns: NetnsName, name: string): string {
  return `${netns}/${name}`;
}

function wasIn(change: LinkChange): NetnsName {
  return change.action === 'moved' ? change.from : change.netns;
}

function causeOf(change: Change, index: Index): Change | undefined {
  if (change.subject === 'netns') return undefined;
  return index.netns.get(change.netns) ?? causeWithin(change, index);
}

function causeWithin(change: Change, index: Index): Change | undefined {
  switch (change.subject) {
    case 'link':
      return causeOfLink(change, index);
    case 'route':
      return causeOfRoute(change, index);
    case 'sysctl': {
      const device = deviceOfKey(change.key);
      const ofDevice = device === undefined ? undefined : index.links.get(placeKey(change.netns, device));
      return (ofDevice && isAnotherDevice(ofDevice) ? ofDevice : undefined) ?? causeOfSysctl(change, index);
    }
    case 'address':
    case 'interceptor':
    case 'neighbor':
    case 'fdb':
    case 'bridge-vlan':
    case 'path-mtu': {
      const device = deviceOfChange(change);
      const link = device === undefined ? undefined : index.links.get(placeKey(change.netns, device));
      if (link !== undefined && takesAlong(link, change)) return link;
      return change.subject === 'address' && isInet6(change)
        ? ipv6Switched(change.netns, change.device, index)
        : undefined;
    }
    case 'netns':
    case 'rule':
    case 'filter-table':
    case 'filter-chain':
    case 'filter-rule':
    case 'socket':
    case 'reading':
      return undefined;
  }
}

function isAnotherDevice({ action }: LinkChange): boolean {
  return action !== 'changed';
}

/** What a device loses or gets when it is set up or down, put into a bridge, or made anew. */
function takesAlong(link: LinkChange, change: Change): boolean {
  if (link.action !== 'changed') return true;
  const aspects = new Set(changedAspects(link.before, link.after).map(({ aspect }) => aspect));
  switch (change.subject) {
    case 'address':
      // IPv4 addresses stay; those of IPv6 go and come (keep_addr_on_down), new ones are tentative until carrier.
      return (aspects.has('up') || aspects.has('carrier') || aspects.has('MAC')) && isInet6(change);
    case 'neighbor':
      return aspects.has('up') || aspects.has('noarp') || aspects.has('MAC');
    case 'fdb':
    case 'bridge-vlan':
      return aspects.has('master') || aspects.has('MAC') || aspects.has('kind');
    case 'path-mtu':
      return aspects.has('up') || aspects.has('mtu');
    default:
      return false;
  }
}

function isInet6(change: AddressChange): boolean {
  return (change.action === 'deleted' ? change.before : change.after).family === 'inet6';
}

function causeOfLink(change: LinkChange, index: Index): Change | undefined {
  const far = [
    ...(change.action === 'added' ? [] : [farEndOf(change.before)]),
    ...(change.action === 'deleted' ? [] : [farEndOf(change.after)]),
  ].find(
    (end) => end?.kind === 'found' && (index.links.has(placeKey(end.netns, end.device)) || index.netns.has(end.netns)),
  );
  if (far?.kind !== 'found') return causeInBridge(change, index);
  const cause = index.links.get(placeKey(far.netns, far.device)) ?? index.netns.get(far.netns);
  return cause !== undefined && cause !== change && isFollower(change, cause) ? cause : undefined;
}

/** What of a device depends on the one at its far end. */
const OF_FAR_END: ReadonlySet<string> = new Set(['carrier', 'peer', 'lower', PORT_STATE]);

/** Whether the far end explains all that changed here. */
function isFollower(change: LinkChange, cause: Change): boolean {
  if (change.action !== 'changed') {
    const isGone = cause.subject === 'netns' ? cause.action !== 'added' : cause.action === 'deleted';
    return change.action === 'deleted' && isGone;
  }
  const aspects = changedAspects(change.before, change.after).map(({ aspect }) => aspect);
  return aspects.every((aspect) => OF_FAR_END.has(aspect));
}

/** A bridge has carrier for as long as one of its ports has, and a MAC of one of them. */
function causeInBridge(change: LinkChange, index: Index): Change | undefined {
  if (change.action !== 'changed' || change.after.detail.kind !== 'bridge') return undefined;
  const aspects = changedAspects(change.before, change.after).map(({ aspect }) => aspect);
  if (!aspects.every((aspect) => aspect === 'carrier' || aspect === 'MAC')) return undefined;
  const bridge = change.after.name;
  return [...index.links.values()].find(
    (other) =>
      other !== change &&
      other.netns === change.netns &&
      ((other.action !== 'added' && other.before.master === bridge) ||
        (other.action !== 'deleted' && other.after.master === bridge)),
  );
}

function farEndOf({ detail }: Link): VethPeer | undefined {
  if (detail.kind === 'veth') return detail.peer;
  return detail.kind === 'macvlan' || detail.kind === 'vlan' ? detail.lower : undefined;
}

function causeOfRoute(change: RouteChange, index: Index): Change | undefined {
  const { netns } = change;
  const route = change.action === 'added' ? change.after : change.before;
  const devices = route.nexthops.flatMap(({ device }) => device ?? []);
  for (const device of devices) {
    const link = index.links.get(placeKey(netns, device));
    if (link !== undefined && routesFollow(link)) return link;
  }
  const address = index.addresses.find(
    (other) => other.netns === netns && (ownsRoute(other, route, devices) || mayTakeRoute(other, change, devices)),
  );
  if (address !== undefined || route.family === 'inet') return address;
  return devices.map((device) => ipv6Switched(netns, device, index)).find((change) => change !== undefined);
}

/** IPv6 was switched off or on there, for all devices or for this one. */
function ipv6Switched(netns: NetnsName, device: DeviceName, index: Index): Change | undefined {
  const keys = (['all', device] as const).map((name) => confKey('ipv6', name, 'disable_ipv6'));
  return keys.map((key) => index.sysctls.get(placeKey(netns, key))).find((change) => change?.action === 'changed');
}

/** IPv6 routes of the kernel's come and go with carrier as well; of both families, with the device and with `up`. */
function routesFollow(link: LinkChange): boolean {
  if (link.action !== 'changed') return true;
  return changedAspects(link.before, link.after).some(({ aspect }) => aspect === 'up' || aspect === 'carrier');
}

/** The connected, local and broadcast routes of an address, and those that name it as their source. */
function ownsRoute(change: AddressChange, route: Route, devices: readonly DeviceName[]): boolean {
  const { address, family } = change.action === 'deleted' ? change.before : change.after;
  if (family !== route.family) return false;
  if (change.action === 'deleted' && route.prefsrc === address) return true;
  return route.protocol === 'kernel' && devices.includes(change.device) && contains(route.destination, address);
}

/** With its last IPv4 address a device loses every IPv4 route (fib_disable_ip()), whoever made it. */
function mayTakeRoute(address: AddressChange, route: RouteChange, devices: readonly DeviceName[]): boolean {
  if (address.action !== 'deleted' || route.action !== 'deleted') return false;
  return address.before.family === 'inet' && route.before.family === 'inet' && devices.includes(address.device);
}

/** One setting sets others: ip_forward is conf/all/forwarding, reaches every device, and says whether to be redirected. */
const REACHES: readonly { readonly set: RegExp; readonly by: readonly string[] }[] = [
  {
    set: /^net\/ipv4\/conf\/([^/]+\/forwarding|(all|default)\/accept_redirects)$/,
    by: ['net/ipv4/ip_forward', 'net/ipv4/conf/all/forwarding'],
  },
  { set: /^net\/ipv6\/conf\/[^/]+\/forwarding$/, by: ['net/ipv6/conf/all/forwarding'] },
  { set: /^net\/ipv6\/conf\/[^/]+\/disable_ipv6$/, by: ['net/ipv6/conf/all/disable_ipv6'] },
];

function causeOfSysctl(change: SysctlChange, index: Index): Change | undefined {
  const keys = REACHES.find(({ set }) => set.test(change.key))?.by ?? [];
  return keys
    .map((key) => index.sysctls.get(placeKey(change.netns, key)))
    .find((cause) => cause !== undefined && isSetBy(change, cause));
}

function isSetBy(change: SysctlChange, cause: SysctlChange): boolean {
  if (cause === change || cause.action !== 'changed' || change.action !== 'changed') return false;
  // accept_redirects becomes the opposite of it.
  return (change.after === cause.after) !== change.key.endsWith('/accept_redirects');
}
