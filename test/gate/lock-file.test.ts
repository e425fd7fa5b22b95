/**
 * What package-lock.json must hold so that `npm ci` works in any clone: no address of anybody's registry, and an entry
 * for every optional package.
 *
 * The second is not a matter of course. The binaries of biome, esbuild, oxc and typescript are optional packages, one a
 * platform; npm leaves out of the lock file those that the registry it asked could not serve, and the next `npm ci`
 * refuses the file as incomplete. Entries added by hand (version, os, cpu, libc, optional) repair it.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface LockedPackage {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const TEXT = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
const PACKAGES: Readonly<Record<string, LockedPackage>> = JSON.parse(TEXT).packages;

test('package-lock.json names no registry', () => {
  expect(Object.keys(PACKAGES).length).toBeGreaterThan(50);
  expect(Object.keys(PACKAGES).filter((path) => PACKAGES[path]?.resolved !== undefined)).toEqual([]);
});

test('package-lock.json has an entry for every optional package, of every platform', () => {
  const optional = Object.entries(PACKAGES).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {}).map((name) => ({ name, neededBy: path })),
  );
  const isLocked = ({ name, neededBy }: (typeof optional)[number]) =>
    `node_modules/${name}` in PACKAGES || `${neededBy}/node_modules/${name}` in PACKAGES;

  expect(optional.length).toBeGreaterThan(0);
  expect(optional.filter((each) => !isLocked(each))).toEqual([]);
});
