/**
 * Source validation of IPv4: could an answer to the source go out by the device that the packet came in by?
 *
 * The mode is the larger of `all` and the device: 1 (strict) wants that device, 2 (loose) any device, 0 nothing. With
 * 0 a source that is one of our own addresses is refused all the same, unless `accept_local` is set.
 *
 * Source: net/ipv4/fib_frontend.c fib_validate_source(), __fib_validate_source(); include/linux/inetdevice.h
 * IN_DEV_RPFILTER, IN_DEV_ACCEPT_LOCAL. Seen in test/live/kernel-rp-filter.test.ts.
 *
 * @module
 */

import type { DeviceName } from '../host/link.ts';
import type { Route } from '../host/route.ts';
import type { Fate, Refusal, WayBack } from '../journey/fate.ts';
import type { Packet } from '../journey/packet.ts';
import { droppedAt, undecided } from './fates.ts';
import { conf, type Device } from './netns-index.ts';
import { lookupRoute, type RouteAnswer } from './route-lookup.ts';
import { take, type Walk } from './walk.ts';

/** What validation found. */
export type SourceVerdict =
  | { readonly kind: 'valid'; readonly mode: number; readonly reverse: Route | undefined }
  | { readonly kind: 'no-way-back'; readonly way: WayBack }
  | { readonly kind: 'own-address' }
  | { readonly kind: 'unknown'; readonly because: readonly string[] };

/** Validate the source of a packet that came in, and note it when the filter is on. */
export function validateSource(
  walk: Walk,
  device: Device,
  packet: Packet,
  outDevice: DeviceName | undefined,
): Fate | undefined {
  const { ref, netns } = device;
  const verdict = judgeSource(device, packet, outDevice);
  switch (verdict.kind) {
    case 'unknown':
      return undecided(netns.name, ...verdict.because);
    case 'own-address':
      return droppedAt(ref, {
        kind: 'martian-source',
        address: packet.source,
        because: `${packet.source} is an address of ${netns.name} itself`,
      });
    case 'valid':
      if (verdict.mode > 0) take(walk, { ...ref, stage: 'rp-filter', mode: verdict.mode, reverse: verdict.reverse });
      return undefined;
    case 'no-way-back': {
      const { way } = verdict;
      take(walk, { ...ref, stage: 'rp-filter', mode: way.mode, reverse: way.reverse });
      return droppedAt(ref, { kind: 'rp-filter', inDevice: ref.device, source: packet.source, ...way });
    }
  }
}

/**
 * Judge a source address on a device; ARP requests are judged by the same rule.
 *
 * @param outDevice Where the packet will leave when it is forwarded: the way back is looked up as if it came in there.
 */
export function judgeSource(
  device: Device,
  { source, destination, mark }: Pick<Packet, 'source' | 'destination' | 'mark'>,
  outDevice: DeviceName | undefined,
): SourceVerdict {
  const { netns, ref } = device;
  const all = conf(netns, 'inet', 'all', 'rp_filter');
  const own = conf(netns, 'inet', ref.device, 'rp_filter');
  if (!all.known) return { kind: 'unknown', because: [all.why] };
  if (!own.known) return { kind: 'unknown', because: [own.why] };
  const mode = Math.max(all.value, own.value);

  if (mode === 0 && !netns.hasCustomRules) {
    return netns.holders.has(source) ? judgeOwn(device, mode) : { kind: 'valid', mode, reverse: undefined };
  }

  const reverseMark = mark !== 0 && usesMark(device) ? mark : 0;
  const flow = { destination: source, source: destination, inDevice: outDevice, mark: reverseMark };
  const answer = lookupRoute(netns, flow, {}, 0);
  if (answer.kind === 'unknown') return answer;
  if (answer.kind === 'route' && answer.route.type === 'local') {
    const own = judgeOwn(device, mode);
    if (own.kind !== 'valid') return own;
  }
  if (mode === 0) return { kind: 'valid', mode, reverse: undefined };
  if (answer.kind !== 'route') {
    const way = { mode, reverse: undefined, reverseDevice: undefined, refusal: refusalOf(answer) };
    return { kind: 'no-way-back', way };
  }
  const { route: reverse, nexthop } = answer;
  if (reverse.nexthops.some(({ device: each }) => each === ref.device)) return { kind: 'valid', mode, reverse };
  const hasAddress = device.link.addresses.some(({ family }) => family === 'inet');
  // A device without any address is held to strictness even in loose mode.
  return mode === 1 || !hasAddress
    ? { kind: 'no-way-back', way: { mode, reverse, reverseDevice: nexthop?.device, refusal: undefined } }
    : { kind: 'valid', mode, reverse };
}

/** A rule or route that refuses is met here as well, with the addresses swapped. */
function refusalOf(answer: RouteAnswer): Refusal | undefined {
  switch (answer.kind) {
    case 'route-type':
      return { kind: answer.kind, type: answer.type, route: answer.route, rule: answer.rule };
    case 'rule-action':
      return { kind: answer.kind, action: answer.action, rule: answer.rule };
    default:
      return undefined;
  }
}

function judgeOwn(device: Device, mode: number): SourceVerdict {
  const accepts = acceptsLocal(device);
  if (accepts === undefined)
    return { kind: 'unknown', because: [`accept_local of ${device.ref.device} could not be read`] };
  return accepts ? { kind: 'valid', mode, reverse: undefined } : { kind: 'own-address' };
}

/** IN_DEV_ACCEPT_LOCAL: either will do. */
function acceptsLocal({ netns, ref }: Device): boolean | undefined {
  const all = conf(netns, 'inet', 'all', 'accept_local');
  const own = conf(netns, 'inet', ref.device, 'accept_local');
  if ((all.known && all.value !== 0) || (own.known && own.value !== 0)) return true;
  return all.known && own.known ? false : undefined;
}

/** IN_DEV_SRC_VMARK. */
function usesMark({ netns, ref }: Device): boolean {
  const values = [conf(netns, 'inet', 'all', 'src_valid_mark'), conf(netns, 'inet', ref.device, 'src_valid_mark')];
  return values.some((fact) => fact.known && fact.value !== 0);
}
