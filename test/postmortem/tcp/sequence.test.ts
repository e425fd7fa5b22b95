/**
 * The marks of TCP segments are held to those of tshark: on written conversations, on random ones and on real captures.
 *
 * @module
 */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isInstalled } from '../../../src/system/installed.ts';
import { captureOf, drawer, HANDSHAKE, randomConversation, type Segment } from './conversation.ts';
import { differences, ourMarks, readCapture, tsharkMarks } from './marks.ts';

const PCAPS = new URL('../../../../shared/pcaps/', import.meta.url).pathname;

/** Rich in what goes wrong, and quick to read. */
const REAL_CAPTURES = [
  'zeek/http__1000-requests-one-dropped-response.pcap.gz',
  'zeek/http__iso-download.pcap.gz',
  'zeek/wikipedia.pcap',
  'zeek/ftp__ipv6.pcap',
  'zeek/tls__ssl-to-http-server.pcap',
  'zeek/mysql__tls-12-amazon-rds.pcap',
  'zeek/http__ctu-62604-80.pcap',
  'zeek/tcp__rst-inject-rae.pcap',
  'tcpdump/pptp.pcap',
  'ptcpdump/testdata__format__tcp.pcapng',
] as const;

/** Where the two differ on purpose. */
const EXPLAINED: readonly (readonly [file: string, differences: readonly string[], why: string])[] = [
  [
    'zeek/ldap__gap-data-missing.pcapng',
    ['#9: nsdiag nothing, tshark ackLostSegment', '#11: nsdiag nothing, tshark ackLostSegment'],
    'Each direction has a VLAN of its own; nsdiag keeps VLANs apart, because a router shows each packet on two',
  ],
];

const folder = mkdtempSync(join(tmpdir(), 'nsdiag-marks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const written: readonly (readonly [name: string, segments: readonly Segment[], marks: readonly string[]])[] = [
  ['nothing of a healthy beginning', [], []],
  ['a segment that comes again late as sent again', [data(1), { ...data(1), after: 300e6 }], ['5 retransmission']],
  ['what fills a hole soon as out of order', [data(101), data(1)], ['4 lostSegment', '5 outOfOrder']],
  [
    'what fills a hole after duplicate acknowledgements as sent again because of them',
    [data(1), data(201), ack(101), ack(101), ack(101), { ...data(101), after: 5e6 }],
    ['5 lostSegment', '7 duplicateAck', '8 duplicateAck', '9 fastRetransmission'],
  ],
  [
    'what was acknowledged and comes again as sent again for nothing',
    [data(1), ack(101), { ...data(1), after: 300e6 }],
    ['6 spuriousRetransmission'],
  ],
  [
    'a window that closes, its probe and the answer',
    [
      data(1),
      { ...ack(101), window: 0 },
      { ...data(101), bytes: 1, after: 200e6 },
      { ...ack(101), window: 0 },
      ack(101),
    ],
    ['5 zeroWindow', '6 zeroWindowProbe', '7 zeroWindow+zeroWindowProbeAck', '8 windowUpdate'],
  ],
  [
    'a keep-alive and its answer',
    [data(1), ack(101), { ...data(100), bytes: 0, after: 9e9 }, ack(101)],
    ['6 keepAlive', '7 keepAliveAck'],
  ],
  ['an acknowledgement of what was never seen', [data(1), ack(501)], ['5 ackLostSegment']],
  [
    'a segment that fills the window',
    [{ ...ack(1), window: 100 }, data(1), data(101, 700)],
    ['4 windowUpdate', '6 windowFull'],
  ],
];

function data(seq: number, bytes = 100): Segment {
  return { from: '>', flags: 'A', seq, ack: 1, bytes };
}

function ack(of: number): Segment {
  return { from: '<', flags: 'A', seq: 1, ack: of };
}

test.each(written)('markSegment() marks %s', (_, segments, marks) => {
  const found = ourMarks(captureOf([...HANDSHAKE, ...segments]));
  expect([...found].map(([number, names]) => `${number} ${names}`)).toEqual(marks);
});

test('markSegment() agrees with tshark on every segment of 300 random conversations', ({ skip }) => {
  skip(!isInstalled('tshark'), 'tshark, the judge of marks, is not installed');
  const segments: Segment[] = [];
  for (let seed = 1; seed <= 300; seed++) {
    const conversation = randomConversation(drawer(seed));
    segments.push(...conversation.map((segment) => ({ ...segment, clientPort: 20_000 + seed })));
  }
  const path = join(folder, 'random.pcap');
  const bytes = captureOf(segments);
  writeFileSync(path, bytes);
  const theirs = tsharkMarks(path);

  expect(theirs.size).toBeGreaterThan(1000);
  expect(differences(ourMarks(bytes), theirs)).toEqual([]);
});

test.for(REAL_CAPTURES)('markSegment() agrees with tshark on %s', (file, { skip }) => {
  skip(!isInstalled('tshark'), 'tshark, the judge of marks, is not installed');
  skip(!existsSync(join(PCAPS, file)), 'the captures of other projects are not in ../shared/pcaps');
  const path = join(PCAPS, file);
  expect(differences(ourMarks(readCapture(path)), tsharkMarks(path))).toEqual([]);
});

test.for(EXPLAINED)('markSegment() differs from tshark on %s as it is explained', ([file, expected], { skip }) => {
  skip(!isInstalled('tshark'), 'tshark, the judge of marks, is not installed');
  skip(!existsSync(join(PCAPS, file)), 'the captures of other projects are not in ../shared/pcaps');
  const path = join(PCAPS, file);
  expect(differences(ourMarks(readCapture(path)), tsharkMarks(path))).toEqual(expected);
});
