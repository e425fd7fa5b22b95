import { expect, test } from 'vitest';
import { connectionsOf } from '../../src/recording/connections.ts';
import { MOST_CONNECTIONS } from '../../src/recording/reads.ts';
import { namespaceWith, valueIn } from './recorded.ts';

/** As Linux 6.18 prints them, and conntrack 1.4.7 the same. */
const UDP =
  'ipv4     2 udp      17 29 src=10.0.1.2 dst=10.0.1.1 sport=5000 dport=53 [UNREPLIED] src=10.0.2.2 dst=10.0.1.2 sport=53 dport=5000 mark=0 zone=0 use=2';
const TCP =
  'ipv4     2 tcp      6 431999 ESTABLISHED src=10.0.1.2 dst=10.0.2.2 sport=40000 dport=80 src=10.0.2.2 dst=10.0.2.1 sport=80 dport=40000 [ASSURED] mark=7 use=1';
const ECHO6 =
  'ipv6     10 icmpv6   58 29 src=fd01:0000:0000:0000:0000:0000:0000:0002 dst=fd02:0000:0000:0000:0000:0000:0000:0002 type=128 code=0 id=9 src=fd02:0000:0000:0000:0000:0000:0000:0002 dst=fd01:0000:0000:0000:0000:0000:0000:0002 type=129 code=0 id=9 mark=0 zone=0 use=2';

function read(...lines: readonly string[]) {
  return valueIn(connectionsOf(namespaceWith({ connections: `${lines.join('\n')}\n` })));
}

test('connectionsOf() reads both directions, the mark, and whether there was an answer', () => {
  const { entries, isWhole } = read(UDP, TCP, ECHO6);
  expect(isWhole).toBe(true);
  expect(entries).toMatchObject([
    {
      protocol: 'udp',
      original: { source: '10.0.1.2', destination: '10.0.1.1', sourcePort: 5000, destPort: 53 },
      reply: { source: '10.0.2.2', destination: '10.0.1.2', sourcePort: 53, destPort: 5000 },
      isAnswered: false,
      mark: 0,
      secondsLeft: 29,
    },
    {
      protocol: 'tcp',
      reply: { destination: '10.0.2.1', destPort: 40000 },
      isAnswered: true,
      mark: 7,
      secondsLeft: 431999,
    },
    {
      protocol: 'icmp',
      original: { source: 'fd01::2', destination: 'fd02::2', sourcePort: 9, destPort: 9 },
      reply: { source: 'fd02::2', destination: 'fd01::2', sourcePort: 9, destPort: 9 },
    },
  ]);
});

test('connectionsOf() leaves out other zones, and protocols that the walk does not know', () => {
  const gre =
    'ipv4     2 gre      47 29 src=10.0.1.2 dst=10.0.2.2 srckey=0x0 dstkey=0x0 src=10.0.2.2 dst=10.0.1.2 srckey=0x0 dstkey=0x0 mark=0 use=1';
  expect(read(UDP.replace('zone=0', 'zone=3'), gre, '').entries).toEqual([]);
});

test('connectionsOf() says when there are more than are read', () => {
  expect(read(...Array.from({ length: MOST_CONNECTIONS }, () => UDP)).isWhole).toBe(false);
});

test('connectionsOf() is unknown, not empty, where nothing could be read', () => {
  expect(connectionsOf(namespaceWith({}))).toMatchObject({ known: false });
  expect(connectionsOf(namespaceWith({ connections: { exitCode: null, command: ['conntrack', '-L'] } }))).toEqual({
    known: false,
    why: 'conntrack is not installed',
  });
});
