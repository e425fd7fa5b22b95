import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onSnapshot } from '../../../src/cli/why/on-snapshot.ts';
import { parseRequest, type WhyOptions } from '../../../src/cli/why/request.ts';
import { why } from '../../../src/cli/why/why.ts';
import { writeRecording } from '../../../src/recording/read-recording.ts';
import { redactorOf } from '../../../src/redact/redactor.ts';
import { keyedWith, leaksIn } from '../../helpers/redaction.ts';
import { fixture } from '../../recording/recorded.ts';
import { memoryIo } from '../memory-io.ts';

const RECORDING = fixture('odd-router');
const REDACTOR = redactorOf(RECORDING, [], keyedWith('a key'));

async function run(destination: string, options: Partial<WhyOptions>, netns = 'router') {
  const folder = mkdtempSync(join(tmpdir(), 'nsdiag-redact-'));
  const memory = memoryIo();
  try {
    const snapshot = [join(folder, 'acme.json')];
    writeFileSync(snapshot[0] ?? '', writeRecording(RECORDING));
    const all = { probe: true, trace: true, snapshot, ...options };
    const exitCode = await why(memory.io, () => onSnapshot(snapshot), parseRequest(netns, destination, all));
    return { exitCode, stdout: memory.stdout() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each(['10.9.0.1', '10.5.0.1', '2001:db8:5::1'])(
  'why() --redact says of %s in text, JSON and on the page what it says without, in other words',
  async (destination) => {
    const plain = await run(destination, { json: true });
    const text = await run(destination, { redactKey: 'a key' });
    const json = await run(destination, { redactKey: 'a key', json: true });
    const page = await run(destination, { redactKey: 'a key', html: '-' });
    for (const { exitCode } of [text, json, page]) expect(exitCode).toBe(plain.exitCode);
    const [was, is] = [JSON.parse(plain.stdout), JSON.parse(json.stdout)];
    const codes = ({ causes }: { causes: { code: string }[] }) => causes.map(({ code }) => code);
    expect(codes(is)).toEqual(codes(was));
    expect(is.question.destination).toBe(REDACTOR.text(destination));
    expect(is.summary).toBe(REDACTOR.text(was.summary));
    for (const { stdout } of [text, json, page]) {
      expect(leaksIn(stdout.replace(/<(style|script)>[\s\S]*?<\/\1>/g, ''), RECORDING, REDACTOR)).toEqual([]);
      expect(stdout).not.toContain('acme');
    }
  },
);

test('why() --redact names nobody when it cannot answer', async () => {
  const words = [
    ['10.9.0.1', 'acme-router'],
    ['db.acme.example', 'router'],
  ] as const;
  for (const [destination, netns] of words) {
    const error = await run(destination, { redact: true }, netns).catch((thrown: unknown) => thrown);
    const { message, hint } = error as { message: string; hint: string };
    expect(message).toMatch(/^Cannot/);
    expect(`${message} ${hint}`).not.toMatch(/acme|\brouter\b/);
  }
});

test('parseRequest() refuses to run a fix in other words', () => {
  expect(() => parseRequest('a', 'b', { probe: true, trace: true, fix: true, redact: true })).toThrow(/redacted fix/);
});
