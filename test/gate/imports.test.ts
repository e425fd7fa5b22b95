/**
 * The import rules, held against every file of src/, and the checker itself held against planted breaches: a check that
 * can pass because it looked at nothing is none.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { violations } from './import-rules.ts';
import { parseSource } from './source-file.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

test('every file of src/ is parsed, and none breaks an import rule', () => {
  const paths = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `src/${path}`);
  const files = paths.map((path) => parseSource(path, readFileSync(join(ROOT, path), 'utf8')));

  expect(files.length).toBe(paths.length);
  expect(files.length).toBeGreaterThan(0);
  expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(0);
  expect(violations(files)).toEqual([]);
});

test.each([
  ['pure to edge', 'src/walk/walk.ts', `import { run } from '../system/run.ts';`, 'walk computes'],
  ['pure to edge, for a type', 'src/host/a.ts', `import type { Lab } from '../lab/lab.ts';`, 'host computes'],
  ['pure to edge, inside a type', 'src/net/a.ts', `type A = import('../cli/main.ts').A;`, 'only bin imports cli'],
  ['pure to Node', 'src/wire/pcap.ts', `import { readFile } from 'node:fs/promises';`, 'wire computes'],
  ['pure to Node by its old name', 'src/wire/pcap.ts', `import 'fs';`, 'wire computes'],
  ['upwards', 'src/host/link.ts', `export { walk } from '../walk/walk.ts';`, 'host says what'],
  ['sideways', 'src/wire/udp.ts', `export * from '../host/link.ts';`, 'wire turns bytes'],
  ['sideways, lazily', 'src/topology/a.ts', `const a = () => import('../journey/step.ts');`, 'topology says'],
  ['system to what stands on it', 'src/system/run.ts', `import '../probe/ping.ts';`, 'system is the door'],
  ['edge to edge', 'src/collect/a.ts', `import '../lab/up.ts';`, 'collect reads'],
  ['anybody to cli', 'src/lab/up.ts', `import '../cli/main.ts';`, 'only bin imports cli'],
  ['out of src', 'src/net/mac.ts', `import { hex } from '../../test/helpers/hex.ts';`, 'src stands alone'],
  ['a computed path', 'src/cli/main.ts', `const a = (name: string) => import(name);`, 'write the path out'],
  ['a package away from home', 'src/lab/up.ts', `import { execa } from 'execa';`, 'the only door to programs'],
  ['a file of a package away from home', 'src/cli/a.ts', `import 'elkjs/lib/elk.bundled.js';`, 'report/svg'],
  ['a barrel', 'src/net/index.ts', `export { a } from './a.ts'; export type { B } from './b.ts';`, 'only passes on'],
  ['a barrel in two steps', 'src/net/all.ts', `import { a } from './a.ts'; export { a };`, 'only passes on'],
  ['an unknown folder', 'src/magic/a.ts', '', 'no folder that import-rules.ts knows'],
  ['a file in no folder', 'src/a.ts', '', 'no folder that import-rules.ts knows'],
  ['a folder of odds and ends', 'src/net/util/a.ts', '', 'a folder called util says nothing'],
])('violations() names %s', (_, path, text, sentence) => {
  expect(violations([parseSource(path, text)])).toContainEqual(expect.stringContaining(sentence));
});

test('violations() names a cycle once, by its files', () => {
  const files = [
    parseSource('src/net/a.ts', `import type { B } from './b.ts'; export type A = B;`),
    parseSource('src/net/b.ts', `import { c } from './c.ts'; export type B = typeof c;`),
    parseSource('src/net/c.ts', `import type { A } from './a.ts'; export const c: A = 1;`),
  ];

  expect(violations(files)).toEqual([
    'src/net/a.ts -> src/net/b.ts -> src/net/c.ts -> src/net/a.ts: files that need each other are one file, or want a third',
  ]);
});

test.each([
  ['the folder below', 'src/wire/udp.ts', `import type { Port } from '../net/port.ts';`],
  [
    'folders further below',
    'src/report/text.ts',
    `import '../net/mac.ts'; import '../walk/walk.ts'; import '../wire/udp.ts';`,
  ],
  ['its own folder', 'src/net/mac.ts', `import { hex } from './hex.ts';`],
  ['pure folders, from the edge', 'src/collect/a.ts', `import '../report/text.ts'; import 'node:fs';`],
  ['anything, from cli', 'src/cli/commands/why.ts', `import '../../probe/ping.ts'; import '../../walk/walk.ts';`],
  ['the version, from cli', 'src/cli/main.ts', `import manifest from '../../package.json'; export const a = 1;`],
])('violations() lets a file import %s', (_, path, text) => {
  expect(violations([parseSource(path, text)])).toEqual([]);
});
