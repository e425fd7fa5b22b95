/**
 * Moving a device into a namespace, with what it needs to be of use there: it arrives down and without addresses,
 * whatever it had before.
 *
 * @module
 */

import { applyEdit } from '../../host/apply.ts';
import type { Edit, Repair } from '../../host/edit.ts';
import type { Host } from '../../host/host.ts';
import type { DeviceRef, NetnsName } from '../../host/link.ts';
import type { Family } from '../../net/address.ts';
import { freeAddressFor, guessText, type NewAddress } from './free-address.ts';

/**
 * Move, bring up, and give an address.
 *
 * @param wanted The address that others ask for there; without one, whatever is free in the network on the wire.
 */
export function moveIn(
  host: Host,
  end: DeviceRef,
  target: NetnsName,
  family: Family,
  wanted: NewAddress | undefined,
): Repair {
  const ref = { netns: target, device: end.device };
  const arrive: readonly Edit[] = [
    { kind: 'link-netns', ...end, target },
    { kind: 'link-up', ...ref },
  ];
  const address = wanted ?? freeAddressFor(arrive.reduce(applyEdit, host), ref, family);
  const settle: readonly Edit[] =
    address === undefined
      ? []
      : [{ kind: 'address-add', ...ref, address: address.address, prefixLength: address.prefixLength }];
  return {
    intent: `Move ${end.device} from ${end.netns} into ${target}, where it arrives down and without an address`,
    edits: [...arrive, ...settle],
    sideEffects: address && guessText(address),
  };
}

/** Move, attach to the bridge, and bring up. */
export function moveOnto(end: DeviceRef, bridge: DeviceRef): Repair {
  const ref = { netns: bridge.netns, device: end.device };
  return {
    intent: `Move ${end.device} from ${end.netns} into ${bridge.netns}, onto ${bridge.device}`,
    edits: [
      { kind: 'link-netns', ...end, target: bridge.netns },
      { kind: 'link-master', ...ref, master: bridge.device },
      { kind: 'link-up', ...ref },
    ],
    sideEffects: undefined,
  };
}
