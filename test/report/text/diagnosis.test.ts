import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { diagnosisText } from '../../../src/report/text/diagnosis.ts';
import { styleOf } from '../../../src/report/text/style.ts';
import { displayWidth } from '../../../src/report/width.ts';
import * as examples from '../example-diagnoses.ts';

const PLAIN = styleOf(false, 80);
const RUN_IT = ['nsdiag', 'why', 'ns1', '10.0.2.1', '--fix'];

const ALL = {
  reachable: examples.diagnosis(),
  'missing-route-back': examples.missingRouteBack(),
  'three-faults': examples.threeFaults(),
  undecided: examples.undecided(),
  disagreement: examples.disagreement(),
};

/** Lines to paste are never broken. */
function isExempt(line: string): boolean {
  return /^ {4}\S/.test(line) || line.includes('$ ') || line.startsWith('Or let nsdiag');
}

test.each(Object.entries(ALL))('diagnosisText() of %s is as reviewed', async (name, diagnosis) => {
  await expect(diagnosisText(diagnosis, PLAIN, RUN_IT)).toMatchFileSnapshot(`../golden/${name}.txt`);
});

test.each(Object.entries(ALL))('diagnosisText() of %s keeps within 80 columns', (_, diagnosis) => {
  const lines = diagnosisText(diagnosis, styleOf(false, 200), RUN_IT).split('\n');
  expect(lines.filter((line) => displayWidth(line) > 80 && !isExempt(line))).toEqual([]);
});

test('diagnosisText() of three faults fits a screen of 54 lines', () => {
  expect(diagnosisText(ALL['three-faults'], PLAIN, RUN_IT).trimEnd().split('\n').length).toBeLessThanOrEqual(54);
});

test.each([
  ['reachable', /^✓ ns1 reaches 10\.0\.2\.1/],
  ['missing-route-back', /^✗ ns1 cannot reach 10\.0\.2\.1/],
  ['undecided', /^\? Cannot tell whether ns1 reaches 10\.0\.2\.1/],
] as const)('diagnosisText() of %s begins with the outcome', (name, outcome) => {
  expect(diagnosisText(ALL[name], PLAIN, undefined)).toMatch(outcome);
});

test('diagnosisText() shows the commands to run within the first ten lines, and nothing else looks like them', () => {
  const lines = diagnosisText(ALL['three-faults'], PLAIN, RUN_IT).split('\n');
  const pasted = lines.filter((line) => /^ {4}\S/.test(line)).map((line) => line.trim());
  expect(pasted).toEqual([
    'ip -n router link set dev r2 up',
    'ip netns exec router sysctl -w net/ipv4/ip_forward=1',
    'ip -n ns2 route add 10.0.1.0/24 via 10.0.2.254 dev veth1',
  ]);
  expect(lines.findIndex((line) => line.includes(pasted.at(-1) ?? '?'))).toBeLessThan(10);
});

test('diagnosisText() does not offer to run a fix where nothing can be run', () => {
  expect(diagnosisText(ALL['missing-route-back'], PLAIN, undefined)).not.toContain('--fix');
});

test('diagnosisText() says that a fix without a proof is not the whole of it, and does not offer to run it', () => {
  const text = diagnosisText(examples.missingRouteBack({ proof: undefined }), PLAIN, RUN_IT);
  expect(text).toContain('The model does not get the packet there with it alone');
  expect(text).not.toContain('Walked on the model');
  expect(text).not.toContain('Or let nsdiag run it');
});

test('diagnosisText() says when no command repairs the cause', () => {
  expect(diagnosisText(ALL.disagreement, PLAIN, RUN_IT)).toMatch(/^Fix: No command repairs this/m);
});

test.each(Object.entries(ALL))('diagnosisText() of %s in colour is the same text', (_, diagnosis) => {
  const colored = diagnosisText(diagnosis, styleOf(true, 80), RUN_IT);
  expect(colored).toContain('\x1b[');
  expect(stripVTControlCharacters(colored)).toBe(diagnosisText(diagnosis, PLAIN, RUN_IT));
});

test('diagnosisText() lets nothing from a name, a packet or a tool reach the terminal', () => {
  const evil = '\x1b]0;owned\x07\u202e\n\r\x9b2J';
  const diagnosis = examples.missingRouteBack({
    summary: `ns1 cannot reach ${evil}`,
    causes: [
      {
        ...examples.NO_ROUTE,
        finding: examples.finding({
          netns: examples.netns(evil),
          what: evil,
          why: evil,
          evidence: [{ witness: 'kernel', command: ['ip', evil], text: evil }],
        }),
        fix: [{ argv: ['ip', evil], intent: evil, sideEffects: evil, undo: undefined }],
        alternatives: [{ intent: evil, fix: [{ argv: [evil], intent: evil, sideEffects: evil, undo: undefined }] }],
      },
    ],
    trip: {
      request: examples.journey('request', examples.REQUEST_STEPS, {
        kind: 'undecided',
        netns: examples.netns(evil),
        because: [evil],
      }),
      reply: undefined,
    },
    wire: {
      observation: examples.observation({ command: ['ping', evil], watched: [examples.netns(evil)] }),
      lastSeen: undefined,
    },
    looked: { ...examples.diagnosis().looked, kernel: evil },
    notes: [evil],
  });
  const text = diagnosisText(diagnosis, PLAIN, ['nsdiag', 'why', evil]);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  // A line feed of theirs begins no line of ours, but for evidence, which may have several.
  expect(text.match(/\\x0a/g)?.length).toBeGreaterThanOrEqual(8);
});
