import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { runCommandLine } from '../../src/cli/program.ts';
import { inquire } from '../../src/inquest/inquest.ts';
import { analyzeDocument, analyzeErrorDocument } from '../../src/report/analyze-json.ts';
import { memoryIo } from '../cli/memory-io.ts';
import { chain } from '../faults/worlds.ts';
import { CAPTURED_LABS, capturesOf } from '../helpers/captured-labs.ts';
import { analysis, capture, finding, unreadCapture } from './example-analyses.ts';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../src/report/schemas/analyze-1.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allErrors: true, strictTypes: false }).compile(SCHEMA);

function errorsOf(document: unknown): readonly string[] {
  // Through text, as a reader gets it: an undefined would vanish, a bigint would throw.
  validate(JSON.parse(JSON.stringify(document)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test.each([
  ['a capture in order', analysis({}), 'fine'],
  ['findings', analysis({ findings: [finding({}), finding({ severity: 'note' })] }), 'findings'],
  ['nothing but notes', analysis({ findings: [finding({ severity: 'note' })] }), 'fine'],
  ['a file that is no capture', analysis({ captures: [unreadCapture()] }), 'unread'],
  ['an empty capture', analysis({ captures: [capture({ packets: 0 })] }), 'nothing-to-judge'],
] as const)('analyzeDocument() of %s keeps the schema', (_, value, verdict) => {
  const document = analyzeDocument(value);
  expect(errorsOf(document)).toEqual([]);
  expect(document).toMatchObject({ verdict });
});

test('analyzeDocument() with a snapshot keeps the schema, and has the causes and fixes of why', () => {
  const about = { kind: 'icmp', source: '10.0.1.1', destination: '10.0.2.1', port: undefined } as const;
  const findings = [finding({ about }), finding({ about: { ...about, source: '192.0.2.1' } })];
  const host = chain({ ns1: { routes: [] } });
  const inquest = inquire(analysis({ findings }), host, { path: 's.json', takenAt: '2026-11-22T09:00:00.000Z' });
  const document = analyzeDocument(inquest.analysis, inquest);

  expect(errorsOf(document)).toEqual([]);
  const fix = [{ argv: ['ip', '-n', 'ns1', 'route', 'add', '10.0.2.0/24', 'via', '10.0.1.254', 'dev', 'e0'] }];
  expect(document).toMatchObject({
    snapshot: { path: 's.json', namespaces: 4 },
    findings: [
      { model: { verdict: 'unreachable', causes: [{ code: 'no-route', netns: 'ns1', fix }], proof: { walked: true } } },
      { model: { verdict: null, causes: [] } },
    ],
  });
});

test.each([
  ['verdict', { verdict: 'good' }],
  ['files', { files: [{ path: 'a.pcap' }] }],
  ['flows', { flows: { count: -1, truncated: false } }],
  ['findings', { findings: [{ code: 'syn-unanswered' }] }],
  ['losses', { losses: [{ after: 'a' }] }],
])('the schema of analyze refuses a wrong %s', (key, wrong) => {
  expect(errorsOf(Object.assign({}, analyzeDocument(analysis({})), wrong)).join()).toContain(`/${key}`);
});

test('analyzeErrorDocument() keeps the schema, and says what was wrong with the command line', () => {
  const document = analyzeErrorDocument('Cannot follow x: it is no FILE:NUMBER', 'Write it as in --packet a.pcap:7');
  expect(errorsOf(document)).toEqual([]);
  expect(document).toMatchObject({ verdict: 'unread', notes: ['Write it as in --packet a.pcap:7'] });
});

test.each(['healthy', 'routing-loop', 'nat-missing', 'lost-on-the-way'])(
  'nsdiag analyze --json of the capture %s keeps the schema, capture points and all',
  async (name) => {
    const { io, stdout } = memoryIo();
    const captured = CAPTURED_LABS.filter((each) => each.name === name).flatMap(capturesOf);
    const paths = captured.map((file) => fileURLToPath(new URL(`../../captures/${file}`, import.meta.url)));
    await runCommandLine(['analyze', ...paths, '--json'], { io: () => io, version: '0' });

    const document = JSON.parse(stdout());
    expect(errorsOf(document)).toEqual([]);
    if (name === 'healthy') expect(document.hops).toHaveLength(2);
    if (name === 'lost-on-the-way') expect(document.findings).toMatchObject([{ echoes: [{ code: 'syn-unanswered' }] }]);
  },
);
