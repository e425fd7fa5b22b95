/**
 * What a picture draws as one: namespaces that are alike, and the ports that lead to them, once there are too many to be
 * looked at one by one.
 *
 * @module
 */

import type { DeviceRef, Link } from '../../host/link.ts';
import type { Marks } from '../../topology/comparison.ts';
import { deviceKey } from '../../topology/segments.ts';
import { odditiesAt, type Place, type Topology } from '../../topology/topology.ts';
import { ownAddresses } from '../../topology/use.ts';
import { alikePlaces } from '../alike-places.ts';

/** Up to so many namespaces each is drawn. */
const MOST_PLACES = 40;

/** A device, where it is. */
export interface Member {
  readonly ref: DeviceRef;
  readonly link: Link;
}

/** One box: a namespace, or several that are alike. */
export interface Crowd {
  /** At least one. */
  readonly places: readonly Place[];
  /** One chip each: a device, or several that are alike. */
  readonly devices: readonly (readonly Member[])[];
}

/** @param fold Whether anything is drawn as one, should there be much. */
export function crowdsOf(topology: Topology, marks: Marks, fold: boolean): readonly Crowd[] {
  const { places } = topology;
  if (!fold || places.length <= MOST_PLACES) return places.map((place) => alone(place));
  const groups = alikePlaces(topology, marks);
  const groupOf = new Map(groups.flatMap((group, index) => group.map(({ netns }) => [netns.name as string, index])));
  /** The group that a plain port leads to, with the device there: ports that share this are alike. */
  const aimOf = ({ ref, link }: Member): string | undefined => {
    const { detail, port } = link;
    if (port === undefined || detail.kind !== 'veth' || detail.peer.kind !== 'found') return undefined;
    const group = groupOf.get(detail.peer.netns) ?? -1;
    const isPlain =
      ownAddresses(link).length === 0 &&
      odditiesAt(topology, ref).length === 0 &&
      marks.ofDevice(ref) === undefined &&
      (groups[group]?.length ?? 1) > 1;
    return isPlain
      ? JSON.stringify([link.master, port.state, link.mtu, link.carrier, group, detail.peer.device])
      : undefined;
  };
  return groups.map((group) => (group.length > 1 ? together(group) : withFewerPorts(group, aimOf)));
}

function alone(place: Place): Crowd {
  return { places: [place], devices: membersOf(place).map((member) => [member]) };
}

/** All of one shape have the same devices, in the same order. */
function together(places: readonly Place[]): Crowd {
  const [first = [], ...others] = places.map(membersOf);
  return { places, devices: first.map((member, at) => [member, ...others.flatMap((members) => members[at] ?? [])]) };
}

function withFewerPorts(places: readonly Place[], aimOf: (member: Member) => string | undefined): Crowd {
  const chips = new Map<string, Member[]>();
  for (const member of places.flatMap(membersOf)) {
    const key = aimOf(member) ?? deviceKey(member.ref);
    chips.set(key, [...(chips.get(key) ?? []), member]);
  }
  return { places, devices: [...chips.values()] };
}

function membersOf({ netns, devices }: Place): readonly Member[] {
  return devices.map((link) => ({ ref: { netns: netns.name, device: link.name }, link }));
}
