/**
 * A host made ready for walking: its namespaces by name, each with its own index.
 *
 * @module
 */

import type { Host } from '../host/host.ts';
import type { DeviceRef, NetnsName } from '../host/link.ts';
import { type Device, indexNetns, type NetnsIndex } from './netns-index.ts';

export interface HostIndex {
  readonly host: Host;
  readonly namespaces: ReadonlyMap<NetnsName, NetnsIndex>;
}

const indexes = new WeakMap<Host, HostIndex>();

/** The index of the host, made at the first asking. Namespaces that an edit left alone keep theirs. */
export function indexHost(host: Host): HostIndex {
  const made = indexes.get(host);
  if (made !== undefined) return made;
  const index = { host, namespaces: new Map(host.namespaces.map((netns) => [netns.name, indexNetns(netns)])) };
  indexes.set(host, index);
  return index;
}

/** The device, when it was found. */
export function deviceAt(index: HostIndex, { netns, device }: DeviceRef): Device | undefined {
  return index.namespaces.get(netns)?.devices.get(device);
}
