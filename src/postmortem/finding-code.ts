/** What TCP segments look like that were lost on the way, or came in another order. */
export const SEGMENT_LOSS_CODES = [
  'retransmission',
  'fast-retransmission',
  'spurious-retransmission',
  'lost-segment',
  'out-of-order',
  'duplicate-ack',
] as const;

/** A question that nobody was seen to answer. */
export const UNANSWERED_CODES = ['echo-unanswered', 'syn-unanswered', 'dns-unanswered', 'one-way'] as const;

/**
 * The findings of saved captures, in the order in which a report says them where nothing else decides. A code is a
 * promise: once released it keeps its meaning.
 *
 * @module
 */

export const FINDING_CODES = [
  'capture-incomplete',
  'arp-unanswered',
  'nd-unanswered',
  'duplicate-address',
  'mac-flapping',
  'l2-loop',
  'routing-loop',
  'ttl-exceeded',
  'icmp-unreachable',
  'echo-unanswered',
  'syn-unanswered',
  'connection-refused',
  'connection-reset',
  'half-open',
  'one-way',
  'mtu-blackhole',
  'nat-missing',
  'fragment-missing',
  'bad-checksum',
  'dns-unanswered',
  'dns-error',
  'lost-between',
  'rewritten-between',
  'delayed-between',
  'duplicated-between',
  'reordered-between',
  ...SEGMENT_LOSS_CODES,
  'zero-window',
  'window-full',
  'keep-alive',
] as const;

export type FindingCode = (typeof FINDING_CODES)[number];
