/**
 * The words of `nsdiag why`, checked as far as that goes without looking at a host.
 *
 * @module
 */

import { type Address, parseAddress } from '../../net/address.ts';
import { type Port, toPort } from '../../net/port.ts';
import { Failure } from '../../system/failure.ts';

/** Options as they were typed. */
export interface QuestionOptions {
  readonly proto?: string;
  readonly port?: string;
  readonly size?: string;
  readonly from?: string;
  readonly sourcePort?: string;
}

/** Who sends what; to whom is still a word. */
export interface WhyWords {
  readonly netns: string;
  readonly destination: string;
  readonly proto: 'icmp' | 'tcp' | 'udp';
  readonly port: Port | undefined;
  readonly from: Address | undefined;
  /** The sender's own port; of icmp, the id of its echoes. */
  readonly sourcePort: Port | undefined;
  readonly payloadBytes: number;
  /** A size was asked for, which is to pass in one piece. */
  readonly dontFragment: boolean;
}

/** What ping(8) sends when it is not told otherwise. */
const DEFAULT_PAYLOAD_BYTES = 56;
/** 65535 without an IPv4 header and an ICMP or UDP one. */
const MOST_PAYLOAD_BYTES = 65_507;

/** @throws Failure `usage` for words that make no question. */
export function parseWords(netns: string, destination: string, options: QuestionOptions): WhyWords {
  const port = options.port === undefined ? undefined : parsePort(options.port);
  const proto = parseProto(options.proto, port);
  if (proto === 'icmp' && port !== undefined) {
    throw new Failure('usage', 'Cannot ask for a port of icmp: it has none', 'Leave out --port, or add --proto tcp');
  }
  if (proto !== 'icmp' && port === undefined) {
    throw new Failure(
      'usage',
      `Cannot ask for ${proto}: no port was given`,
      `Add --port, as in --proto ${proto} --port 80`,
    );
  }
  if (proto === 'tcp' && options.size !== undefined) {
    throw new Failure(
      'usage',
      'Cannot ask for a size of tcp: what opens a connection carries no data',
      'Leave out --size: a note says where full segments would be lost. Or ask with a ping instead of --proto and --port: --size 1472 is as long as a segment of 1460 bytes (IPv4)',
    );
  }
  return {
    netns,
    destination,
    proto,
    port,
    from: options.from === undefined ? undefined : parseFrom(options.from),
    sourcePort: options.sourcePort === undefined ? undefined : parsePort(options.sourcePort),
    payloadBytes: proto === 'tcp' ? 0 : parseSize(options.size),
    dontFragment: options.size !== undefined,
  };
}

/** A port alone means TCP. */
function parseProto(text: string | undefined, port: Port | undefined): WhyWords['proto'] {
  if (text === undefined) return port === undefined ? 'icmp' : 'tcp';
  if (text === 'icmp' || text === 'tcp' || text === 'udp') return text;
  throw new Failure('usage', `Cannot ask for protocol "${text}": it is none of icmp, tcp, udp`);
}

function parsePort(text: string): Port {
  const port = /^\d{1,5}$/.test(text) ? toPort(Number(text)) : undefined;
  if (port === undefined || port === 0) {
    throw new Failure('usage', `Cannot ask for port "${text}": it is no number from 1 to 65535`);
  }
  return port;
}

function parseFrom(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Failure('usage', `Cannot send from "${text}": it is no address`);
  return address;
}

function parseSize(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PAYLOAD_BYTES;
  const size = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(size <= MOST_PAYLOAD_BYTES)) {
    throw new Failure(
      'usage',
      `Cannot send "${text}" bytes: it is no number from 0 to ${MOST_PAYLOAD_BYTES}`,
      '--size counts the bytes behind the ICMP or UDP header, as ping -s does',
    );
  }
  return size;
}
