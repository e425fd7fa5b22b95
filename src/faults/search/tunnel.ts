/**
 * The tunnel in whose wrapping a journey died, and the far end that it was meant for.
 *
 * The far end is a vxlan of the same number and port behind which the inner next hop is; when nobody can tell, the only
 * one that there is. Two ends of another number or port are never taken for a pair here: that they differ is what
 * `vxlan-vni-mismatch` and `vxlan-port-mismatch` look for themselves.
 *
 * @module
 */

import { allLinks, findLink, findNetns, type Host, linksOf, type Netns, sameDevice } from '../../host/host.ts';
import type { DeviceRef, Link, LinkDetail, NetnsName } from '../../host/link.ts';
import type { FdbEntry } from '../../host/route.ts';
import type { Step } from '../../journey/step.ts';
import { type Address, familyOf } from '../../net/address.ts';
import { segmentOf, wiredTo } from '../../topology/wiring.ts';
import type { Finding } from '../finding.ts';
import type { FaultContext } from '../rule.ts';
import { addressFacing, ownersOf, routableAddresses } from './owner.ts';

type VxlanDetail = Extract<LinkDetail, { kind: 'vxlan' }>;

/** A vxlan device. */
export interface Vxlan {
  readonly ref: DeviceRef;
  readonly link: Link;
  readonly detail: VxlanDetail;
  /** The namespace in which its outer packets travel: where it was made. */
  readonly underlay: NetnsName;
}

/** A tunnel that had wrapped the packet when it died. */
export interface Wrapped {
  readonly tunnel: Vxlan;
  /** Where the wrapping was sent. */
  readonly remote: Address;
  /** Whom the inner packet was on its way to, over the tunnel. */
  readonly nexthop: Address | undefined;
}

/** The innermost tunnel that the packet went into and did not come out of. */
export function wrappedIn({ host, journey: { steps } }: FaultContext): Wrapped | undefined {
  const open: { readonly at: number; readonly step: Extract<Step, { stage: 'encapsulate' }> }[] = [];
  for (const [at, step] of steps.entries()) {
    if (step.stage === 'encapsulate') open.push({ at, step });
    else if (step.stage === 'decapsulate') open.pop();
  }
  const last = open.at(-1);
  if (last?.step.device === undefined) return undefined;
  const tunnel = vxlanAt(host, { netns: last.step.netns, device: last.step.device });
  return tunnel && { tunnel, remote: last.step.remote, nexthop: nexthopOf(steps.slice(0, last.at)) };
}

function nexthopOf(steps: readonly Step[]): Address | undefined {
  const route = steps.findLast((step) => step.stage === 'route');
  return route?.stage === 'route' ? (route.nexthop?.via ?? route.lookup.destination) : undefined;
}

/** The device, when it is a vxlan. */
export function vxlanAt(host: Host, ref: DeviceRef): Vxlan | undefined {
  const link = findLink(host, ref.netns, ref.device);
  if (link?.detail.kind !== 'vxlan') return undefined;
  return { ref, link, detail: link.detail, underlay: link.detail.underlay ?? ref.netns };
}

/** Every vxlan but this one. */
export function otherVxlans(host: Host, than: Vxlan): readonly Vxlan[] {
  return [...allLinks(host)].flatMap(({ netns, link }) => {
    const other = vxlanAt(host, { netns: netns.name, device: link.name });
    return other === undefined || sameDevice(other.ref, than.ref) ? [] : [other];
  });
}

/** Those of the tunnels behind which the address is, not counting what other tunnels lead to. */
export function vxlansBefore(host: Host, tunnels: readonly Vxlan[], address: Address): readonly Vxlan[] {
  const owners = ownersOf(host, address);
  return tunnels.filter(({ ref }) => {
    const near = nearSide(host, ref);
    return owners.some((owner) => near.some((each) => sameDevice(each, owner.ref)));
  });
}

/** All that is wired to the tunnel on this side of it. */
function nearSide(host: Host, tunnel: DeviceRef): readonly DeviceRef[] {
  const seen: DeviceRef[] = [tunnel];
  for (const ref of seen) {
    const isTunnel = vxlanAt(host, ref) !== undefined;
    for (const next of wiredTo(host, ref)) {
      const leadsThrough = isTunnel && vxlanAt(host, next) !== undefined;
      if (!leadsThrough && !seen.some((each) => sameDevice(each, next))) seen.push(next);
    }
  }
  return seen;
}

/** The end that the tunnel was to lead to. */
export function farEndOf(host: Host, tunnel: Vxlan, nexthop: Address | undefined): Vxlan | undefined {
  const alike = otherVxlans(host, tunnel).filter(
    ({ detail }) => detail.vni === tunnel.detail.vni && detail.dstPort === tunnel.detail.dstPort,
  );
  const [before] = nexthop === undefined ? [] : vxlansBefore(host, alike, nexthop);
  const [only, another] = alike;
  if (before !== undefined || only === undefined || another !== undefined) return before;
  const owners = nexthop === undefined ? [] : ownersOf(host, nexthop);
  return owners.length === 0 || owners.some(({ ref }) => isBesideFree(host, only, ref)) ? only : undefined;
}

/** The tunnel is on no bridge, and one of its namespace leads to the device: the two ought to be joined. */
function isBesideFree(host: Host, { ref, link }: Vxlan, device: DeviceRef): boolean {
  if (link.master !== undefined) return false;
  return segmentOf(host, device).some((each) => {
    return each.netns === ref.netns && findLink(host, each.netns, each.device)?.detail.kind === 'bridge';
  });
}

/** The address by which the tunnel reaches the far end: that end's own choice, or one in a network that both have. */
export function underlayAddress(host: Host, tunnel: Vxlan, far: Vxlan): Address | undefined {
  if (far.detail.local !== undefined && holds(host, far, far.detail.local)) return far.detail.local;
  const near = linksIn(host, tunnel.underlay);
  const family = familyOf(tunnel.detail.remote ?? far.detail.remote ?? ('0.0.0.0' as Address));
  const all = linksIn(host, far.underlay)
    .filter(({ detail }) => detail.kind !== 'loopback' && detail.kind !== 'vxlan')
    .flatMap((link) => routableAddresses(link, family).map(({ address }) => address));
  return all.find((address) => near.some((link) => addressFacing(link, address) !== undefined)) ?? all[0];
}

/** Whether the far end's namespace has the address. */
export function holds(host: Host, { underlay }: Vxlan, address: Address): boolean {
  return linksIn(host, underlay).some(({ addresses }) => addresses.some((own) => own.address === address));
}

function linksIn(host: Host, name: NetnsName): readonly Link[] {
  const netns = findNetns(host, name);
  return netns === undefined ? [] : linksOf(netns);
}

/** What the tunnel's forwarding database was told, by hand or by `remote`. */
export function entriesOf(host: Host, { ref }: Vxlan): readonly FdbEntry[] {
  const fdb: Netns['fdb'] | undefined = findNetns(host, ref.netns)?.fdb;
  const entries = fdb?.known ? fdb.value : [];
  return entries.filter(({ device, destination, state }) => {
    return device === ref.device && destination !== undefined && state !== 'dynamic';
  });
}

/** A finding in the underlay says whose packets die there. */
export function namingTunnel(context: FaultContext, finding: Finding): Finding {
  const wrapped = wrappedIn(context);
  if (wrapped === undefined || finding.code.startsWith('vxlan-')) return finding;
  const { ref, detail } = wrapped.tunnel;
  return {
    ...finding,
    what: `${finding.what}, on the way of the VXLAN ${detail.vni} packets of ${ref.device} in ${ref.netns} to ${wrapped.remote}`,
  };
}
