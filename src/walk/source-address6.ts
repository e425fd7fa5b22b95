/**
 * Which of its own addresses a namespace sends from, when nobody bound one: IPv6.
 *
 * The route's `src`; else the rules of RFC 6724 in Linux's order: the destination itself, scope, not deprecated, the
 * egress device, label, longest common prefix. Of equals, the first that the kernel lists. Not modelled: home
 * addresses, ORCHID, and the preference between temporary and public addresses (they count as equal).
 *
 * Source: net/ipv6/addrconf.c ipv6_dev_get_saddr(), ipv6_get_saddr_eval(); net/ipv6/addrlabel.c;
 * include/net/ip6_route.h ip6_route_get_saddr(). Seen in test/live/kernel-source.test.ts.
 *
 * @module
 */

import type { DeviceName, InterfaceAddress } from '../host/link.ts';
import type { Nexthop, Route } from '../host/route.ts';
import { type Address, addressBits, isLinkLocal, isLoopback, isMulticast } from '../net/address.ts';
import { contains, type Prefix, parsePrefix } from '../net/prefix.ts';
import type { NetnsIndex } from './netns-index.ts';

/** Source: RFC 4291 section 2.7, the scope values of multicast, which Linux uses for unicast as well. */
const SCOPE = { linkLocal: 0x2, siteLocal: 0x5, global: 0xe } as const;
const SITE_LOCAL = prefix('fec0::/10');

/** The kernel's default address labels; the longest prefix counts. */
const LABELS: readonly (readonly [Prefix, number])[] = [
  [prefix('::1/128'), 0],
  [prefix('::/96'), 3],
  [prefix('::ffff:0:0/96'), 4],
  [prefix('2001::/32'), 6],
  [prefix('2001:10::/28'), 7],
  [prefix('2002::/16'), 2],
  [prefix('3ffe::/16'), 12],
  [prefix('fec0::/10'), 11],
  [prefix('fc00::/7'), 5],
];
const DEFAULT_LABEL = 1;

/** The source of a packet that leaves by this route; `undefined` when no address will do. */
export function inet6SourceFor(
  netns: NetnsIndex,
  route: Route | undefined,
  nexthop: Nexthop | undefined,
  destination: Address,
): Address | undefined {
  return route?.prefsrc ?? selectInet6Address(netns, nexthop?.device, destination);
}

/** ipv6_dev_get_saddr(): the best address towards the destination, for packets that leave by `device`. */
export function selectInet6Address(
  netns: NetnsIndex,
  device: DeviceName | undefined,
  destination: Address,
): Address | undefined {
  const onlyDevice = isMulticast(destination) || scopeOf(destination) <= SCOPE.linkLocal ? device : undefined;
  let best: { readonly address: Address; readonly score: readonly number[] } | undefined;
  for (const { link } of netns.devices.values()) {
    if (onlyDevice !== undefined && link.name !== onlyDevice) continue;
    if (!link.up) continue;
    for (const candidate of link.addresses) {
      if (candidate.family !== 'inet6' || isNotReady(candidate)) continue;
      const score = scoreOf(candidate, link.name, device, destination);
      if (best === undefined || isBetter(score, best.score)) best = { address: candidate.address, score };
    }
  }
  return best?.address;
}

/** Duplicate detection has not passed: the address is neither sent from nor answered for. */
export function isNotReady({ flags }: InterfaceAddress): boolean {
  return (flags.includes('tentative') && !flags.includes('optimistic')) || flags.includes('dadfailed');
}

/** One number a rule, the more the better, in the order in which they decide. */
function scoreOf(
  { address, flags, prefixLength }: InterfaceAddress,
  holder: DeviceName,
  egress: DeviceName | undefined,
  destination: Address,
): readonly number[] {
  const scope = scopeOf(address);
  return [
    Number(address === destination),
    // Wide enough: the narrower the better. Too narrow: the wider the better, and always worse.
    scope >= scopeOf(destination) ? -scope : scope - 128,
    Number(!flags.includes('deprecated')),
    Number(egress === undefined || holder === egress),
    Number(labelOf(address) === labelOf(destination)),
    Math.min(commonBits(address, destination), prefixLength),
  ];
}

function isBetter(score: readonly number[], than: readonly number[]): boolean {
  for (const [rule, value] of score.entries()) {
    const other = than[rule] ?? 0;
    if (value !== other) return value > other;
  }
  return false;
}

function scopeOf(address: Address): number {
  if (isMulticast(address)) return Number.parseInt(address.charAt(3), 16);
  if (isLinkLocal(address) || isLoopback(address)) return SCOPE.linkLocal;
  return contains(SITE_LOCAL, address) ? SCOPE.siteLocal : SCOPE.global;
}

function labelOf(address: Address): number {
  return LABELS.find(([range]) => contains(range, address))?.[1] ?? DEFAULT_LABEL;
}

function commonBits(a: Address, b: Address): number {
  const difference = addressBits(a) ^ addressBits(b);
  return difference === 0n ? 128 : 128 - difference.toString(2).length;
}

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(`${text} is no prefix`);
  return parsed;
}
