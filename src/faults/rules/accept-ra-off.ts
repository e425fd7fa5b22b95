/**
 * The route is missing that router advertisements would bring: the interface has an address of theirs, but forwards
 * since, and one that forwards takes them no longer, and loses the routes that they brought.
 *
 * Limit: where no address shows that there were advertisements, it is an ordinary `no-route`.
 *
 * @module
 */

import type { Edit, Repair } from '../../host/edit.ts';
import { findLink, linksOf, type Netns } from '../../host/host.ts';
import type { DeviceName, Link } from '../../host/link.ts';
import { confKey, readSysctl } from '../../host/sysctl.ts';
import { type Address, isLinkLocal } from '../../net/address.ts';
import { defaultPrefix } from '../../net/prefix.ts';
import { defineRule } from '../define.ts';
import { addressEvidence, lookupEvidence, sysctlEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { unroutedIn } from '../search/dropped.ts';
import { newRoute } from '../search/new-route.ts';
import { wayTo } from '../search/way.ts';

export const acceptRaOff = defineRule({
  code: 'accept-ra-off',
  title: 'Router advertisements are not taken, because it forwards',
  source: 'net/ipv6/addrconf.c: addrconf_fixup_forwarding(); include/net/ipv6.h: ipv6_accept_ra()',
  explains: ['no-route'],

  find(context) {
    const unrouted = unroutedIn(context);
    if (unrouted === undefined || unrouted.family !== 'inet6') return [];
    const { netns, destination } = unrouted;
    return linksOf(netns)
      .filter((link) => isDeafToRouters(netns, link))
      .slice(0, 1)
      .map((link) => ({
        netns: netns.name,
        device: link.name,
        what: `${netns.name} has no route to ${destination}; ${link.name} has an address from router advertisements, and takes none now`,
        why: 'With forwarding on, advertisements are taken only if accept_ra is 2; switching it on deletes the default routes that they brought, and leaves their addresses',
        evidence: [
          sysctlEvidence(netns, confKey('ipv6', link.name, 'forwarding')),
          sysctlEvidence(netns, confKey('ipv6', link.name, 'accept_ra')),
          ...addressEvidence(context.host, { netns: netns.name, device: link.name }, 'inet6'),
          lookupEvidence(netns, destination, 'Network is unreachable'),
        ],
        repairs: repairsOf(context, netns, link.name, destination),
      }));
  },
});

/** It got an address by advertisement (one that expires), forwards, and so takes no more of them. */
function isDeafToRouters({ sysctls }: Netns, { name, addresses }: Link): boolean {
  const wasTold = addresses.some(
    ({ family, address, flags }) => family === 'inet6' && flags.includes('dynamic') && !isLinkLocal(address),
  );
  const forwarding = readSysctl(sysctls, confKey('ipv6', name, 'forwarding'));
  const acceptRa = readSysctl(sysctls, confKey('ipv6', name, 'accept_ra'));
  return wasTold && forwarding.known && forwarding.value !== 0 && acceptRa.known && acceptRa.value !== 2;
}

/** The next advertisement may be ten minutes off: the route that it will bring is added at once, where we see whose. */
function repairsOf({ host }: FaultContext, netns: Netns, device: DeviceName, destination: Address): readonly Repair[] {
  const hop = wayTo(host, netns.name, destination)?.hops[0];
  const router = hop?.out.device === device ? findLink(host, hop.into.netns, hop.into.device) : undefined;
  const gateway = router?.addresses.find(({ family, scope }) => family === 'inet6' && scope === 'link')?.address;
  const accept: Edit = { kind: 'sysctl', netns: netns.name, key: confKey('ipv6', device, 'accept_ra'), value: '2' };
  const route: readonly Edit[] =
    gateway === undefined
      ? []
      : [{ kind: 'route-add', netns: netns.name, route: newRoute(defaultPrefix('inet6'), gateway, device) }];
  return [
    {
      intent: `Let ${device} take router advertisements although it forwards${gateway === undefined ? '' : ', and have the default route until the next one comes'}`,
      edits: [accept, ...route],
      sideEffects: `Whoever advertises on ${device} decides where ${netns.name} sends everything else`,
    },
  ];
}
