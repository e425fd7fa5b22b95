/**
 * Analyses as the reports get them, made by hand.
 *
 * @module
 */

import type { Analysis } from '../../src/postmortem/analysis.ts';
import type { AnalysedCapture } from '../../src/postmortem/capture-analysis.ts';
import type { Finding } from '../../src/postmortem/finding.ts';
import { FlowList } from '../../src/postmortem/flows/flow-list.ts';
import type { CaptureSummary } from '../../src/wire/capture-file/reader.ts';

const BEGIN_NS = 1_780_000_000_000_000_000n;

interface CaptureOptions {
  readonly path?: string;
  readonly packets?: number;
  readonly problem?: CaptureSummary['problem'];
  readonly notRead?: ReadonlyMap<string, number>;
}

export function capture({ path = 'a.pcap', packets = 10, problem, notRead = new Map() }: CaptureOptions) {
  return {
    path,
    summary: { format: 'pcap', packets, bytes: 1234, problem },
    interfaces: [],
    firstNs: packets === 0 ? undefined : BEGIN_NS,
    lastNs: packets === 0 ? undefined : BEGIN_NS + 2_500_000_000n,
    notRead,
    findings: [],
    flows: noFlows(),
    secondSights: 0,
    missed: [],
    snapshots: [],
  } satisfies AnalysedCapture;
}

export function unreadCapture(path = 'notes.txt', message = 'it is text'): AnalysedCapture {
  const summary = { format: undefined, packets: 0, bytes: 12, problem: { message, record: 1, offset: 0 } };
  return { ...capture({ path, packets: 0 }), summary };
}

export function finding(different: Partial<Finding>): Finding {
  return {
    code: 'syn-unanswered',
    severity: 'error',
    what: '10.0.0.1 asked 10.0.0.2 port 80 for a connection: no answer at all',
    why: 'A host that is there and reached answers, if only by a reset',
    frames: [{ capture: 0, number: 7, timestampNs: BEGIN_NS + 4n }],
    count: 3,
    likely: ['firewall-drop', 'no-route'],
    confirm: 'ip route get 10.0.0.2',
    cannotTell: 'Whether the SYN arrived',
    ...different,
  };
}

export function analysis({ captures = [capture({})], findings = [], notes = [] }: Partial<Analysis>): Analysis {
  return { captures, findings, points: undefined, notes };
}

function noFlows(): FlowList {
  const words = new Int32Array(0);
  return new FlowList({
    words,
    numbers: new Float64Array(words.buffer),
    count: 0,
    forgotten: 0,
    capture: 0,
    epoch: 0,
  });
}
