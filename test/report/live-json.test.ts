import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { answerTo } from '../../src/inquest/inquest.ts';
import {
  captureErrorDocument,
  journeyDocument,
  moreDocument,
  noticeDocument,
  summaryDocument,
} from '../../src/report/live-json.ts';
import { journeyText } from '../../src/report/text/live.ts';
import { liveSummaryText } from '../../src/report/text/live-summary.ts';
import { styleOf } from '../../src/report/text/style.ts';
import { chain } from '../faults/worlds.ts';
import { journey, summary } from './example-captures.ts';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../src/report/schemas/capture-1.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allErrors: true, strictTypes: false }).compile(SCHEMA);

function errorsOf(document: unknown): readonly string[] {
  // Through text, as a reader gets it: an undefined would vanish, a bigint would throw.
  validate(JSON.parse(JSON.stringify(document)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test.each([
  ['arrived', journey({ fate: { kind: 'arrived' } })],
  ['left', journey({ fate: { kind: 'left', towards: 'what is behind host:eth0' } })],
  ['group', journey({ fate: { kind: 'group' } })],
  ['lost', journey({ fate: { kind: 'lost', where: undefined, isInPart: true, afterMs: 200 } })],
  ['unknown', journey({ fate: { kind: 'unknown', why: 'the kernel dropped 3 packets' } })],
])('journeyDocument() of a packet that is %s keeps the schema', (kind, value) => {
  expect(errorsOf(journeyDocument(value))).toEqual([]);
  expect(journeyDocument(value).fate.kind).toBe(kind);
});

test('every other line of the stream keeps the schema', () => {
  const about = { kind: 'icmp', source: '10.0.1.1', destination: '10.0.2.1', port: undefined } as const;
  const answer = answerTo(chain({ ns1: { routes: [] } }), about, new Set());
  const group = { text: 'ICMP', lastSeen: 'ns1:veth0', where: undefined, packets: 3, answer };
  const documents = [
    moreDocument(12, 3),
    noticeDocument('ns1 has gone', 0n),
    captureErrorDocument('Cannot capture nowhere', undefined),
    summaryDocument(summary({})),
    summaryDocument(summary({ file: { path: 'a', packets: 1, late: 0, split: ['a-ns1.pcap'] } })),
    summaryDocument(
      summary({ verdict: 'lost', lost: [group], unanswered: [{ ...group, said: 'A says: no', answer: undefined }] }),
    ),
  ];
  expect(documents.map(errorsOf)).toEqual(documents.map(() => []));
  expect(summaryDocument(summary({ lost: [group] })).lost[0]?.model?.causes[0]?.code).toBe('no-route');
});

const HOSTILE = '\u001b[31m<img onerror=x>\n$(x)\u202e';

test('journeyText() and liveSummaryText() hand nothing on that a terminal would obey', () => {
  const style = styleOf(false, 80);
  const hops = journey({}).hops.map((hop) => ({ ...hop, device: HOSTILE, netns: HOSTILE, changes: [HOSTILE] }));
  const text = [
    journeyText(journey({ hops, text: HOSTILE }), style, true),
    journeyText(journey({ hops, fate: { kind: 'left', towards: HOSTILE } }), style, false),
    liveSummaryText(
      summary({
        hops: [{ from: HOSTILE, to: HOSTILE, passed: 1, lost: 1, rewritten: 1, delay: undefined }],
        lost: [{ text: HOSTILE, lastSeen: HOSTILE, where: HOSTILE, packets: 1, said: HOSTILE, answer: undefined }],
        namespaces: [{ name: HOSTILE, captured: 1, dropped: 1 }],
        file: { path: HOSTILE, packets: 1, late: 1, split: [HOSTILE] },
        notes: [HOSTILE],
      }),
      style,
    ),
  ].join('');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  expect(text).toContain('\\x1b');
});

test('journeyText() follows a packet from place to place, and keeps within the line where a person reads it', () => {
  const lost = journey({ fate: { kind: 'lost', where: 'ns2:veth1', isInPart: false, afterMs: 200 } });
  expect(journeyText(lost, styleOf(false, 80), true)).toBe(
    '10:02:11.104  ICMP echo request 10.0.1.1 > 10.0.2.1  ns1:veth0 > host:br0.1 +12 µs (in VXLAN 42) ✗ not seen at ns2:veth1 after 200 ms',
  );
  const lines = journeyText(lost, styleOf(false, 60), false).split('\n');
  expect(lines.length).toBeGreaterThan(1);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
  expect(lines.slice(1).every((line) => line.startsWith('    '))).toBe(true);
  expect(lines[0]).toMatch(/^10:02:11\.104 {2}ICMP echo request/);
  // A number stays with its unit, wherever the line ends.
  for (let columns = 30; columns < 130; columns++)
    expect(journeyText(lost, styleOf(false, columns), false)).toContain('+12 µs');
});

test('journeyText() begins another branch of a packet to all with a comma, and counts its time from where it branched', () => {
  const [first, port] = journey({}).hops;
  if (first === undefined || port === undefined) throw new Error('no hops');
  const hop = (device: string, from: number | undefined, afterNs: number) => ({
    ...port,
    device,
    from,
    afterNs,
    changes: [],
  });
  const hops = [
    first,
    hop('br0.1', 0, 1_000),
    hop('br0.2', 1, 3_000),
    hop('br0.3', 1, 5_000),
    hop('far', undefined, 9_000),
  ];
  expect(journeyText(journey({ text: 'ARP', hops, fate: { kind: 'group' } }), styleOf(false, 80), true)).toBe(
    '10:02:11.104  ARP  ns1:veth0 > host:br0.1 +1.0 µs > host:br0.2 +2.0 µs, host:br0.3 +4.0 µs, host:far · to all',
  );
});

test('liveSummaryText() tells of each hop how many packets were seen and lost, and what was dropped', () => {
  const text = liveSummaryText(
    summary({
      verdict: 'lost',
      summary: '5 packets: 3 arrived, 2 lost',
      hops: [
        {
          from: 'ns1:veth0',
          to: 'ns2:veth1',
          passed: 3,
          lost: 2,
          rewritten: 0,
          delay: { leastNs: 1e3, medianNs: 2e3, mostNs: 5e6 },
        },
      ],
      namespaces: [
        { name: 'ns1', captured: 5, dropped: 1234 },
        { name: 'ns2', captured: undefined, dropped: undefined },
      ],
    }),
    styleOf(false, 80),
  );
  expect(text).toContain('✗ 5 packets: 3 arrived, 2 lost');
  expect(text).toMatch(/ns1:veth0 → ns2:veth1 +5 +2 +2\.0 µs \(5\.0 ms\)/);
  const looked = text.replace(/\s+/g, ' ');
  expect(looked).toContain('dropped by the kernel: 1,234 in ns1; tcpdump did not say how many it dropped in ns2');
});

test('liveSummaryText() says who refused what was lost, and not that the model finds nothing wrong', () => {
  const about = { kind: 'icmp', source: '10.0.1.1', destination: '10.0.2.1', port: undefined } as const;
  const open = answerTo(chain(), about, new Set());
  expect(open.kind).toBe('open');
  const group = { text: 'ICMP', lastSeen: 'ns1:veth0', where: undefined, packets: 3, answer: open };
  const said = '10.0.1.2 says: Frag needed and DF set (mtu = 1400)';
  const text = (over: object) =>
    liveSummaryText(summary({ verdict: 'lost', lost: [{ ...group, ...over }] }), styleOf(false, 80));
  expect(text({ said })).toContain(`\n  wire    ${said}\n`);
  expect(text({ said })).not.toContain('the model delivers it');
  expect(text({})).toContain('the model delivers it');
});
