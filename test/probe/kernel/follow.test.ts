import { describe, expect, test } from 'vitest';
import type { Sighting } from '../../../src/journey/observation.ts';
import { follow } from '../../../src/probe/kernel/follow.ts';
import { readTrace, type TraceRecord } from '../../../src/probe/kernel/trace-text.ts';
import { deviceRef, netnsName } from '../../helpers/build-host.ts';
import { addr } from '../../helpers/iproute-text.ts';

const START_S = 1_795_326_806;

/** At so many µs: `queue v1 A`, `receive v2 A`, `free A NETFILTER_DROP`, `lookup 254 SRC DST -11`, `mark WORD`. */
function trace(...lines: readonly string[]): readonly TraceRecord[] {
  const text = lines.map((line) => {
    const [at = '', what, ...rest] = line.split(' ');
    const [context, ...words] =
      rest.at(-1) === '(process)' ? ['7 [000] .....', ...rest.slice(0, -1)] : ['7 [000] ..s1.', ...rest];
    return `ping-${context} ${START_S}.${at.padStart(6, '0')}: ${eventText(what, words)}`;
  });
  return readTrace(text.join('\n')).records;
}

function eventText(what: string | undefined, words: readonly string[]): string {
  const [first = '', second = '', third = '', fourth = ''] = words;
  switch (what) {
    case 'queue':
      return `net_dev_queue: dev=${first} skbaddr=${second} len=99`;
    case 'receive':
      return `netif_receive_skb: dev=${first} skbaddr=${second} len=85`;
    case 'free':
      return `kfree_skb: skbaddr=${first} rx_sk=0 protocol=2048 location=${third || 'f'}+0x1/0x2 reason: ${second}`;
    case 'icmp':
      return `icmp_send: icmp_send: type=3, code=1. From 10.0.1.1:0 to 10.0.2.2:0 ulen=0 skbaddr=${first}`;
    case 'lookup':
      return `fib_table_lookup: table ${first} oif 0 iif 1 proto 1 ${second}/0 -> ${third}/0 tos 0 scope 0 flags 0 ==> dev - gw 0.0.0.0/:: err ${fourth}`;
    default:
      return `tracing_mark_write: ${first}`;
  }
}

/** `37 seconds` off: TAI is ahead of the wall clock, where it is set. */
function seen(at: number, place: string, direction: 'in' | 'out', leg: 'request' | 'reply' = 'request'): Sighting {
  const [source, destination] = leg === 'request' ? ['10.0.1.1', '10.0.2.2'] : ['10.0.2.2', '10.0.1.1'];
  return {
    ...deviceRef(place),
    direction,
    isForOtherHost: false,
    leg,
    timestampNs: BigInt(START_S - 37) * 1_000_000_000n + BigInt(at) * 1000n + 400n,
    source: addr(source),
    destination: addr(destination),
    sequence: 1,
    what: 'packet',
    text: '',
  };
}

const SENT = [seen(101, 'ns1:v1', 'out'), seen(104, 'ns2:v2', 'in')];
const PASSED = ['100 queue v1 A', '105 receive v2 A'];

function told(records: readonly TraceRecord[], sightings: readonly Sighting[]): readonly unknown[] {
  return follow(records, { sightings, source: netnsName('ns1'), mark: 'own' });
}

describe('follow()', () => {
  test('places the drop where the packet was last seen, though TAI is 37 s ahead', () => {
    expect(told(trace(...PASSED, '109 free A NETFILTER_DROP'), SENT)).toEqual([
      { netns: 'ns2', device: 'v2', leg: 'request', kind: 'dropped', reason: 'NETFILTER_DROP', location: 'f' },
    ]);
  });

  test.each([
    [
      'a packet of another namespace, though its device has the same name',
      ['100 queue v1 A', '105 receive v2 B', '109 free B NO_SOCKET'],
    ],
    ['a packet that got the address of ours', [...PASSED, '107 queue v9 A', '109 free A NO_SOCKET']],
    ['what has the address a good while later', [...PASSED, '90000 free A NO_SOCKET']],
    ['the way in which every ICMPv6 message ends', [...PASSED, '109 free A NOT_SPECIFIED icmpv6_rcv']],
    ['what the sender frees in an interrupt', ['90 mark own (process)', '95 free B NO_SOCKET', ...PASSED]],
  ])('leaves out %s', (_, lines) => {
    const first = SENT.slice(0, lines.includes('105 receive v2 B') ? 1 : 2);
    expect(told(trace(...lines), first)).toEqual([]);
  });

  test('takes what the sending process frees itself before anything left, and nobody else’s', () => {
    const own = ['90 mark own (process)', '95 free B NETFILTER_DROP (process)'];
    const dropped = { netns: 'ns1', device: undefined, leg: 'request', kind: 'dropped', reason: 'NETFILTER_DROP' };
    expect(told(trace(...own), [])).toMatchObject([dropped]);
    expect(told(trace('90 mark another (process)', '95 free B NETFILTER_DROP (process)'), [])).toEqual([]);
    expect(told(trace(...own, ...PASSED), SENT)).toEqual([]);
  });

  test('tells of a table without a way back, where nothing else happens', () => {
    const lookup = '108 lookup 254 10.0.2.2 10.0.1.1 -11';
    expect(told(trace(...PASSED, lookup), SENT)).toMatchObject([
      { netns: 'ns2', device: 'v2', leg: 'reply', kind: 'lookup-failed', table: 254, error: -11 },
    ]);
  });

  test.each([
    ['the table of local addresses', ['108 lookup 255 10.0.2.2 10.0.1.1 -11']],
    ['other addresses', ['108 lookup 254 10.0.2.2 10.0.9.9 -11']],
    [
      'a table whose successor had a way, as the drop behind it shows',
      ['108 lookup 100 10.0.1.1 10.0.2.2 -11', '109 free A NETFILTER_DROP'],
    ],
  ])('does not take for the end a miss in %s', (_, lines) => {
    const events = told(trace(...PASSED, ...lines), SENT);
    expect(events).not.toContainEqual(expect.objectContaining({ kind: 'lookup-failed' }));
  });

  test('tells of a route that refuses beside the drop that it led to', () => {
    const lines = ['108 lookup 254 10.0.1.1 10.0.2.2 -113', '109 icmp A', '110 free A NOT_SPECIFIED'];
    expect(told(trace(...PASSED, ...lines), SENT)).toMatchObject([
      { kind: 'lookup-failed', error: -113 },
      { kind: 'icmp-sent', text: 'Destination Host Unreachable' },
      { kind: 'dropped', reason: 'NOT_SPECIFIED' },
    ]);
  });
});
