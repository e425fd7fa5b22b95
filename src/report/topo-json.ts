/**
 * A topology as the document of `nsdiag topo --json`, schema `nsdiag.topo/1` (schemas/topo-1.schema.json).
 *
 * Keys are only ever added within a version. `null` is what does not apply or is not known; nothing is left out, the
 * loopbacks that no picture shows included.
 *
 * @module
 */

import { deviceOfChange } from '../host/difference/change.ts';
import { changeText } from '../host/difference/words.ts';
import type { DeviceRef, Link } from '../host/link.ts';
import { confKey, readSysctl, sysctlKey } from '../host/sysctl.ts';
import type { OddityCode } from '../topology/oddity.ts';
import { odditiesAt, type Place, type Topology } from '../topology/topology.ts';
import type { Wire } from '../topology/wires.ts';
import { kindText } from './device-text.ts';
import type { Compared } from './text/topology-lists.ts';

interface DeviceDocument {
  readonly name: string;
  readonly ifindex: number;
  readonly kind: string;
  readonly up: boolean;
  readonly carrier: boolean;
  readonly mtu: number;
  readonly mac: string | null;
  readonly master: string | null;
  readonly addresses: readonly {
    readonly address: string;
    readonly prefixLength: number;
    readonly peer: string | null;
    readonly scope: string;
    readonly flags: readonly string[];
  }[];
  readonly odd: readonly OddityCode[];
}

interface NetnsDocument {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly inode: number;
  /** Why it could not be read. */
  readonly unread: string | null;
  /** Whether it forwards; `null` where that could not be read. */
  readonly forwards: { readonly inet: boolean | null; readonly inet6: boolean | null };
  readonly devices: readonly DeviceDocument[];
}

interface WireDocument {
  readonly kind: Wire['kind'];
  readonly from: DeviceRef;
  readonly to: DeviceRef | null;
  readonly vni: number | null;
  readonly remote: string | null;
  readonly back: string | null;
  /** Who has the remote address of a tunnel that nothing at its far end takes. */
  readonly holder: DeviceRef | null;
  /** Of a device in a namespace that was not found. */
  readonly ifindex: number | null;
}

interface ComparisonDocument {
  /** When the older snapshot was taken. */
  readonly since: string;
  readonly changes: readonly {
    readonly netns: string;
    readonly device: string | null;
    readonly subject: string;
    readonly action: string;
    readonly what: string;
    /** What the kernel made of it. */
    readonly followers: readonly string[];
  }[];
  readonly notCompared: readonly string[];
}

export interface TopoDocument {
  readonly schema: 'nsdiag.topo/1';
  /** When the snapshot was taken; `null`: this machine, now. */
  readonly takenAt: string | null;
  readonly namespaces: readonly NetnsDocument[];
  readonly wires: readonly WireDocument[];
  readonly oddities: readonly {
    readonly code: OddityCode;
    readonly netns: string;
    readonly device: string | null;
    readonly what: string;
  }[];
  /** What is not as it was; `null` where nothing was compared. */
  readonly comparison: ComparisonDocument | null;
  readonly looked: { readonly namespaces: number; readonly devices: number; readonly kernel: string | null };
  readonly notes: readonly string[];
}

/** The document. */
export function topoDocument(
  topology: Topology,
  takenAt: string | undefined,
  compared: Compared | undefined,
): TopoDocument {
  return {
    schema: 'nsdiag.topo/1',
    takenAt: takenAt ?? null,
    namespaces: topology.places.map((place) => netnsDocument(topology, place)),
    wires: topology.wires.map(wireDocument),
    oddities: topology.oddities.map(({ code, netns, device, text }) => ({
      code,
      netns,
      device: device ?? null,
      what: `${device === undefined ? netns : `${netns} ${device}`} ${text}`,
    })),
    comparison: compared === undefined ? null : comparisonDocument(compared),
    looked: topology.looked,
    notes: topology.notes,
  };
}

/** The document that says why there is none. */
export function topoErrorDocument(
  message: string,
  hint: string | undefined,
): TopoDocument & { readonly error: unknown } {
  return {
    schema: 'nsdiag.topo/1',
    takenAt: null,
    namespaces: [],
    wires: [],
    oddities: [],
    comparison: null,
    looked: { namespaces: 0, devices: 0, kernel: null },
    notes: [],
    error: { message, hint: hint ?? null },
  };
}

function comparisonDocument({ since, changes, notCompared }: Compared): ComparisonDocument {
  return {
    since,
    changes: changes.map(({ change, followers }) => ({
      netns: change.netns,
      device: deviceOfChange(change) ?? null,
      subject: change.subject,
      action: change.action,
      what: changeText(change),
      followers: followers.map((each) => changeText(each)),
    })),
    notCompared,
  };
}

function netnsDocument(topology: Topology, { netns, unread }: Place): NetnsDocument {
  const isOn = (key: Parameters<typeof readSysctl>[1]) => {
    const fact = readSysctl(netns.sysctls, key);
    return fact.known ? fact.value !== 0 : null;
  };
  return {
    name: netns.name,
    aliases: netns.aliases,
    inode: netns.inode,
    unread: unread ?? null,
    forwards: { inet: isOn(sysctlKey('net/ipv4/ip_forward')), inet6: isOn(confKey('ipv6', 'all', 'forwarding')) },
    devices: netns.links.known
      ? netns.links.value.map((link) => deviceDocument(topology, { netns: netns.name, device: link.name }, link))
      : [],
  };
}

function deviceDocument(topology: Topology, ref: DeviceRef, link: Link): DeviceDocument {
  const { name, ifindex, up, carrier, mtu, mac, master, addresses } = link;
  return {
    name,
    ifindex,
    kind: kindText(link),
    up,
    carrier,
    mtu,
    mac: mac ?? null,
    master: master ?? null,
    addresses: addresses.map(({ address, prefixLength, peer, scope, flags }) => {
      return { address, prefixLength, peer: peer ?? null, scope, flags };
    }),
    odd: odditiesAt(topology, ref).map(({ code }) => code),
  };
}

function wireDocument(wire: Wire): WireDocument {
  const isTunnel = wire.kind === 'tunnel' || wire.kind === 'open-tunnel';
  return {
    kind: wire.kind,
    from: wire.from,
    to: 'to' in wire ? wire.to : null,
    vni: isTunnel ? wire.vni : null,
    remote: isTunnel ? wire.remote : null,
    back: wire.kind === 'tunnel' ? (wire.back ?? null) : null,
    holder: wire.kind === 'open-tunnel' ? (wire.holder ?? null) : null,
    ifindex: wire.kind === 'unseen' ? wire.ifindex : null,
  };
}
