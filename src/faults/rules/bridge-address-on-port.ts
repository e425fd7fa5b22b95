/**
 * An address sits on a bridge port. What arrives at a port is the bridge's, so answers to what the address asks never
 * reach it: the address belongs on the bridge.
 *
 * @module
 */

import type { Edit } from '../../host/edit.ts';
import { findLink } from '../../host/host.ts';
import type { DeviceRef, InterfaceAddress } from '../../host/link.ts';
import { type Family, familyOf } from '../../net/address.ts';
import { defineRule } from '../define.ts';
import { addressEvidence, linkEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { crossingOf } from '../search/crossing.ts';
import { routableAddresses } from '../search/owner.ts';

export const bridgeAddressOnPort = defineRule({
  code: 'bridge-address-on-port',
  title: 'The address is on a bridge port, not on the bridge',
  source: 'net/bridge/br_input.c: br_handle_frame(), a port hands every frame to its bridge',
  explains: ['neighbor-unresolved', 'arp-filtered', 'address-not-found', 'gateway-unreachable', 'no-carrier'],

  find(context) {
    const place = portWithAddress(context);
    const link = place && findLink(context.host, place.port.netns, place.port.device);
    const master = link?.master;
    if (place === undefined || link === undefined || master === undefined) return [];
    const { port, family } = place;
    const addresses = routableAddresses(link, family);
    const texts = addresses.map(({ address, prefixLength }) => `${address}/${prefixLength}`).join(', ');
    return [
      {
        ...port,
        what: `${texts} is on ${port.device} in ${port.netns}, which is a port of ${master}`,
        why: 'Frames that arrive at a bridge port are handed to the bridge, so the port itself hears no answer: addresses belong on the bridge',
        evidence: [...linkEvidence(context.host, port), ...addressEvidence(context.host, port, family)],
        repairs: [
          {
            intent: `Move ${texts} from ${port.device} to ${master}`,
            edits: addresses.flatMap((address) => moveAddress(address, port, { netns: port.netns, device: master })),
            sideEffects: `Routes through ${port.device} that somebody added go with its last address`,
          },
        ],
      },
    ];
  },
});

function moveAddress({ address, prefixLength }: InterfaceAddress, from: DeviceRef, to: DeviceRef): readonly Edit[] {
  return [
    { kind: 'address-delete', ...from, address, prefixLength },
    { kind: 'address-add', ...to, address, prefixLength },
  ];
}

/** The port that the packet left by, or the one that owns the next hop. */
function portWithAddress(context: FaultContext): { port: DeviceRef; family: Family } | undefined {
  const crossing = crossingOf(context);
  if (crossing === undefined) return undefined;
  const family = familyOf(crossing.nexthop);
  const port = [crossing.from, ...crossing.owners.map(({ ref }) => ref)].find(({ netns, device }) => {
    const link = findLink(context.host, netns, device);
    return link?.port !== undefined && routableAddresses(link, family).length > 0;
  });
  return port && { port, family };
}
