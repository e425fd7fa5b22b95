/**
 * Which changes follow from others: a device that goes down takes its routes with it, one that is deleted takes all that
 * hung on it, and its veth peer as well. People want to hear of the first one.
 *
 * An origin is named only where the kernel makes the one change for the sake of the other; where somebody may as well
 * have made both, both stand for themselves.
 *
 * Source: net/ipv6/addrconf.c addrconf_notify(); of devices, routes and sysctls in follows-*.ts. Seen in
 * test/live/difference.test.ts.
 *
 * @module
 */

import { type Change, deviceOfChange } from './change.ts';
import { type AddressChange, type ChangeIndex, indexOf, type LinkChange, placeKey } from './change-index.ts';
import { causeOfLink } from './follows-device.ts';
import { causeOfRoute } from './follows-route.ts';
import { causeOfSysctl, ipv6Switched } from './follows-sysctl.ts';
import { changedAspects } from './link-aspects.ts';
import { deviceOfKey } from './sysctls.ts';

/** A change that somebody made, and what the kernel made of it. */
export interface Origin {
  readonly change: Change;
  readonly followers: readonly Change[];
}

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

function causeOf(change: Change, index: ChangeIndex): Change | undefined {
  if (change.subject === 'netns') return undefined;
  return index.netns.get(change.netns) ?? causeWithin(change, index);
}

function causeWithin(change: Change, index: ChangeIndex): Change | undefined {
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
