/**
 * The owner of the address hears the question and does not answer, because arp_ignore or arp_filter forbids it; or a
 * filter takes the question or the answer (of bridges: bridge-filter-drop); or the owner is behind a router on the wire,
 * which would have to answer for it and does not (proxy_arp; in IPv6 proxy_ndp, and an entry for each address).
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import { findNetns, type Netns, sameDevice } from '../../host/host.ts';
import type { DeviceRef } from '../../host/link.ts';
import { routeText } from '../../host/route-text.ts';
import { confKey } from '../../host/sysctl.ts';
import { type Address, familyOf } from '../../net/address.ts';
import { endpointsOf } from '../../topology/wiring.ts';
import { defineRule, type Found } from '../define.ts';
import { derived, routeEvidence, sysctlEvidence } from '../evidence.ts';
import { arpFilterFound } from '../filter-rule.ts';
import type { FaultContext } from '../rule.ts';
import { crossingOf } from '../search/crossing.ts';
import { droppedAs } from '../search/dropped.ts';
import { changes } from '../search/redirect.ts';
import { placeText } from '../search/text.ts';
import { forwards, wayTo } from '../search/way.ts';

/** Both are the larger of all and of the interface. */
const WHY = {
  arp_ignore: 'answers only for addresses that the asked interface has itself, or for none',
  arp_filter: 'answers only on the interface by which it would route back to the asker',
} as const;

const TAKEN =
  'ARP is no IP: it passes the chains of the arp family where it is sent and received, and those bound to a device as any frame of it';

export const arpFiltered = defineRule({
  code: 'arp-filtered',
  title: 'The owner of the address does not answer ARP',
  source: 'net/ipv4/arp.c: arp_process(), arp_ignore(), arp_filter(), arp_fwd_proxy(); ip-sysctl.rst',
  explains: ['neighbor-unresolved'],

  find(context) {
    const [taken] = arpFilterFound(context, (family) => family !== 'bridge', TAKEN);
    const found = silencedOwner(context) ?? taken ?? missingProxy(context);
    return found === undefined ? [] : [found];
  },
});

function silencedOwner(context: FaultContext): Found | undefined {
  const dropped = droppedAs(context, 'neighbor-unanswered');
  const silence = dropped?.reason.silence;
  if (dropped === undefined || (silence?.kind !== 'arp-ignore' && silence?.kind !== 'arp-filter')) return undefined;
  const netns = findNetns(context.host, silence.owner.netns);
  if (netns === undefined) return undefined;
  const name = silence.kind === 'arp-ignore' ? 'arp_ignore' : 'arp_filter';
  return {
    ...silence.owner,
    what: `${placeText(silence.owner)} hears who asks for ${dropped.reason.nexthop}, and does not answer`,
    why: `${name} (the larger of all and of the interface): it ${WHY[name]}`,
    evidence: [
      sysctlEvidence(netns, confKey('ipv4', silence.owner.device, name)),
      sysctlEvidence(netns, confKey('ipv4', 'all', name)),
    ],
    repairs: [answerForAll(netns, silence.owner, name)],
  };
}

/** The kernel takes the larger of the two, so both have to be 0. */
function answerForAll(netns: Netns, { device }: DeviceRef, name: keyof typeof WHY): Repair {
  const both = (['all', device] as const).filter(
    (each) => netns.sysctls.values.get(confKey('ipv4', each, name)) !== '0',
  );
  return {
    intent: `Let ${device} answer for every address of ${netns.name}`,
    edits: both.map((each) => ({ kind: 'sysctl', netns: netns.name, key: confKey('ipv4', each, name), value: '0' })),
    sideEffects: both.includes('all')
      ? `So do all interfaces of ${netns.name} without an ${name} of their own`
      : undefined,
  };
}

/** The route takes the destination for a neighbour; it is behind a router on that wire, which keeps silent. */
function missingProxy(context: FaultContext): Found | undefined {
  const { host } = context;
  const crossing = crossingOf(context);
  const dropped = droppedAs(context, 'neighbor-unanswered');
  if (crossing === undefined || dropped === undefined) return undefined;
  const { nexthop, route, from, segment } = crossing;
  if (crossing.isGateway || crossing.owners.length === 0 || crossing.wire !== undefined) return undefined;
  const router = endpointsOf(host, segment).find(({ ref, link }) => {
    const netns = findNetns(host, ref.netns);
    if (netns === undefined || ref.netns === from.netns || !link.up || !forwards(netns, familyOf(nexthop)))
      return false;
    const next = wayTo(host, netns.name, nexthop)?.hops[0].out;
    return next !== undefined && !segment.some((each) => sameDevice(each, next));
  });
  const netns = router && findNetns(host, router.ref.netns);
  if (router === undefined || netns === undefined) return undefined;
  const isInet = familyOf(nexthop) === 'inet';
  const key = isInet
    ? confKey('ipv4', router.ref.device, 'proxy_arp')
    : confKey('ipv6', router.ref.device, 'proxy_ndp');
  const standIn = isInet ? proxyArp(netns, router.ref) : proxyNdp(netns, router.ref, nexthop);
  return {
    ...router.ref,
    what: `${from.netns} takes ${nexthop} for a neighbour by "${routeText(route)}"; it is behind ${netns.name}, which does not answer for it`,
    why: 'A route without a gateway asks for the destination itself on the wire; a router answers in its place only with proxy_arp on the interface that is asked, or in IPv6 with proxy_ndp there and an entry for the address',
    evidence: [
      routeEvidence(dropped.netns, route),
      sysctlEvidence(netns, key),
      derived(`${nexthop} is on ${crossing.owners.map(({ ref }) => placeText(ref)).join(', ')}`),
    ],
    repairs: [...(route.protocol === 'kernel' ? [] : changes(host, dropped.netns, route, nexthop)), standIn],
  };
}

function proxyArp(netns: Netns, { device }: DeviceRef): Repair {
  return {
    intent: `Let ${device} answer ARP for what ${netns.name} would forward`,
    edits: [{ kind: 'sysctl', netns: netns.name, key: confKey('ipv4', device, 'proxy_arp'), value: '1' }],
    sideEffects: `It then answers for every address that ${netns.name} has a route to by another interface`,
  };
}

/** The setting of all, or of the interface; and the entry. Source: net/ipv6/ndisc.c ndisc_recv_ns(), pndisc_is_router(). */
function proxyNdp(netns: Netns, { device }: DeviceRef, address: Address): Repair {
  const isOn = (['all', device] as const).some(
    (each) => netns.sysctls.values.get(confKey('ipv6', each, 'proxy_ndp')) === '1',
  );
  const entries = netns.neighbors.known ? netns.neighbors.value : [];
  const hasEntry = entries.some((entry) => entry.proxy && entry.address === address && entry.device === device);
  const key = confKey('ipv6', device, 'proxy_ndp');
  return {
    intent: `Let ${device} answer neighbour discovery for ${address}`,
    edits: [
      ...(isOn ? [] : [{ kind: 'sysctl', netns: netns.name, key, value: '1' } as const]),
      ...(hasEntry ? [] : [{ kind: 'neighbor-proxy', netns: netns.name, device, address } as const]),
    ],
    sideEffects: undefined,
  };
}
