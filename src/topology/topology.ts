/**
 * A host as a graph: its namespaces with the devices worth showing, what joins them, and what is odd about them.
 *
 * What is left out of the picture is counted: a loopback that is as it always is, and devices that modules put into
 * every namespace. Nothing is judged here; an oddity is a remark.
 *
 * @module
 */

import type { Host, Netns } from '../host/host.ts';
import type { DeviceRef, Link, NetnsName } from '../host/link.ts';
import {
  addressesOnPorts,
  failedAddresses,
  repeatedAddresses,
  repeatedMacs,
  repeatedNets,
  unequalPrefixes,
} from './odd-addresses.ts';
import { emptyNamespaces, oddLinks, oddMtus } from './odd-links.ts';
import { deafGateways, lostGateways } from './odd-routes.ts';
import { oddTunnels } from './odd-tunnels.ts';
import type { Oddity, Surveyed } from './oddity.ts';
import { segmentsOf } from './segments.ts';
import { isModuleDevice, ownAddresses } from './use.ts';
import { endsOf, type Wire, wiresOf } from './wires.ts';

/** A namespace as it is shown. */
export interface Place {
  readonly netns: Netns;
  /** In the order of `ip link`. */
  readonly devices: readonly Link[];
  /** Why its devices are not known. */
  readonly unread: string | undefined;
}

export interface Topology {
  readonly places: readonly Place[];
  readonly wires: readonly Wire[];
  readonly oddities: readonly Oddity[];
  /** How much there is, shown or not. */
  readonly looked: { readonly namespaces: number; readonly devices: number; readonly kernel: string };
  /** What could not be looked at. */
  readonly notes: readonly string[];
}

/** In the order in which a person would look: the device, its addresses, where its routes lead. */
const SEARCHES: readonly ((surveyed: Surveyed) => readonly Oddity[])[] = [
  emptyNamespaces,
  oddLinks,
  oddMtus,
  addressesOnPorts,
  repeatedAddresses,
  repeatedNets,
  repeatedMacs,
  failedAddresses,
  unequalPrefixes,
  oddTunnels,
  lostGateways,
  deafGateways,
];

/** All of a host. */
export function topologyOf(host: Host): Topology {
  const surveyed = { host, wires: wiresOf(host), segments: segmentsOf(host) };
  const oddities = SEARCHES.flatMap((search) => search(surveyed));
  return {
    places: inOrder(host.namespaces).map((netns) => placeOf(netns, oddities)),
    wires: surveyed.wires,
    oddities,
    looked: {
      namespaces: host.namespaces.length,
      devices: host.namespaces.reduce((sum, { links }) => sum + (links.known ? links.value.length : 0), 0),
      kernel: host.kernel,
    },
    notes: host.notes,
  };
}

/** The one that nsdiag runs in, then by name, `ns2` before `ns10`. */
function inOrder(namespaces: readonly Netns[]): readonly Netns[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  const isHere = ({ entry }: Netns) => Number(entry.kind === 'here');
  return namespaces.toSorted((a, b) => isHere(b) - isHere(a) || compare(a.name, b.name));
}

/** The same, of which these namespaces are shown. */
export function withPlaces(topology: Topology, namespaces: readonly Netns[]): Topology {
  return { ...topology, places: inOrder(namespaces).map((netns) => placeOf(netns, topology.oddities)) };
}

/** These namespaces alone, with the wires that begin or end in them and what is odd there. */
export function narrowed(topology: Topology, names: ReadonlySet<NetnsName>): Topology {
  return {
    ...topology,
    places: topology.places.filter(({ netns }) => names.has(netns.name)),
    wires: topology.wires.filter((wire) => endsOf(wire).some(({ netns }) => names.has(netns))),
    oddities: topology.oddities.filter(({ netns }) => names.has(netns)),
  };
}

/**
 * These namespaces and what joins them: a port that leads to another one is left out with its wire, so that a machine with
 * a hundred containers is small when two of them are looked at.
 */
export function among(topology: Topology, names: ReadonlySet<NetnsName>): Topology {
  const isWithin = (wire: Wire) => endsOf(wire).every(({ netns }) => names.has(netns));
  const isElsewhere = ({ port, addresses, detail }: Link) =>
    port !== undefined &&
    addresses.every(({ scope }) => scope === 'link') &&
    detail.kind === 'veth' &&
    detail.peer.kind === 'found' &&
    !names.has(detail.peer.netns);
  const { places, wires, oddities } = narrowed(topology, names);
  const kept = places.map((place) => ({ ...place, devices: place.devices.filter((link) => !isElsewhere(link)) }));
  const isKept = ({ netns, device }: DeviceRef) =>
    kept.some((place) => place.netns.name === netns && place.devices.some(({ name }) => name === device));
  return {
    ...topology,
    places: kept,
    wires: wires.filter((wire) => isWithin(wire) && endsOf(wire).every(isKept)),
    oddities,
  };
}

/** What is odd at the device. */
export function odditiesAt({ oddities }: Topology, { netns, device }: DeviceRef): readonly Oddity[] {
  return oddities.filter((oddity) => oddity.netns === netns && oddity.device === device);
}

function placeOf(netns: Netns, oddities: readonly Oddity[]): Place {
  if (!netns.links.known) return { netns, devices: [], unread: netns.links.why };
  const isOdd = ({ name }: Link) => oddities.some((each) => each.netns === netns.name && each.device === name);
  const devices = netns.links.value.filter((link) => isOdd(link) || !isBeneathNotice(link));
  return { netns, devices, unread: undefined };
}

function isBeneathNotice(link: Link): boolean {
  return isModuleDevice(link) || (link.detail.kind === 'loopback' && ownAddresses(link).length === 0);
}
