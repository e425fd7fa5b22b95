/**
 * What a live capture tells, for tests: a packet and a summary, of which a test says what differs.
 *
 * @module
 */

import type { LiveJourney } from '../../src/postmortem/live/journey.ts';
import type { LiveSummary } from '../../src/report/live-json.ts';

/** A packet that went into a tunnel, and on to nobody. */
export function journey(over: Partial<LiveJourney>): LiveJourney {
  const hop = { isForOther: false, isBeside: false, ttl: 64, changes: [] } as const;
  return {
    timestampNs: BigInt(Date.UTC(2026, 10, 22, 10, 2, 11, 104)) * 1_000_000n,
    text: 'ICMP echo request 10.0.1.1 > 10.0.2.1',
    lengthBytes: 98,
    hops: [
      { ...hop, netns: 'ns1', device: 'veth0', direction: 'out', from: undefined, afterNs: 0 },
      { ...hop, netns: 'host', device: 'br0.1', direction: 'in', from: 0, afterNs: 12_000, changes: ['in VXLAN 42'] },
    ],
    moreHops: 0,
    fate: { kind: 'arrived' },
    ...over,
  };
}

export function summary(over: Partial<LiveSummary>): LiveSummary {
  return {
    verdict: 'arrived',
    summary: '1 packet: 1 arrived',
    packets: 1,
    sightings: 2,
    fates: { arrived: 1, left: 0, group: 0, lost: 0, unknown: 0 },
    hops: [],
    lost: [],
    unanswered: [],
    namespaces: [{ name: 'ns1', captured: 2, dropped: 0 }],
    file: undefined,
    notes: [],
    ...over,
  };
}
