/**
 * A recording to a host: each fact from the command that said it, and across namespaces who is whose peer.
 *
 * Total: whatever the recording holds, each part becomes a value or the reason why it is unknown. Nothing that could
 * not be read becomes an empty list.
 *
 * @module
 */

import { type Fact, mapFact } from '../host/fact.ts';
import type { Host, Netns } from '../host/host.ts';
import type { DeviceName, NetnsName } from '../host/link.ts';
import { bridgeVlansOf } from './bridge-vlans.ts';
import { connectionsOf } from './connections.ts';
import { fdbOf } from './fdb.ts';
import { type LinkRow, linkRowsOf } from './link-row.ts';
import { linksOf } from './links.ts';
import { neighborsOf } from './neighbors.ts';
import { notesOf } from './notes.ts';
import { pathMtusOf } from './path-mtus.ts';
import { type Around, withAround } from './peers.ts';
import type { RecordedNamespace, Recording } from './recording.ts';
import { routesOf } from './routes.ts';
import { rulesOf } from './rules.ts';
import { rulesetOf } from './ruleset.ts';
import { socketsOf } from './sockets.ts';
import { sysctlsOf } from './sysctls.ts';
import { trafficControlOf } from './traffic-control.ts';

/** The host as it was when the recording was taken. */
export function hostOf(recording: Recording): Host {
  const read = recording.namespaces.map((namespace) => ({ namespace, rows: linkRowsOf(namespace) }));
  return {
    namespaces: withAround(read).map(({ namespace, rows, around }) => netnsOf(namespace, rows, around)),
    tools: {
      nft: recording.tools['nft'] ?? false,
      iptables: recording.tools['iptables'] ?? false,
      missing: Object.keys(recording.tools).filter((program) => recording.tools[program] === false),
    },
    kernel: recording.kernel,
    notes: [...recording.notes, ...recording.namespaces.flatMap(notesOf)],
  };
}

function netnsOf(namespace: RecordedNamespace, rows: Fact<readonly LinkRow[]>, around: Around): Netns {
  const devices = mapFact(rows, (known) => known.map(({ ifname }) => ifname as DeviceName));
  return {
    name: namespace.name as NetnsName,
    entry: namespace.entry,
    inode: namespace.inode,
    aliases: namespace.aliases,
    links: linksOf(rows, around, trafficControlOf(namespace)),
    routes: routesOf(namespace),
    rules: rulesOf(namespace),
    neighbors: neighborsOf(namespace, devices),
    fdb: fdbOf(namespace),
    bridgeVlans: bridgeVlansOf(namespace),
    sysctls: sysctlsOf(namespace),
    ruleset: rulesetOf(namespace),
    sockets: socketsOf(namespace),
    pathMtus: pathMtusOf(namespace),
    connections: connectionsOf(namespace),
  };
}
