import { expect, test } from 'vitest';
import type { NetnsName } from '../../../src/host/link.ts';
import type { Packet } from '../../../src/journey/packet.ts';
import {
  clashes,
  ctStateOf,
  rewrite,
  settle,
  track,
  trackedConnection,
} from '../../../src/walk/netfilter/connection.ts';
import { type Conntrack, NO_CONNECTIONS } from '../../../src/walk/netfilter/contract.ts';
import { addr, port } from '../../helpers/iproute-text.ts';
import { packet, to } from './hook.ts';

const R = 'r' as NetnsName;
const ASKED = packet();
const ANSWER = packet({
  source: ASKED.destination,
  destination: ASKED.source,
  transport: { protocol: 'icmp', message: 'echo-reply', id: 1 },
});
const SYN = packet({ transport: to('tcp', 80) });
const SYN_ACK = answering(SYN, 'syn-ack');

function answering(asked: Packet, flags: 'syn-ack' | 'rst'): Packet {
  return {
    ...asked,
    source: asked.destination,
    destination: asked.source,
    transport: { protocol: 'tcp', sourcePort: port(80), destPort: port(40000), flags },
  };
}

function tooBig(about: Packet): Packet {
  const transport = { protocol: 'icmp', message: 'too-big', id: 0, about } as const;
  return packet({ source: addr('10.0.9.1'), destination: about.source, transport });
}

function states(...packets: readonly Packet[]): readonly string[] {
  let conntrack = NO_CONNECTIONS;
  return packets.map((each) => {
    conntrack = track(conntrack, R, each);
    return ctStateOf(conntrack);
  });
}

test.each<[string, readonly Packet[], readonly string[]]>([
  ['a ping', [ASKED, ANSWER], ['new', 'established']],
  [
    'a ping that is repeated before it is answered',
    [ASKED, ASKED, ANSWER, ASKED],
    ['new', 'new', 'established', 'established'],
  ],
  [
    'another ping',
    [ASKED, packet({ transport: { protocol: 'icmp', message: 'echo-request', id: 2 } })],
    ['new', 'new'],
  ],
  ['an answer to nothing', [ANSWER], ['invalid']],
  ['a connection', [SYN, SYN_ACK], ['new', 'established']],
  ['a refusal', [SYN, answering(SYN, 'rst')], ['new', 'established']],
  ['a refusal of nothing', [answering(SYN, 'rst')], ['invalid']],
  ['SYN and ACK to nothing', [SYN_ACK], ['invalid']],
  ['an error about a question', [ASKED, tooBig(ASKED)], ['new', 'related']],
  ['an error about an answer', [ASKED, ANSWER, tooBig(ANSWER)], ['new', 'established', 'related']],
  ['an error about nothing', [tooBig(ASKED)], ['invalid']],
  ['UDP the wrong way round', [packet({ transport: to('udp', 53) })], ['new']],
])('track() sees the states of %s', (_, packets, expected) => {
  expect(states(...packets)).toEqual(expected);
});

test('track() keeps the connections of namespaces apart', () => {
  const both = track(track(NO_CONNECTIONS, R, ASKED), 's' as NetnsName, ANSWER);

  expect(ctStateOf(both)).toBe('invalid');
});

/** Masqueraded to 10.0.2.1, asked for as 10.0.9.9. */
function translated(): { readonly conntrack: Conntrack; readonly asked: Packet } {
  const asked = packet({ destination: addr('10.0.9.9') });
  const led = settle(track(NO_CONNECTIONS, R, asked), 'destination', { address: addr('10.0.2.2'), port: undefined });
  return { conntrack: settle(led, 'source', { address: addr('10.0.2.1'), port: 1 }), asked };
}

function rewritten(conntrack: Conntrack, sent: Packet): readonly string[] {
  const tracked = trackedConnection(conntrack);
  if (tracked === undefined) throw new Error('not tracked');
  const first = rewrite(sent, tracked, 'destination');
  const last = rewrite(first, tracked, 'source');
  return [first, last].map(({ source, destination }) => `${source} > ${destination}`);
}

test('rewrite() leads the question on, destination first', () => {
  const { conntrack, asked } = translated();

  expect(rewritten(conntrack, asked)).toEqual(['10.0.1.2 > 10.0.2.2', '10.0.2.1 > 10.0.2.2']);
});

test('rewrite() turns the answer back: what was snat first, what was dnat last', () => {
  const { conntrack } = translated();
  const answer = { ...ANSWER, source: addr('10.0.2.2'), destination: addr('10.0.2.1') };

  expect(rewritten(track(conntrack, R, answer), answer)).toEqual(['10.0.2.2 > 10.0.1.2', '10.0.9.9 > 10.0.1.2']);
});

test('rewrite() gives the port back that the question had', () => {
  const led = settle(track(NO_CONNECTIONS, R, SYN), 'destination', { address: SYN.destination, port: 8080 });
  const answer: Packet = {
    ...SYN_ACK,
    transport: { protocol: 'tcp', sourcePort: port(8080), destPort: port(40000), flags: 'syn-ack' },
  };
  const tracked = trackedConnection(track(led, R, answer));

  expect(tracked && rewrite(answer, tracked, 'source').transport).toMatchObject({ sourcePort: 80 });
});

test('clashes() sees two connections that wait for the same answer', () => {
  const one = settle(track(NO_CONNECTIONS, R, ASKED), 'source', { address: addr('10.0.2.1'), port: 1 });
  const again = track(one, R, packet({ source: addr('10.0.2.1') }));
  const other = track(one, R, packet({ source: addr('10.0.2.7') }));

  expect(clashes(again)).toBe(true);
  expect(clashes(other)).toBe(false);
});
