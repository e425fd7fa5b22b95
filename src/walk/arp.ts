/**
 * Who answers an ARP request: IPv4's side of neighbour resolution.
 *
 * A namespace answers for any address that its routing calls local, whichever device holds it, by the device that the
 * request came in on; but only if the request, read as a packet from the asker, would pass input routing there (so
 * rp_filter silences ARP too). It answers for others when it would forward to them by another device and `proxy_arp`
 * or a proxy entry tells it to.
 *
 * Source: net/ipv4/arp.c arp_process(), arp_ignore(), arp_filter(), arp_fwd_proxy(), arp_solicit().
 * Seen in test/live/kernel-arp.test.ts.
 *
 * @module
 */

import type { ArpSilence } from '../journey/fate.ts';
import { type Address, isUnspecified } from '../net/address.ts';
import { conf, type Device, type NetnsIndex } from './netns-index.ts';
import { localTableType, lookupRoute } from './route-lookup.ts';
import { judgeSource } from './rp-filter.ts';
import { isInSubnetOf, selectInetAddress } from './source-address.ts';

/** Whether a device that the request reached answers. */
export type NeighborAnswer =
  | { readonly kind: 'answers'; readonly asProxy: boolean }
  /** It owns the address, and keeps silent. */
  | { readonly kind: 'silent'; readonly silence: ArpSilence }
  | { readonly kind: 'stranger' }
  | { readonly kind: 'unknown'; readonly because: readonly string[] };

/** What the request says: who has `target`, tell `sender`. */
export interface ArpRequest {
  readonly target: Address;
  readonly sender: Address;
}

const STRANGER: NeighborAnswer = { kind: 'stranger' };
const ANSWERS: NeighborAnswer = { kind: 'answers', asProxy: false };
const UNSPECIFIED = '0.0.0.0' as Address;

/** Whether the device, which the request reached, answers it. */
export function answersArp(device: Device, request: ArpRequest): NeighborAnswer {
  const { netns, ref, link } = device;
  const { target, sender } = request;
  if (netns.unread.length > 0) return { kind: 'unknown', because: netns.unread };
  const isOwner = localTableType(netns, target) === 'local';
  if (link.noArp) return isOwner ? silent({ kind: 'noarp', owner: ref }) : STRANGER;
  if (isUnspecified(sender)) return isOwner ? (ignoresArp(device, request) ?? ANSWERS) : STRANGER;

  const flow = { destination: target, source: sender, inDevice: ref.device, mark: 0 };
  const answer = lookupRoute(netns, flow, {}, 0);
  if (answer.kind === 'unknown') return answer;
  if (answer.kind !== 'route') return STRANGER;
  const isLocal = answer.route.type === 'local';
  if (!isLocal && answer.route.type !== 'unicast') return STRANGER;

  const outDevice = isLocal ? undefined : answer.nexthop?.device;
  const source = judgeSource(device, { source: sender, destination: target, mark: 0 }, outDevice);
  if (source.kind === 'unknown') return source;
  if (!isLocal) return source.kind === 'valid' ? answersAsProxy(device, target, outDevice) : STRANGER;
  if (source.kind === 'no-way-back') return silent({ kind: 'rp-filter', owner: ref, sender, ...source.way });
  if (source.kind === 'own-address') return silent({ kind: 'asker-is-us', owner: ref, sender });
  return ignoresArp(device, request) ?? filtersArp(device, request) ?? ANSWERS;
}

/** The address by which a device asks: the packet's own source if it is ours, as far as `arp_announce` lets it. */
export function arpSender(device: Device, target: Address, packetSource: Address | undefined): Address {
  const { netns, ref } = device;
  const announce = largest(netns, ref, 'arp_announce') ?? 0;
  if (announce < 2 && packetSource !== undefined && localTableType(netns, packetSource) === 'local') {
    const isInSubnet = netns.holders.get(packetSource)?.some(({ address }) => {
      return isInSubnetOf(address, target) && isInSubnetOf(address, packetSource);
    });
    if (announce === 0 || isInSubnet) return packetSource;
  }
  return selectInetAddress(netns, ref.device, target, 'link') ?? UNSPECIFIED;
}

/** arp_ignore: 1 and 2 want the address on this device, 2 the asker in its subnet too, 3 no host scope, 8 never. */
function ignoresArp(device: Device, { target, sender }: ArpRequest): NeighborAnswer | undefined {
  const { netns, ref } = device;
  const value = largest(netns, ref, 'arp_ignore');
  if (value === undefined) return { kind: 'unknown', because: [`arp_ignore of ${netns.name} could not be read`] };
  const holders = netns.holders.get(target) ?? [];
  const here = holders.find((holder) => holder.device === device)?.address;
  const isAnswered = (): boolean => {
    switch (value) {
      case 1:
        return here !== undefined;
      case 2:
        return here !== undefined && isInSubnetOf(here, sender);
      case 3:
        return holders.some(({ address }) => address.scope !== 'host');
      case 8:
        return false;
      default:
        return true;
    }
  };
  return isAnswered() ? undefined : silent({ kind: 'arp-ignore', owner: ref, value });
}

/** arp_filter: only by the device that an answer to the asker would be routed to. */
function filtersArp({ netns, ref }: Device, { target, sender }: ArpRequest): NeighborAnswer | undefined {
  const value = largest(netns, ref, 'arp_filter');
  if (value === undefined) return { kind: 'unknown', because: [`arp_filter of ${netns.name} could not be read`] };
  if (value === 0) return undefined;
  const way = lookupRoute(netns, { destination: sender, source: target, inDevice: undefined, mark: 0 }, {}, 0);
  if (way.kind === 'unknown') return way;
  const isHere = way.kind === 'route' && way.nexthop?.device === ref.device;
  return isHere ? undefined : silent({ kind: 'arp-filter', owner: ref });
}

function answersAsProxy(device: Device, target: Address, outDevice: string | undefined): NeighborAnswer {
  const { netns, ref } = device;
  const forwarding = conf(netns, 'inet', ref.device, 'forwarding');
  if (!forwarding.known) return { kind: 'unknown', because: [forwarding.why] };
  if (forwarding.value === 0) return STRANGER;
  const name = outDevice === ref.device ? 'proxy_arp_pvlan' : 'proxy_arp';
  const proxies = largest(netns, ref, name);
  const hasEntry = netns.proxies.some((entry) => entry.address === target && entry.device === ref.device);
  if (hasEntry && outDevice !== ref.device) return { kind: 'answers', asProxy: true };
  if (proxies === undefined) return { kind: 'unknown', because: [`${name} of ${netns.name} could not be read`] };
  return proxies > 0 ? { kind: 'answers', asProxy: true } : STRANGER;
}

/** Whether the device is told to answer for others: for all, or for that address. */
export function isProxyFor({ netns, ref }: Device, target: Address): boolean {
  const hasEntry = netns.proxies.some((entry) => entry.address === target && entry.device === ref.device);
  return hasEntry || (largest(netns, ref, 'proxy_arp') ?? 0) > 0;
}

/** The larger of `all` and the device's own, as the kernel combines all of these. */
function largest(netns: NetnsIndex, { device }: Device['ref'], name: string): number | undefined {
  const all = conf(netns, 'inet', 'all', name);
  const own = conf(netns, 'inet', device, name);
  return all.known && own.known ? Math.max(all.value, own.value) : undefined;
}

function silent(silence: ArpSilence): NeighborAnswer {
  return { kind: 'silent', silence };
}
