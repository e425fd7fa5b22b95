/**
 * The lab that is meant: one that ships with nsdiag, by name, or a file of the user's own.
 *
 * @module
 */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Failure } from '../system/failure.ts';
import { readErrorReason } from '../system/read-error.ts';
import { nearest } from './nearest.ts';
import { parseLab } from './parse.ts';
import type { Lab } from './schema.ts';

/**
 * Where the shipped labs are: beside this file, in the sources (src/lab/labs) as in the bundle (dist/labs, beside the
 * chunk that this file becomes a part of).
 */
const SHIPPED = fileURLToPath(new URL('./labs/', import.meta.url));

/** A lab written by hand has some hundred lines; this is to refuse a disk image, not a long lab. */
const MAX_FILE_BYTES = 1024 * 1024;

/** A lab, and the text that it was read from. */
export interface FoundLab {
  readonly lab: Lab;
  readonly text: string;
}

/** The labs that ship with nsdiag, by name. */
export function shippedLabs(): readonly string[] {
  const files = readdirSync(SHIPPED).filter((name) => name.endsWith('.yaml'));
  return files.map((name) => name.slice(0, -'.yaml'.length)).sort();
}

/**
 * Find a lab and read it.
 *
 * @param asked The name of a shipped lab, or the path of a file: whatever holds a slash or ends in .yaml or .yml.
 * @throws Failure when there is none, or when it has problems (each named by file, line and key).
 */
export function findLab(asked: string): FoundLab {
  if (asked.includes('/') || /\.ya?ml$/.test(asked)) return readLab(asked, asked);
  const shipped = shippedLabs();
  if (shipped.includes(asked)) return readLab(`${SHIPPED}${asked}.yaml`, `${asked}.yaml`);
  const meant = nearest(asked, shipped);
  throw new Failure(
    'not-found',
    `Cannot find a lab called "${asked}"`,
    `${meant === undefined ? '' : `Did you mean ${meant}? `}There are ${shipped.join(', ')}; a file of yours needs its path: ./my.yaml`,
  );
}

/** Make a lab of a text that was read before. @param name How problems call it. */
export function labFrom(text: string, name: string): FoundLab {
  const parsed = parseLab(text, name);
  if (parsed.ok) return { lab: parsed.lab, text };
  const count = parsed.problems.length === 1 ? '1 problem' : `${parsed.problems.length} problems`;
  throw new Failure(
    'bad-file',
    `Cannot use the lab in ${name}: it has ${count}`,
    'Every key is told in src/lab/README.md; a shipped lab is an example',
    parsed.problems.join('\n'),
  );
}

function readLab(path: string, name: string): FoundLab {
  return labFrom(readText(path, name), name);
}

function readText(path: string, name: string): string {
  try {
    const { size } = statSync(path);
    if (size <= MAX_FILE_BYTES) return readFileSync(path, 'utf8');
    throw new Failure('bad-file', `Cannot read the lab in ${name}: it is larger (${size} bytes) than any lab`);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('bad-file', `Cannot read the lab in ${name}: ${readErrorReason(error)}`);
  }
}
