/**
 * The border: the router of ours before a place that knows nothing of our private networks, and what ought to be
 * translated there.
 *
 * @module
 */

import { findLink, findNetns, type Host, linksOf, type Netns } from '../../host/host.ts';
import { connectedPrefix } from '../../host/kernel-routes.ts';
import type { DeviceName, DeviceRef, NetnsName } from '../../host/link.ts';
import type { Chain, Machinery } from '../../host/ruleset.ts';
import type { Packet } from '../../journey/packet.ts';
import { type Address, isPrivate } from '../../net/address.ts';
import { covers, hostPrefix, type Prefix, prefixOf } from '../../net/prefix.ts';
import { segmentOf } from '../../topology/wiring.ts';
import type { FaultContext } from '../rule.ts';
import { type RouteStep, routeSteps } from './dropped.ts';
import { ownersOf } from './owner.ts';

export interface Border {
  readonly router: Netns;
  /** The interface that leads outside. */
  readonly out: DeviceRef & { readonly device: DeviceName };
  /** The network of the sender, which nobody outside knows. */
  readonly source: Prefix;
  /** The packet as it left the router. */
  readonly packet: Packet;
  /** Where it went; `undefined` when that is no namespace of ours. */
  readonly outside: Netns | undefined;
}

/**
 * The first router on the way beyond which the outside begins; where none looks like it, the last one of all.
 *
 * @returns `undefined` when nothing of ours forwarded the request, or its source is known outside.
 */
export function borderOf(context: FaultContext): Border | undefined {
  const { host, question, trip } = context;
  const { fate } = trip.request;
  if (fate.kind === 'undecided') return undefined;
  const steps = routeSteps(trip.request.steps);
  const end = fate.kind === 'left-host' ? undefined : fate.netns;
  const borders = steps.flatMap((step, index) => {
    const next = index + 1 < steps.length ? steps[index + 1]?.netns : end;
    const border = step.netns === question.netns ? undefined : borderAt(context, step, next);
    return border === undefined ? [] : [{ border, isLast: index + 1 === steps.length }];
  });
  const first = borders.find(({ border, isLast }) => !isLast && isOutside(host, border, question.destination));
  return (first ?? borders.find(({ isLast }) => isLast))?.border;
}

/** The router of the step as a border, when a private source leaves it for the next namespace untranslated. */
function borderAt({ host, trip }: FaultContext, step: RouteStep, next: NetnsName | undefined): Border | undefined {
  const router = findNetns(host, step.netns);
  const device = step.nexthop?.device;
  if (router === undefined || device === undefined || next === router.name) return undefined;
  const left = trip.request.steps.findLast((each) => each.stage === 'egress' && each.netns === router.name);
  if (left?.stage !== 'egress' || !isPrivate(left.packet.source)) return undefined;
  const connected = findLink(host, router.name, device)?.addresses.some((own) => {
    const prefix = connectedPrefix(own);
    return prefix !== undefined && covers(prefix, hostPrefix(left.packet.source));
  });
  if (connected === true) return undefined;
  const outside = next === undefined ? undefined : findNetns(host, next);
  const source = networkOfSource(host, left.packet.source);
  return { router, out: { netns: router.name, device }, source, packet: left.packet, outside };
}

function networkOfSource(host: Host, source: Address): Prefix {
  const [owner] = ownersOf(host, source);
  return owner === undefined ? hostPrefix(source) : prefixOf(source, owner.address.prefixLength);
}

/**
 * Whether what lies behind the border is the outside, which will never learn a route to our private networks.
 *
 * It is when it has a public address where we reach it and routes to no private network but its own; when our router
 * translates already; and when our side is a bridge of containers and theirs knows no route at all.
 */
export function isOutside(host: Host, border: Border, destination: Address): boolean {
  const { outside, router } = border;
  if (outside === undefined) return !isPrivate(destination);
  if (knowsPrivateNets(outside)) return false;
  if (isPublicAtBorder(host, border)) return true;
  if (natChains(router).some(({ rules }) => rules.length > 0)) return true;
  return comesFromBridge(host, border) && !hasGateways(outside);
}

function knowsPrivateNets(netns: Netns): boolean {
  const routes = netns.routes.known ? netns.routes.value : [];
  return routes.some(
    ({ type, destination, nexthops }) =>
      type === 'unicast' &&
      destination.length > 0 &&
      isPrivate(destination.address) &&
      nexthops.some(({ via }) => via !== undefined),
  );
}

function isPublicAtBorder(host: Host, { outside, out }: Border): boolean {
  return segmentOf(host, out).some((ref) => {
    if (ref.netns !== outside?.name) return false;
    const addresses = findLink(host, ref.netns, ref.device)?.addresses ?? [];
    return addresses.some(({ address, scope }) => scope === 'global' && !isPrivate(address));
  });
}

function hasGateways(netns: Netns): boolean {
  return netns.routes.known && netns.routes.value.some(({ nexthops }) => nexthops.some(({ via }) => via !== undefined));
}

function comesFromBridge(host: Host, { router, source, out }: Border): boolean {
  const inner = linksOf(router).find(({ addresses }) =>
    addresses.some((own) => {
      const prefix = connectedPrefix(own);
      return prefix !== undefined && covers(prefix, source);
    }),
  );
  return inner?.detail.kind === 'bridge' && findLink(host, out.netns, out.device)?.detail.kind !== 'bridge';
}

/** The base chains that translate sources. */
export function natChains(netns: Netns): readonly Chain[] {
  const tables = netns.ruleset.known ? netns.ruleset.value.tables : [];
  return tables.flatMap(({ chains }) =>
    chains.filter(({ base }) => base?.type === 'nat' && base.hook === 'postrouting'),
  );
}

/** The program whose rules translate there already; else iptables, which people know best, where it is installed. */
export function natMachinery(host: Host, netns: Netns): Machinery {
  const tables = netns.ruleset.known ? netns.ruleset.value.tables : [];
  const present = tables.find(({ chains }) =>
    chains.some(({ base, rules }) => base?.type === 'nat' && base.hook === 'postrouting' && rules.length > 0),
  );
  return present?.machinery ?? (host.tools.iptables ? 'iptables-nft' : 'nft');
}
