/**
 * The flows that findings are about: in the capture that shows the finding, the one that its packet belongs to.
 *
 * @module
 */

import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import type { Analysis } from '../analysis.ts';
import type { Finding } from '../finding.ts';
import type { Traffic, TrafficKind } from '../traffic.ts';
import type { Flow } from './flow.ts';

const PROTOCOLS: Readonly<Record<TrafficKind, readonly number[]>> = {
  tcp: [IP_PROTOCOL.tcp],
  udp: [IP_PROTOCOL.udp],
  icmp: [IP_PROTOCOL.icmp, IP_PROTOCOL.icmpv6],
  neighbour: [],
};

/** @param most Findings beyond so many are not looked at: each capture's flows are gone through once for all of them. */
export function namedFlows({ captures, findings }: Analysis, most: number): ReadonlyMap<Finding, Flow> {
  const named = new Map<Finding, Flow>();
  for (const [capture, { flows }] of captures.entries()) {
    const wanted = new Map<string, Finding[]>();
    for (const finding of findings.slice(0, most)) {
      if (finding.about === undefined || finding.frames[0].capture !== capture) continue;
      for (const key of keysOf(finding.about)) wanted.set(key, [...(wanted.get(key) ?? []), finding]);
    }
    if (wanted.size === 0) continue;
    for (const flow of flows) {
      for (const finding of wanted.get(keyOf(flow)) ?? []) {
        if (!named.has(finding) && isOf(flow, finding)) named.set(finding, flow);
      }
    }
  }
  return named;
}

/** Whoever of the two is taken for the client. */
function keysOf({ kind, source, destination, port }: Traffic): readonly string[] {
  return PROTOCOLS[kind].flatMap((protocol) => [
    `${protocol} ${source} ${destination} ${port ?? ''}`,
    `${protocol} ${destination} ${source} ${port ?? ''}`,
  ]);
}

function keyOf({ protocol, client, server }: Flow): string {
  const hasPorts = protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp;
  return `${protocol} ${client.address} ${server.address} ${hasPorts ? (server.port ?? '') : ''}`;
}

function isOf({ firstFrame, lastNs }: Flow, { frames: [first] }: Finding): boolean {
  return firstFrame <= first.number && first.timestampNs <= lastNs;
}
