/**
 * `.config/setup.mjs` with an apt-get of our own, on a PATH that holds nothing else: what is missing is named and asked
 * for, and nothing is when nothing is.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SETUP = new URL('../../.config/setup.mjs', import.meta.url).pathname;
const isRoot = process.geteuid?.() === 0;

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'nsdiag-setup-'));
});
afterEach(() => rmSync(path, { recursive: true }));

test('setup names each missing program with what it is for, and installs its package without asking', ({ skip }) => {
  skip(!isRoot, 'setup installs only as root');
  fakeAptGet('echo "$DEBIAN_FRONTEND: $*" >>"$0.asked"');
  const { status, stderr } = setUp('demo', path);

  expect(status).toBe(0);
  expect(stderr).toContain('setup: missing: tcpdump (Debian package tcpdump): the witness on the wire\n');
  const asked = readFileSync(join(path, 'apt-get.asked'), 'utf8').split('\n');
  expect(asked[0]).toBe('noninteractive: -qq update');
  expect(asked[1]).toMatch(/^noninteractive: -qq install -y --no-install-recommends .*\btcpdump\b/);
});

test('setup stops, and shows what apt-get said, when apt-get fails', ({ skip }) => {
  skip(!isRoot, 'setup installs only as root');
  fakeAptGet('echo "E: no space left"; exit 100');

  expect(setUp('demo', path)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('E: no space left\nsetup: Cannot set up: `apt-get -qq update` failed\n'),
  });
});

test('setup names what is missing and goes on where there is no apt-get', ({ skip }) => {
  skip(!isRoot, 'the demo needs root');
  const { status, stderr } = setUp('demo', path);

  expect(status).toBe(0);
  expect(stderr).toContain('setup: missing: ping (Debian package iputils-ping): the probe\n');
  expect(stderr).toContain('this machine has no apt-get');
});

test('setup says nothing and asks nobody when nothing is missing', ({ skip }) => {
  skip(!isRoot, 'without root, what npm test needs may be missing');
  fakeAptGet('touch "$0.asked"');

  expect(setUp('test', `${path}:${process.env['PATH']}`)).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(existsSync(join(path, 'apt-get.asked'))).toBe(false);
});

test('setup wants to know for what', () => {
  expect(setUp('everything', path).status).toBe(2);
});

function fakeAptGet(body: string): void {
  writeFileSync(join(path, 'apt-get'), `#!/bin/sh\n${body}\n`);
  chmodSync(join(path, 'apt-get'), 0o755);
}

function setUp(purpose: string, searched: string) {
  return spawnSync(process.execPath, [SETUP, purpose], { env: { ...process.env, PATH: searched }, encoding: 'utf8' });
}
