import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readRecording, writeRecording } from '../../src/recording/read-recording.ts';
import { hostOf } from '../../src/recording/to-host.ts';
import { redactorOf } from '../../src/redact/redactor.ts';
import { keyedWith, leaksIn, shapeOf } from '../helpers/redaction.ts';
import { fixture, namespaceWith } from '../recording/recorded.ts';

const RULESETS = new URL('../fixtures/rulesets/', import.meta.url);

/** What programs wrote, as if one namespace each held it. */
function rulesets() {
  const files = readdirSync(RULESETS, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /-save$|\.nft\.json$/.test(name),
  );
  const namespaces = files.map((file, index) => {
    const key = file.endsWith('.json') ? 'nft' : /ip6/.test(file) ? 'ip6tables-nft' : 'iptables-nft';
    const name = `customer-${index}`;
    const outputs = { [key]: readFileSync(new URL(file, RULESETS), 'utf8') };
    return namespaceWith(outputs, { name, entry: { kind: 'named', name }, inode: index });
  });
  expect(namespaces.length).toBeGreaterThan(10);
  return { ...fixture('odd-router'), namespaces };
}

describe.each([
  ['odd-router', fixture('odd-router')],
  ['odd-names', fixture('odd-names')],
  ['three-firewalls', fixture('three-firewalls')],
  ['what programs wrote', rulesets()],
])('redactorOf() of %s', (_, recording) => {
  const redactor = redactorOf(recording, [], keyedWith('a key'));
  const redacted = redactor.recording(recording);

  test('leaves no address, MAC or name of it', () => {
    expect(leaksIn(JSON.stringify(recording.namespaces), recording, redactor).length).toBeGreaterThan(5);
    expect(leaksIn(JSON.stringify(redacted.namespaces), recording, redactor)).toEqual([]);
  });

  test('answers a recording of which as much is understood', () => {
    const read = readRecording(writeRecording(redacted));
    expect(read.kind).toBe('recording');
    expect(shapeOf(hostOf(redacted))).toEqual(shapeOf(hostOf(recording)));
  });

  test('is the same each time with one key, and another with another', () => {
    const again = redactorOf(recording, [], keyedWith('a key')).recording(recording);
    const other = redactorOf(recording, [], keyedWith('another key')).recording(recording);
    expect(again).toEqual(redacted);
    expect(other).not.toEqual(redacted);
  });
});
