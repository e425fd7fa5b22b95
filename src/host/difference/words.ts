/**
 * A change in one line: `route 10.0.2.0/24 via 10.0.1.2 dev veth0 deleted in ns1`.
 *
 * Each thing under the words in which its own tool prints it. Names stand in it as they are: whoever prints the line
 * escapes it.
 *
 * @module
 */

import { endpointOf } from '../../net/endpoint.ts';
import { unreachable } from '../../net/unreachable.ts';
import type { BridgeVlan, InterfaceAddress, Link } from '../link.ts';
import { type FdbEntry, type Neighbor, type Route, TABLE } from '../route.ts';
import { routeText, ruleText, tableText } from '../route-text.ts';
import type { Change } from './change.ts';
import { ownAspects } from './link-aspects.ts';
import { flagsThatCount } from './links.ts';
import { chainText, filterRuleText, filterTableText } from './ruleset-words.ts';
import type { Turn } from './turn.ts';

/** What happened, and where. */
export function changeText(change: Change): string {
  const { netns } = change;
  switch (change.subject) {
    case 'netns':
      return netnsText(change);
    case 'link':
      return linkText(change);
    case 'interceptor':
      return `${turned(change, ({ name }) => name)} on ${change.device} in ${netns}`;
    case 'address':
      return addressText(change);
    case 'route':
      return `${routeTurned(change)} in ${netns}`;
    case 'rule':
      return `${turned(change, (rule) => `rule ${ruleText(rule)}`)} in ${netns}`;
    case 'filter-table':
      return filterTableText(change);
    case 'filter-chain':
      return chainText(change);
    case 'filter-rule':
      return filterRuleText(change);
    case 'sysctl':
      return sysctlText(change);
    case 'neighbor':
      return `${turned(change, neighborText, 'neighbour')} in ${netns}`;
    case 'fdb':
      return `${turned(change, fdbText, 'fdb entry')} in ${netns}`;
    case 'bridge-vlan':
      return `${turned(change, vlanText, 'VLAN')} in ${netns}`;
    case 'socket':
      return socketText(change);
    case 'path-mtu':
      return pathMtuText(change);
    case 'reading':
      return change.action === 'lost'
        ? `${PARTS[change.part]} of ${netns} can no longer be read: ${change.why}`
        : `${PARTS[change.part]} of ${netns} can be read now (before: ${change.why})`;
    default:
      return unreachable(change);
  }
}

/** What a part of a namespace is called. */
const PARTS: Readonly<Record<Extract<Change, { subject: 'reading' }>['part'], string>> = {
  links: 'devices',
  routes: 'routes',
  rules: 'policy rules',
  neighbors: 'neighbours',
  fdb: 'the forwarding database',
  bridgeVlans: 'VLANs',
  ruleset: 'the ruleset',
  sysctls: 'sysctls',
  sockets: 'sockets',
  pathMtus: 'path MTUs',
};

function netnsText({ netns, action }: Extract<Change, { subject: 'netns' }>): string {
  switch (action) {
    case 'added':
      return `namespace ${netns} appeared`;
    case 'deleted':
      return `namespace ${netns} vanished`;
    case 'changed':
      return `namespace ${netns} is another one now, made anew under the same name`;
  }
}

function linkText(change: Extract<Change, { subject: 'link' }>): string {
  const { netns, action } = change;
  switch (action) {
    case 'added':
    case 'deleted':
      return `device ${(action === 'added' ? change.after : change.before).name} ${action} in ${netns}`;
    case 'moved':
      return `device ${change.before.name} moved from ${change.from} to ${netns}${calledNow(change)}`;
    case 'renamed':
      return `device ${change.before.name} renamed to ${change.after.name} in ${netns}`;
    case 'changed':
      return `device ${change.after.name} ${aspectsText(change.before, change.after)} in ${netns}`;
  }
}

function calledNow({ before, after }: { readonly before: Link; readonly after: Link }): string {
  return before.name === after.name ? '' : `, where it is called ${after.name}`;
}

function aspectsText(before: Link, after: Link): string {
  return ownAspects(before, after)
    .map(({ aspect, before: was, after: is }) => aspectText(aspect, was, is))
    .join(', ');
}

function aspectText(aspect: string, before: string | undefined, after: string | undefined): string {
  switch (aspect) {
    case 'up':
      return after === 'on' ? 'set up' : 'set down';
    case 'carrier':
      return after === 'on' ? 'got carrier' : 'lost carrier';
    case 'master':
      if (before === undefined) return `put into ${after}`;
      return after === undefined ? `taken out of ${before}` : `moved from ${before} to ${after}`;
    default:
      return `${aspect} ${before ?? 'unset'} -> ${after ?? 'unset'}`;
  }
}

function addressText(change: Extract<Change, { subject: 'address' }>): string {
  const { netns, device, action } = change;
  switch (action) {
    case 'added':
      return `address ${withFlags(change.after)} added to ${device} in ${netns}`;
    case 'deleted':
      return `address ${addressName(change.before)} deleted from ${device} in ${netns}`;
    case 'changed':
      return `address ${addressName(change.after)} on ${device} in ${netns}: ${flagsText(change.before)} -> ${flagsText(change.after)}`;
  }
}

function addressName({ address, prefixLength, peer }: InterfaceAddress): string {
  return peer === undefined ? `${address}/${prefixLength}` : `${address} peer ${peer}/${prefixLength}`;
}

function withFlags(address: InterfaceAddress): string {
  return [addressName(address), ...flagsThatCount(address)].join(' ');
}

function flagsText(address: InterfaceAddress): string {
  return [`scope ${address.scope}`, ...flagsThatCount(address)].join(' ');
}

/** A route of which something changed that `ip route` does not print in these words is said by its key. */
function routeTurned(turn: Turn<Route>): string {
  if (turn.action !== 'changed') return turned(turn, routeName);
  const [before, after] = [routeName(turn.before), routeName(turn.after)];
  return before === after ? `${after} changed` : `${before} replaced by ${after.replace(/^route /, '')}`;
}

function routeName(route: Route): string {
  const table = route.table === TABLE.main ? '' : ` (table ${tableText(route.table)})`;
  return `route ${routeText(route)}${table}`;
}

function sysctlText(change: Extract<Change, { subject: 'sysctl' }>): string {
  const { key, netns } = change;
  switch (change.action) {
    case 'added':
      return `sysctl ${key} appeared in ${netns}, as ${change.after}`;
    case 'deleted':
      return `sysctl ${key} vanished in ${netns}`;
    case 'changed':
      return `sysctl ${key} ${change.before} -> ${change.after} in ${netns}`;
  }
}

function neighborText({ address, device, mac, state, proxy }: Neighbor): string {
  if (proxy) return `proxy ${address} dev ${device}`;
  return `${address} dev ${device} lladdr ${mac ?? '(none)'}${state === 'permanent' ? ' permanent' : ''}`;
}

function fdbText({ mac, device, destination, vlan, state }: FdbEntry): string {
  const far = destination === undefined ? '' : ` dst ${destination}`;
  const tag = vlan === undefined ? '' : ` vlan ${vlan}`;
  return `${mac} dev ${device}${far}${tag}${state === 'dynamic' ? '' : ` ${state}`}`;
}

function vlanText({ device, vid, pvid, untagged }: BridgeVlan): string {
  return [vid, ...(pvid ? ['pvid'] : []), ...(untagged ? ['untagged'] : []), 'of', device].join(' ');
}

function socketText(change: Extract<Change, { subject: 'socket' }>): string {
  const { protocol, address, port, process } = change.action === 'deleted' ? change.before : change.after;
  const by = process === undefined ? '' : ` (${process})`;
  const place = `${protocol} ${endpointOf(address, port)}`;
  return change.action === 'deleted'
    ? `nobody listens on ${place} in ${change.netns} any more${by}`
    : `${place} is listened on in ${change.netns} now${by}`;
}

function pathMtuText(change: Extract<Change, { subject: 'path-mtu' }>): string {
  const { netns } = change;
  switch (change.action) {
    case 'added':
      return `path MTU ${change.after.mtu} to ${change.after.destination} learned in ${netns}`;
    case 'deleted':
      return `path MTU ${change.before.mtu} to ${change.before.destination} forgotten in ${netns}`;
    case 'changed':
      return `path MTU to ${change.after.destination} ${change.before.mtu} -> ${change.after.mtu} in ${netns}`;
  }
}

/** `X added`, `X deleted`, `X replaced by Y`. */
function turned<T>(turn: Turn<T>, textOf: (entry: T) => string, noun = ''): string {
  const name = noun === '' ? '' : `${noun} `;
  switch (turn.action) {
    case 'added':
      return `${name}${textOf(turn.after)} added`;
    case 'deleted':
      return `${name}${textOf(turn.before)} deleted`;
    case 'changed':
      return `${name}${textOf(turn.before)} replaced by ${textOf(turn.after)}`;
  }
}
