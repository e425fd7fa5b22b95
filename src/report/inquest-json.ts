/**
 * What the model of a snapshot says of findings, as `nsdiag analyze --json` has it: `about` and `model` of a finding,
 * and `snapshot`.
 *
 * @module
 */

import type { Answer, Inquest } from '../inquest/inquest.ts';
import type { Traffic } from '../postmortem/traffic.ts';
import { causeDocument } from './json.ts';

export function trafficDocument(traffic: Traffic | undefined) {
  if (traffic === undefined) return null;
  const { kind, source, destination, port, ipBytes } = traffic;
  return { kind, source, destination, port: port ?? null, ipBytes: ipBytes ?? null };
}

export function answerDocument(answer: Answer | undefined) {
  if (answer === undefined) return null;
  if (answer.kind === 'not-asked') {
    return { verdict: null, summary: answer.why, question: null, causes: [], proof: null, notes: [] };
  }
  const { question, verdict, summary, causes, proof, notes } = answer.diagnosis;
  const isExplained = answer.kind === 'explained';
  const { netns, destination, proto, port, from, payloadBytes, dontFragment = false } = question;
  return {
    verdict,
    summary: isExplained ? summary : answer.why,
    question: { netns, destination, proto, port: port ?? null, from: from ?? null, payloadBytes, dontFragment },
    // What does not look like the finding is not its cause.
    causes: isExplained ? causes.map(causeDocument) : [],
    proof: isExplained && proof !== undefined ? { walked: true, deliveredAfter: proof.deliveredAfter } : null,
    notes,
  };
}

export function snapshotDocument({ snapshot, host, notes }: Inquest) {
  return {
    path: snapshot.path,
    takenAt: snapshot.takenAt,
    kernel: host.kernel,
    namespaces: host.namespaces.length,
    notes,
  };
}
