import { expect, test } from 'vitest';
import { analysisText } from '../../../src/report/text/analysis.ts';
import { styleOf } from '../../../src/report/text/style.ts';
import { analysis, capture, finding, unreadCapture } from '../example-analyses.ts';

const STYLE = styleOf(false, 80);
const CUT = { message: 'the file ends within a packet', record: 11, offset: 1200 };
const text = (different: Parameters<typeof analysis>[0]) => analysisText(analysis(different), STYLE);
const outcome = (different: Parameters<typeof analysis>[0]) => text(different).split('\n\n')[0];

test.each([
  ['ticks what is in order', {}, '✓ Nothing wrong in 10 packets'],
  [
    'says which packets the tick is about',
    { captures: [capture({ notRead: new Map([['IP protocol 2', 4]]) })] },
    '✓ Nothing wrong in 6 of 10 packets\n  The others are of protocols that nsdiag does not look into.',
  ],
  [
    'ticks notes, and names them',
    { findings: [finding({ severity: 'note' })] },
    '✓ Nothing wrong in 10 packets\n  1 note: see below.',
  ],
  [
    'begins with what went wrong on the network, not with what the capture lacks',
    { findings: [finding({ code: 'capture-incomplete', severity: 'warning', what: 'cut' }), finding({})] },
    '✗ 10.0.0.1 asked 10.0.0.2 port 80 for a connection: no answer at all\n  And 1 warning: see below.',
  ],
  [
    'does not tick a file that breaks off',
    { captures: [capture({ problem: CUT })] },
    '? Nothing wrong in the 10 packets that could be read, but that was not all\n  a.pcap could be read in part only.',
  ],
  [
    'does not tick when one of the files is no capture',
    { captures: [capture({}), unreadCapture()] },
    '? Nothing wrong in the 10 packets that could be read, but that was not all\n  notes.txt could not be read.',
  ],
  ['says why a file cannot be read', { captures: [unreadCapture()] }, '? Cannot read notes.txt: it is text'],
  [
    'does not tick an empty capture',
    { captures: [capture({ packets: 0 })] },
    '? No packet was captured, so there is nothing to judge',
  ],
  [
    'does not tick what it does not look into',
    { captures: [capture({ notRead: new Map([['link type 10', 10]]) })] },
    '? Nothing to judge: nsdiag does not look into what the 10 packets carry',
  ],
])('analysisText() %s', (_, different, expected) => {
  expect(outcome(different)).toBe(expected);
});

test('analysisText() gives a finding its frames, what it may be and what to do next', () => {
  expect(text({ findings: [finding({})] }).split('\n\n')[1]).toBe(
    [
      'Error: syn-unanswered: 10.0.0.1 asked 10.0.0.2 port 80 for a connection: no',
      '       answer at all',
      '  why     A host that is there and reached answers, if only by a reset',
      '  frames  #7 (20:26:40.000000), and 2 more',
      '  likely  firewall-drop, no-route',
      '  confirm ip route get 10.0.0.2',
      '  unseen  Whether the SYN arrived',
    ].join('\n'),
  );
});

test('analysisText() names the frames of several captures as --packet takes them', () => {
  const captures = [capture({}), capture({ path: 'b.pcap' })];
  expect(text({ captures, findings: [finding({})] })).toContain('frames  a.pcap:7 (');
});

test('analysisText() counts 500 files, and lists those alone that could not be read', () => {
  const captures = Array.from({ length: 500 }, (_, at) =>
    at === 77 ? unreadCapture() : capture({ path: `${at}.pcap` }),
  );
  const report = text({ captures });
  expect(report).toContain('Read    500 files: 4990 packets, 0 flows, 615.8 kB\n        notes.txt: it is text\n');
  expect(report.split('\n').length).toBeLessThan(8);
});

test('analysisText() counts the findings that nobody would read to the end', () => {
  const findings = Array.from({ length: 100 }, (_, at) => finding({ what: `connection ${at} failed` }));
  const report = text({ findings });
  expect(report).toContain('connection 31 failed');
  expect(report).not.toContain('connection 32 failed');
  expect(report).toContain('And 68 findings more, with --json.');
});

test('analysisText() lets nothing through that a terminal would obey, and keeps to 80 columns', () => {
  const hostile = `\x1b[31m\u202e${'x'.repeat(100)}\nRead`;
  const captures = [capture({ path: hostile }), unreadCapture(hostile, hostile)];
  const report = text({ captures, findings: [finding({ what: hostile, confirm: hostile, cannotTell: hostile })] });
  expect(report).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  expect(report).not.toMatch(/^Read$/m);
  for (const line of report.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('analysisText() ends with what was not looked into', () => {
  expect(text({ notes: ['Not matched: 31 places of capture'] })).toMatch(
    /\n\nNote {4}Not matched: 31 places of capture\n$/,
  );
});
