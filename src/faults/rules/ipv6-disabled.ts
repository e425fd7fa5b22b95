/**
 * disable_ipv6 is set on an interface that IPv6 has to pass.
 *
 * @module
 */

import type { Edit } from '../../host/edit.ts';
import { findLink, findNetns, type Host } from '../../host/host.ts';
import type { DeviceRef } from '../../host/link.ts';
import { confKey } from '../../host/sysctl.ts';
import { familyOf, isLinkLocal } from '../../net/address.ts';
import { endpointsOf } from '../../topology/wiring.ts';
import { defineRule } from '../define.ts';
import { sysctlEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { crossingOf } from '../search/crossing.ts';
import { droppedAs, routeSteps, unroutedIn } from '../search/dropped.ts';
import { addressFacing, ownersOf } from '../search/owner.ts';
import { placeText } from '../search/text.ts';
import { usedWays } from '../search/used-way.ts';
import { likelyDevice, wayTo } from '../search/way.ts';

export const ipv6Disabled = defineRule({
  code: 'ipv6-disabled',
  title: 'IPv6 is disabled on an interface of the path',
  source: 'net/ipv6/addrconf.c: addrconf_disable_ipv6(); net/ipv6/ip6_input.c: ip6_rcv_core()',
  explains: ['no-address', 'no-route', 'address-not-found', 'gateway-unreachable', 'neighbor-unresolved'],

  find(context) {
    const ref = disabledDevice(context);
    const netns = ref && findNetns(context.host, ref.netns);
    if (ref === undefined || netns === undefined) return [];
    const key = confKey('ipv6', ref.device, 'disable_ipv6');
    return [
      {
        ...ref,
        what: `IPv6 is disabled on ${placeText(ref)}`,
        why: 'With disable_ipv6 an interface has no IPv6 address, not even a link-local one, and takes no IPv6 packet; setting it took the addresses away',
        evidence: [sysctlEvidence(netns, key)],
        repairs: [
          {
            intent: `Switch IPv6 on for ${ref.device}`,
            edits: [{ kind: 'sysctl', netns: netns.name, key, value: '0' }, ...lostAddress(context, ref)],
            sideEffects: `${ref.device} gets a link-local address as well; whatever other addresses it had have to be added again`,
          },
        ],
      },
    ];
  },
});

/** The address that was asked for on its wire and that nobody has: what switching IPv6 off took away. */
function lostAddress({ host, journey }: FaultContext, ref: DeviceRef): readonly Edit[] {
  const step = routeSteps(journey.steps).at(-1);
  const device = step?.nexthop?.device;
  if (step === undefined || device === undefined || step.netns === ref.netns) return [];
  const address = step.nexthop?.via ?? step.lookup.destination;
  const link = findLink(host, step.netns, device);
  const facing = link && addressFacing(link, address);
  if (facing === undefined || isLinkLocal(address) || ownersOf(host, address).length > 0) return [];
  return [{ kind: 'address-add', ...ref, address, prefixLength: facing.prefixLength }];
}

function disabledDevice(context: FaultContext): DeviceRef | undefined {
  const { host } = context;
  const dropped = droppedAs(context, 'family-disabled');
  if (dropped !== undefined) return deviceOfKey(dropped.reason.key, dropped.netns.name) ?? dropped.device;
  const unrouted = unroutedIn(context);
  if (unrouted !== undefined && unrouted.family === 'inet6') {
    const { netns, destination } = unrouted;
    const ways = [...usedWays(host, netns, destination), wayTo(host, netns.name, destination)];
    const outs = [...ways.map((way) => way?.hops[0].out), likelyDevice(netns, 'inet6')];
    return outs.find((out) => out !== undefined && isDisabled(host, out));
  }
  const turned = turnedBackBefore(context);
  if (turned !== undefined) return turned;
  const crossing = crossingOf(context);
  if (crossing === undefined || familyOf(crossing.nexthop) !== 'inet6' || crossing.owners.length > 0) return undefined;
  return endpointsOf(host, crossing.segment)
    .map(({ ref }) => ref)
    .find((ref) => ref.netns !== crossing.from.netns && isDisabled(host, ref));
}

/** Where routes turn the packet back, the way that they ought to take may be closed to IPv6, and nobody there to name. */
function turnedBackBefore(context: FaultContext): DeviceRef | undefined {
  const { host, journey } = context;
  if (droppedAs(context, 'ttl-exceeded') === undefined || journey.packet === undefined) return undefined;
  if (familyOf(journey.packet.destination) !== 'inet6') return undefined;
  const ways = routeSteps(journey.steps).map(({ netns, lookup }) => wayTo(host, netns, lookup.destination)?.hops[0]);
  return ways.flatMap((hop) => (hop === undefined ? [] : [hop.out, hop.into])).find((ref) => isDisabled(host, ref));
}

function deviceOfKey(key: string, netns: DeviceRef['netns']): DeviceRef | undefined {
  const device = /^net\/ipv6\/conf\/([^/]+)\/disable_ipv6$/.exec(key)?.[1];
  return device === undefined || device === 'all' ? undefined : { netns, device: device as DeviceRef['device'] };
}

function isDisabled(host: Host, ref: DeviceRef): boolean {
  const netns = findNetns(host, ref.netns);
  const link = findLink(host, ref.netns, ref.device);
  if (link?.detail.kind === 'bridge' && link.addresses.length === 0) return false;
  return netns?.sysctls.values.get(confKey('ipv6', ref.device, 'disable_ipv6')) === '1';
}
