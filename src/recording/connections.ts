/**
 * /proc/net/nf_conntrack, or the same by `conntrack -L -o extended`, to the connections that a namespace tracks.
 *
 *     ipv4     2 udp      17 29 src=10.0.1.2 dst=10.0.1.1 sport=5000 dport=53 [UNREPLIED] src=10.0.1.1 dst=10.0.1.2 sport=53 dport=5000 mark=0 zone=0 use=2
 *     ipv4     2 icmp     1 29 src=10.0.1.2 dst=10.0.2.2 type=8 code=0 id=7 src=10.0.2.2 dst=10.0.2.1 type=0 code=0 id=7 mark=0 zone=0 use=2
 *
 * Source: net/netfilter/nf_conntrack_standalone.c ct_seq_show(); seen with Linux 6.18 and conntrack 1.4.7.
 *
 * @module
 */

import { type Fact, mapFact } from '../host/fact.ts';
import type { ConnectionTable, ConnectionTuple, TrackedConnection } from '../host/tracked-connection.ts';
import { parseAddress } from '../net/address.ts';
import { outputOf } from './output.ts';
import { MOST_CONNECTIONS } from './reads.ts';
import type { RecordedNamespace } from './recording.ts';

/** The table, as far as it was read. */
export function connectionsOf(namespace: RecordedNamespace): Fact<ConnectionTable> {
  return mapFact(outputOf(namespace, 'connections'), ({ stdout }) => {
    const lines = stdout.split('\n').filter((line) => line.trim() !== '');
    return { entries: lines.flatMap((line) => connectionOf(line) ?? []), isWhole: lines.length < MOST_CONNECTIONS };
  });
}

const PROTOCOLS: Readonly<Record<string, TrackedConnection['protocol']>> = {
  icmp: 'icmp',
  icmpv6: 'icmp',
  tcp: 'tcp',
  udp: 'udp',
};

function connectionOf(line: string): TrackedConnection | undefined {
  const text = line.trim();
  const [, , protocolName = '', , seconds] = text.split(/\s+/, 5);
  const protocol = PROTOCOLS[protocolName];
  // A tuple begins with its source: the second one is the reply's.
  const [, first = '', second = ''] = text.split(/\bsrc=/);
  const original = tupleOf(first);
  const reply = tupleOf(second);
  if (protocol === undefined || original === undefined || reply === undefined) return undefined;
  // An entry of another zone is nothing to a packet of this one.
  if (/\bzone(?:-orig|-reply)?=(?!0\b)/.test(text)) return undefined;
  return {
    protocol,
    original,
    reply,
    isAnswered: !text.includes('[UNREPLIED]'),
    mark: Number(/\bmark=(\d+)/.exec(text)?.[1] ?? 0),
    secondsLeft: Number(seconds),
    text: text.replace(/\s+/g, ' '),
  };
}

/** Of what follows `src=`. */
function tupleOf(words: string): ConnectionTuple | undefined {
  const field = (name: string) => new RegExp(`\\b${name}=(\\S+)`).exec(words)?.[1];
  const source = parseAddress(words.split(' ', 1)[0] ?? '');
  const destination = parseAddress(field('dst') ?? '');
  const id = field('id');
  const sourcePort = Number(id ?? field('sport'));
  const destPort = Number(id ?? field('dport'));
  if (source === undefined || destination === undefined) return undefined;
  return Number.isInteger(sourcePort) && Number.isInteger(destPort)
    ? { source, destination, sourcePort, destPort }
    : undefined;
}
