import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chosenFolder, foldersIn, install, uninstall } from '../../../src/cli/extcap/install.ts';
import { CONFIG_LINES } from '../../../src/cli/extcap/options.ts';
import { linkTypeLine } from '../../../src/cli/extcap/protocol.ts';

const NEW =
  'Temp:\t\t/tmp\nPersonal Extcap path:\t/home/me/.local/lib/wireshark/extcap\nGlobal Extcap path:\t/usr/lib/wireshark/extcap\n';
const OLD = 'Temp:                \t/tmp\nExtcap path:         \t/usr/lib/x86_64-linux-gnu/wireshark/extcap\n';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nsdiag extcap it's "));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('foldersIn() finds the folders of Wireshark 4.2 and of older ones', () => {
  expect(foldersIn(NEW)).toEqual({
    personal: '/home/me/.local/lib/wireshark/extcap',
    global: '/usr/lib/wireshark/extcap',
  });
  expect(foldersIn(OLD)).toEqual({ personal: undefined, global: '/usr/lib/x86_64-linux-gnu/wireshark/extcap' });
  expect(foldersIn('')).toEqual({ personal: undefined, global: undefined });
});

test('chosenFolder() is that of all users for root, and that of the user where there is one', () => {
  expect(chosenFolder(foldersIn(NEW), false)).toBe('/home/me/.local/lib/wireshark/extcap');
  expect(chosenFolder(foldersIn(NEW), true)).toBe('/usr/lib/wireshark/extcap');
  expect(chosenFolder(foldersIn(OLD), false)).toBe('/usr/lib/x86_64-linux-gnu/wireshark/extcap');
  expect(() => chosenFolder(foldersIn(''), true)).toThrow('Cannot install: this Wireshark has no folder for extcaps');
});

test('install() writes a script that any shell runs, wherever nsdiag is, and uninstall() takes it back', () => {
  const program = join(folder, 'n o$d"e');
  writeFileSync(program, '#!/bin/sh\nfor word; do echo "$word"; done\n');
  chmodSync(program, 0o755);
  const inner = join(folder, 'not', 'yet', 'there');
  const path = install(inner, [program, program]);
  expect(statSync(path).mode & 0o777).toBe(0o755);
  const asked = (...words: string[]) => execFileSync(path, words, { encoding: 'utf8' }).trim().split('\n');
  expect(asked('--extcap-interfaces', '--extcap-version=4.0')).toEqual([
    program,
    'extcap',
    '--extcap-interfaces',
    '--extcap-version=4.0',
  ]);
  expect(asked('--capture', '--extcap-capture-filter', "icmp and 'x $(y)")).toContain("icmp and 'x $(y)");

  expect(install(inner, [program, program])).toBe(path);
  expect(uninstall(inner)).toBe(path);
  expect(existsSync(path)).toBe(false);
  expect(uninstall(inner)).toBeUndefined();
});

test('the script answers what is asked of every device without starting nsdiag, as nsdiag would', () => {
  const path = install(folder, ['/bin/false', '/bin/false']);
  for (const value of ['ns1:veth0', 'ns1:any', 'pid:1:tun0~ip', 'ns1:many', 'ns1:any.1']) {
    for (const words of [
      ['--extcap-dlts', '--extcap-interface', value],
      ['--extcap-interface', value, '--extcap-dlts'],
    ]) {
      expect(execFileSync(path, words, { encoding: 'utf8' })).toBe(`${linkTypeLine(value)}\n`);
    }
    expect(execFileSync(path, ['--extcap-config', '--extcap-interface', value], { encoding: 'utf8' })).toBe(
      `${CONFIG_LINES.join('\n')}\n`,
    );
  }
});

test('the script of an nsdiag that has gone lists nothing, and does not fail', () => {
  const path = install(folder, ['/usr/bin/node', join(folder, 'gone.js')]);
  expect(execFileSync(path, ['--extcap-interfaces'], { encoding: 'utf8' })).toBe('');
});

test('install() and uninstall() leave the extcap of somebody else alone', () => {
  const path = join(folder, 'nsdiag');
  writeFileSync(path, 'theirs');
  expect(() => install(folder, ['/bin/true'])).toThrow(`Cannot use ${path}: there is another extcap of that name`);
  expect(() => uninstall(folder)).toThrow('there is another extcap');
  expect(readFileSync(path, 'utf8')).toBe('theirs');
});
