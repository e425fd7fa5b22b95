/**
 * A diagnosis as the document of `nsdiag why --json`, schema `nsdiag.why/1` (schemas/why-1.schema.json).
 *
 * Keys are only ever added within a version. `null` is what does not apply or is not known; nothing is left out.
 *
 * @module
 */

import type { Cause, Diagnosis, FixCommand, Hop, Verdict } from '../diagnosis/diagnosis.ts';
import { unseenText } from '../diagnosis/looked.ts';
import type { Finding } from '../faults/finding.ts';
import type { Leg } from '../journey/journey.ts';
import type { LastSeen } from '../journey/observation.ts';

/** What was asked, as far as it could be understood. */
export interface QuestionDocument {
  readonly netns: string | null;
  readonly destination: string | null;
  readonly proto: 'icmp' | 'tcp' | 'udp' | null;
  readonly port: number | null;
  /** What the destination was called, when not by its address: a namespace, or a name that was looked up. */
  readonly name: string | null;
  /** The source address that was asked for. */
  readonly from: string | null;
  /** The source port (of icmp, the echo id) that was asked for. */
  readonly sourcePort: number | null;
}

export interface FixDocument {
  readonly argv: readonly string[];
  readonly intent: string;
  readonly sideEffects: string | null;
  readonly undo: readonly string[] | null;
}

interface CauseDocument {
  readonly code: string;
  readonly title: string;
  readonly netns: string;
  readonly device: string | null;
  readonly leg: Leg;
  readonly what: string;
  readonly why: string;
  readonly evidence: readonly {
    readonly witness: string;
    readonly command: readonly string[] | null;
    readonly text: string;
  }[];
  readonly fix: readonly FixDocument[];
  readonly alternatives: readonly { readonly intent: string; readonly fix: readonly FixDocument[] }[];
}

interface HopDocument {
  readonly netns: string;
  readonly device: string | null;
  readonly stage: Hop['stage'];
  readonly text: string;
  readonly seen: boolean | null;
  /** Since the probe was first seen anywhere. */
  readonly afterUs: number | null;
}

interface WireDocument {
  readonly sent: number;
  readonly received: number;
  readonly lastSeen: { readonly netns: string; readonly device: string; readonly leg: Leg } | null;
}

/** What `--fix` did. */
export interface FixedDocument {
  /** Commands that were run, in order; the last one may have failed. */
  readonly ran: readonly {
    readonly argv: readonly string[];
    readonly exitCode: number | null;
    readonly stderr: string;
  }[];
  /** The answer to the same question asked again. */
  readonly verdict: Verdict;
  readonly summary: string;
}

/** The whole document. */
export interface WhyDocument {
  readonly schema: 'nsdiag.why/1';
  readonly question: QuestionDocument;
  readonly verdict: Verdict;
  readonly summary: string;
  readonly causes: readonly CauseDocument[];
  readonly proof: { readonly walked: true; readonly deliveredAfter: number } | null;
  readonly paths: { readonly request: readonly HopDocument[]; readonly reply: readonly HopDocument[] };
  readonly wire: WireDocument | null;
  /** What works near to what does not; null when all works, or nothing could be compared. */
  readonly contrast: string | null;
  /** What was not checked, whatever the verdict. */
  readonly unseen: string | null;
  readonly notes: readonly string[];
  /** Present exactly when `--fix` ran commands. */
  readonly fixed?: FixedDocument;
}

/** The document that says what the diagnosis says. */
export function whyDocument(diagnosis: Diagnosis): WhyDocument {
  const { wire, proof } = diagnosis;
  return {
    schema: 'nsdiag.why/1',
    question: questionDocument(diagnosis),
    verdict: diagnosis.verdict,
    summary: diagnosis.summary,
    causes: diagnosis.causes.map(causeDocument),
    proof: proof === undefined ? null : { walked: true, deliveredAfter: proof.deliveredAfter },
    paths: {
      request: diagnosis.hops.request.map(hopDocument),
      reply: diagnosis.hops.reply.map(hopDocument),
    },
    wire:
      wire === undefined
        ? null
        : {
            sent: wire.observation.sent,
            received: wire.observation.received,
            lastSeen: wire.lastSeen === undefined ? null : lastSeenDocument(wire.lastSeen),
          },
    contrast: diagnosis.contrast ?? null,
    unseen: unseenText(diagnosis.looked),
    notes: diagnosis.notes,
  };
}

/** A name without an address is all that is known of the destination. */
function questionDocument({ question, unresolved }: Diagnosis): QuestionDocument {
  const { netns, proto, port, from, sourcePort } = unresolved?.wanted ?? question;
  const name = unresolved?.name ?? question.name ?? null;
  const destination = unresolved?.name ?? question.destination;
  return { netns, destination, proto, port: port ?? null, name, from: from ?? null, sourcePort: sourcePort ?? null };
}

/** The document for a question that could not be looked into at all. */
export function whyErrorDocument(question: QuestionDocument, message: string, hint: string | undefined): WhyDocument {
  return {
    schema: 'nsdiag.why/1',
    question,
    verdict: 'undecided',
    summary: message,
    causes: [],
    proof: null,
    paths: { request: [], reply: [] },
    wire: null,
    contrast: null,
    unseen: null,
    notes: hint === undefined ? [] : [hint],
  };
}

export function causeDocument({ finding, fix, alternatives }: Cause): CauseDocument {
  return {
    ...placeDocument(finding),
    what: finding.what,
    why: finding.why,
    evidence: finding.evidence.map(({ witness, command, text }) => ({ witness, command: command ?? null, text })),
    fix: fix.map(fixDocument),
    alternatives: alternatives.map((other) => ({ intent: other.intent, fix: other.fix.map(fixDocument) })),
  };
}

function placeDocument({ code, title, netns, device, leg }: Finding) {
  return { code, title, netns, device: device ?? null, leg };
}

/** One command of a fix. */
export function fixDocument({ argv, intent, sideEffects, undo }: FixCommand): FixDocument {
  return { argv, intent, sideEffects: sideEffects ?? null, undo: undo ?? null };
}

function hopDocument({ netns, device, stage, text, seen, afterNs }: Hop): HopDocument {
  const afterUs = afterNs === undefined ? null : Number(afterNs) / 1000;
  return { netns, device: device ?? null, stage, text, seen: seen ?? null, afterUs };
}

function lastSeenDocument({ netns, device, leg }: LastSeen) {
  return { netns, device, leg };
}
