/**
 * One fault, one finding: what is only another sight of a deeper one is told with it, and not beside it.
 *
 * A rule is data: whose echoes, which codes they have, and how the two must hang together. The rules stand in the order
 * of depth, and what is an echo explains nothing itself.
 *
 * @module
 */

import type { Finding, Severity } from './finding.ts';
import { type FindingCode, SEGMENT_LOSS_CODES, UNANSWERED_CODES } from './finding-code.ts';
import { MANY_HALF_OPEN } from './tcp/finding-texts.ts';

interface EchoRule {
  readonly of: FindingCode;
  readonly echoes: readonly FindingCode[];
  readonly isOne: (cause: Finding, echo: Finding) => boolean;
}

const BETWEEN = ['lost-between', 'delayed-between', 'duplicated-between', 'reordered-between'] as const;

const ECHO_RULES: readonly EchoRule[] = [
  {
    of: 'l2-loop',
    echoes: [...BETWEEN, ...UNANSWERED_CODES, 'arp-unanswered', 'nd-unanswered', 'mac-flapping'],
    isOne: ofOneCapture,
  },
  {
    of: 'duplicate-address',
    echoes: ['connection-refused', 'connection-reset', 'half-open', ...UNANSWERED_CODES],
    isOne: ({ subject }, { about }) => about !== undefined && [about.source, about.destination].includes(subject ?? ''),
  },
  // As one capture shows it, and as two together do.
  { of: 'duplicate-address', echoes: ['duplicate-address'], isOne: (cause, echo) => cause.subject === echo.subject },
  {
    of: 'routing-loop',
    echoes: [...UNANSWERED_CODES, ...SEGMENT_LOSS_CODES, 'lost-between', 'ttl-exceeded', 'nat-missing'],
    isOne: ofSameHosts,
  },
  { of: 'arp-unanswered', echoes: [...UNANSWERED_CODES, 'icmp-unreachable', 'lost-between'], isOne: towardsSilent },
  { of: 'nd-unanswered', echoes: [...UNANSWERED_CODES, 'icmp-unreachable', 'lost-between'], isOne: towardsSilent },
  { of: 'half-open', echoes: ['icmp-unreachable', 'syn-unanswered'], isOne: ofFlood },
  { of: 'ttl-exceeded', echoes: [...UNANSWERED_CODES, 'lost-between'], isOne: ofSameHosts },
  {
    of: 'icmp-unreachable',
    echoes: [...UNANSWERED_CODES, 'retransmission', 'lost-between'],
    isOne: ofSameTraffic,
  },
  { of: 'mtu-blackhole', echoes: [...SEGMENT_LOSS_CODES, 'keep-alive', 'lost-between'], isOne: ofSameHosts },
  { of: 'mtu-blackhole', echoes: ['echo-unanswered'], isOne: ofSize },
  { of: 'connection-reset', echoes: ['lost-between'], isOne: rejected },
  ...([...UNANSWERED_CODES, 'connection-refused'] as const).map(
    (of): EchoRule => ({ of, echoes: ['lost-between'], isOne: sawNothing }),
  ),
];

/**
 * @param findings The gravest first of those that are equally deep.
 * @returns Those that are not echoes, each with its own, in the same order.
 */
export function withEchoes(findings: readonly Finding[]): readonly Finding[] {
  const told = new Map<Finding, Finding[]>();
  const echoes = new Set<Finding>();
  for (const { of, echoes: codes, isOne } of ECHO_RULES) {
    for (const cause of findings) {
      if (cause.code !== of || cause.severity === 'note' || echoes.has(cause)) continue;
      for (const echo of findings) {
        if (echo === cause || echoes.has(echo) || told.has(echo)) continue;
        if (!codes.includes(echo.code) || !isOne(cause, echo)) continue;
        echoes.add(echo);
        told.set(cause, [...(told.get(cause) ?? []), echo]);
      }
    }
  }
  return findings.flatMap((finding) => (echoes.has(finding) ? [] : [withMore(finding, told.get(finding) ?? [])]));
}

/** What is told with a finding makes it as grave as itself. */
export function withMore(finding: Finding, echoes: readonly Finding[]): Finding {
  if (echoes.length === 0) return finding;
  const all = [...(finding.echoes ?? []), ...echoes.flatMap((echo) => [echo, ...(echo.echoes ?? [])])];
  const isError = all.some(({ severity }) => severity === 'error');
  const severity: Severity = isError ? 'error' : finding.severity;
  return { ...finding, severity, echoes: all.map(({ echoes: _, ...echo }) => echo) };
}

/** In a storm nothing else of its segment can be believed. */
function ofOneCapture(cause: Finding, echo: Finding): boolean {
  const captures = capturesOf(cause);
  return capturesOf(echo).every((capture) => captures.includes(capture));
}

function capturesOf({ frames, alsoIn = [] }: Finding): readonly number[] {
  return [...frames, ...alsoIn].map(({ capture }) => capture);
}

function ofSameHosts({ about: one }: Finding, { about: other }: Finding): boolean {
  if (one === undefined || other === undefined) return false;
  return (
    (one.source === other.source && one.destination === other.destination) ||
    (one.source === other.destination && one.destination === other.source)
  );
}

function ofSameTraffic(cause: Finding, echo: Finding): boolean {
  const [one, other] = [cause.about, echo.about];
  if (one === undefined || other === undefined || !ofSameHosts(cause, echo)) return false;
  return one.kind === other.kind && (one.port === undefined || one.port === other.port);
}

/** Pings of which the larger ones have no reply. */
function ofSize(cause: Finding, echo: Finding): boolean {
  return echo.about?.ipBytes !== undefined && ofSameHosts(cause, echo);
}

/** What was answered by a reset on the way, not by its host (see points/resetter.ts), went no further: one packet a reset. */
function rejected(cause: Finding, echo: Finding): boolean {
  const isThere = cause.seenAt !== undefined && cause.seenAt.place === echo.seenAt?.place;
  return isThere && echo.count <= cause.count && ofSameTraffic(cause, echo);
}

/** Answers to SYNs with forged sources come back as ICMP errors, and SYNs are dropped, where so many are half-open. */
function ofFlood({ about: flood, count }: Finding, { about, code }: Finding): boolean {
  if (flood === undefined || about === undefined || about.kind !== 'tcp' || count < MANY_HALF_OPEN) return false;
  if (code === 'icmp-unreachable') return about.source === flood.destination;
  return about.destination === flood.destination && about.port === flood.port;
}

/** Of what was meant for an address that nobody answers for, or for who asks for it in vain and so cannot answer. */
function towardsSilent({ about: silent }: Finding, { about }: Finding): boolean {
  if (silent === undefined || about === undefined) return false;
  if (about.destination === silent.destination) return true;
  return about.source === silent.destination && about.destination === silent.source;
}

/** That nothing arrived at another capture, which alone proves nothing (see nothing-arrived.ts). */
function sawNothing(cause: Finding, echo: Finding): boolean {
  return echo.seenAt === undefined && echo.severity !== 'note' && ofSameHosts(cause, echo);
}
