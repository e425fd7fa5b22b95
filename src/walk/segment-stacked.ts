/**
 * Devices that stand on another one, in the search through a segment: down to the device below, up to those above, and
 * across to the siblings of a macvlan.
 *
 * Source and limits: `stacked.ts`.
 *
 * @module
 */

import type { Tag } from './bridge-vlan.ts';
import type { Device } from './netns-index.ts';
import { block, type Search, stop, type Way } from './segment-search.ts';
import { besideMacvlan, lowerOf, macvlansOn, takenByMacvlan } from './stacked.ts';

/** Hand the frame to the device below, which sends it. */
export function transmitByLower(search: Search, device: Device, way: Way, tag: Tag): void {
  const lower = lowerOf(search.host, device);
  if (lower === undefined) block(search, way, device.ref, 'peer-unseen');
  else search.transmit(search, lower, [...way, { kind: 'stack', as: 'egress', from: device, to: lower }], tag);
}

/** To the siblings that its mode lets it reach, and to the wire. */
export function transmitMacvlan(search: Search, device: Device, way: Way, tag: Tag): void {
  const lower = lowerOf(search.host, device);
  if (lower !== undefined && !lower.link.up) {
    block(search, way, lower.ref, 'link-down');
    return;
  }
  const beside = lower && besideMacvlan(search.host, device, lower, search.frame);
  for (const sibling of beside?.siblings ?? []) {
    // A frame for one of them shows on the parent as if it had come in; a broadcast does not.
    const back: Way =
      lower !== undefined && search.frame.kind === 'unicast'
        ? [...way, { kind: 'stack', as: 'ingress', from: device, to: lower }]
        : way;
    const from = search.frame.kind === 'unicast' ? (lower ?? device) : device;
    search.receive(search, sibling, [...back, { kind: 'stack', as: 'ingress', from, to: sibling }], tag);
  }
  if (beside?.leaves !== false) transmitByLower(search, device, way, tag);
}

/** Those that share a wire with the sender, and that its frame has not reached although nothing is between them. */
export function isolateMacvlans(search: Search): void {
  const { host, from, reached } = search;
  const lower = from.link.detail.kind === 'macvlan' ? lowerOf(host, from) : from;
  if (lower === undefined || !lower.link.up) return;
  for (const other of [lower, ...macvlansOn(host, lower)]) {
    if (other === from || !other.link.up || reached.some(({ device }) => device === other)) continue;
    block(search, [], other.ref, 'macvlan-isolated');
  }
}

/** What came in and is not bridged: to the macvlans, and to the device's own namespace. */
export function takeUp(search: Search, device: Device, way: Way, tag: Tag): void {
  const { host, frame, from } = search;
  const { takers, goesOn } = takenByMacvlan(host, device, frame, from.link.mac);
  for (const taker of takers) receiveUp(search, device, taker, way, tag);
  if (!goesOn) return;
  if (tag === undefined) search.reached.push({ device, way });
  else stop(search, way, { at: device.ref, because: 'vlan-untaken', vlan: tag });
}

/** The device that stands on it gets the frame as if it had come in there. */
export function receiveUp(search: Search, lower: Device, upper: Device, way: Way, tag: Tag): void {
  if (upper.link.up)
    search.receive(search, upper, [...way, { kind: 'stack', as: 'ingress', from: lower, to: upper }], tag);
  else block(search, way, upper.ref, 'link-down');
}
