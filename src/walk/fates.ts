/**
 * The ways in which a journey ends, in one call each.
 *
 * @module
 */

import type { DeviceRef, NetnsName } from '../host/link.ts';
import type { DropReason, Fate } from '../journey/fate.ts';
import type { NetnsIndex } from './netns-index.ts';

/** It dies at a device. */
export function droppedAt({ netns, device }: DeviceRef, reason: DropReason): Fate {
  return { kind: 'dropped', netns, device, reason };
}

/** It dies in the namespace, before any device is known. */
export function droppedIn({ name }: NetnsIndex, reason: DropReason): Fate {
  return { kind: 'dropped', netns: name, device: undefined, reason };
}

/** We cannot know. @param because Each a sentence that a person can act on. */
export function undecided(netns: NetnsName, ...because: readonly string[]): Extract<Fate, { kind: 'undecided' }> {
  return { kind: 'undecided', netns, because };
}

/** Whether the journey is over: what else a stage may answer has other kinds. */
export function isFate(value: { readonly kind: string }): value is Fate {
  switch (value.kind) {
    case 'delivered':
    case 'dropped':
    case 'left-host':
    case 'undecided':
      return true;
    default:
      return false;
  }
}
