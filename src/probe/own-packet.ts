/**
 * Tell a probe's own packets by their marks (identity.ts).
 *
 * A reader learns from what it is shown (the TCP sequence number, the addresses that a UDP answer goes back to), so it is
 * shown every packet once, in the order of time.
 *
 * @module
 */

import type { NetnsName } from '../host/link.ts';
import type { Leg } from '../journey/journey.ts';
import type { IpPacket } from '../wire/packet.ts';
import { type Identity, NONCE_BYTES, PATTERN_BYTES } from './identity.ts';
import type { Seen } from './seen.ts';

/** Which of the probe's packets it is: the leg, and the attempt counted from 1. */
export interface OwnPacket {
  readonly leg: Leg;
  readonly sequence: number;
}

/** `undefined`: not ours. */
export type OwnPacketReader = (ip: IpPacket, seen: Seen) => OwnPacket | undefined;

/** A reader for one probe. @param source The namespace that it starts in. */
export function ownPacketReader(identity: Identity, source: NetnsName): OwnPacketReader {
  switch (identity.kind) {
    case 'icmp':
      return echoReader(identity, source);
    case 'tcp':
      return tcpReader(identity, source);
    case 'udp':
      return udpReader(identity);
  }
}

/**
 * Where the pattern stands whole: ping writes the time into the first 16 bytes, and fills the payload only as far as the
 * pattern fits without its last 8 bytes. Of a smaller payload the first id that leaves for us is taken for ours.
 * Source: iputils ping_common.c, fill(); seen for every length from 16 to 60 bytes.
 */
export const MARK_AT = 16;

function echoReader(identity: Extract<Identity, { kind: 'icmp' }>, source: NetnsName): OwnPacketReader {
  const { pattern, payloadBytes } = identity;
  const isMarked = payloadBytes >= MARK_AT + PATTERN_BYTES;
  let ownId: number | undefined;
  return ({ transport, payload }, seen) => {
    if (transport?.layer !== 'icmp' && transport?.layer !== 'icmpv6') return undefined;
    const { header } = transport;
    if (header.kind !== 'echo-request' && header.kind !== 'echo-reply') return undefined;
    const leg = header.kind === 'echo-request' ? 'request' : 'reply';
    const isFirst = leg === 'request' && startsIn(source, seen) && payload.length === payloadBytes;
    if (!isMarked && isFirst) ownId ??= header.id;
    const isOwn = isMarked ? startsWith(payload.subarray(MARK_AT), pattern) : header.id === ownId;
    return isOwn ? { leg, sequence: header.sequence } : undefined;
  };
}

function tcpReader({ attempts }: Extract<Identity, { kind: 'tcp' }>, source: NetnsName): OwnPacketReader {
  const attemptBySequence = new Map<number, number>();
  return ({ transport }, seen) => {
    if (transport?.layer !== 'tcp') return undefined;
    const { flags, sequence, acknowledgment, sourcePort } = transport.header;
    if (flags.has('ack')) {
      const attempt = attemptBySequence.get((acknowledgment - 1) >>> 0);
      const isAnswer = attempt !== undefined && (flags.has('syn') || flags.has('rst'));
      return isAnswer ? { leg: 'reply', sequence: attempt } : undefined;
    }
    if (!flags.has('syn')) return undefined;
    const started = startsIn(source, seen) ? attempts.get(sourcePort) : undefined;
    const attempt = attemptBySequence.get(sequence) ?? started;
    if (attempt !== undefined) attemptBySequence.set(sequence, attempt);
    return attempt === undefined ? undefined : { leg: 'request', sequence: attempt };
  };
}

function udpReader({ nonce }: Extract<Identity, { kind: 'udp' }>): OwnPacketReader {
  /** Where answers go: the sender's address and port, as they were at any place. */
  const attemptBySender = new Map<string, number>();
  return ({ source, destination, transport, payload }) => {
    if (transport?.layer !== 'udp') return undefined;
    const { sourcePort, destPort } = transport.header;
    const answered = attemptBySender.get(`${destination} ${destPort}`);
    // An echo service sends our own mark back.
    if (answered !== undefined) return { leg: 'reply', sequence: answered };
    const attempt = payload[NONCE_BYTES];
    if (attempt === undefined || !startsWith(payload, nonce)) return undefined;
    attemptBySender.set(`${source} ${sourcePort}`, attempt);
    return { leg: 'request', sequence: attempt };
  };
}

/** It leaves the sender's namespace, or arrives there by lo, which is the first time that a capture sees it. */
function startsIn(source: NetnsName, { netns, direction, isLoopback }: Seen): boolean {
  return netns === source && (direction === 'out' || isLoopback);
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && start.every((byte, index) => bytes[index] === byte);
}
