/**
 * Writes a file so that nobody ever finds half of it: aside, then renamed into place.
 *
 * What is no regular file (a pipe, /dev/stdout) is written to as it stands, and a symbolic link keeps pointing where
 * it did. Not promised: that it survives a power cut right after.
 *
 * @module
 */

import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Failure } from './failure.ts';
import { writeErrorReason } from './write-error.ts';

/** @throws Failure `bad-file` when it cannot be written; then the old file is still there. */
export function writeWhole(path: string, text: string): void {
  const place = placeOf(path);
  const isReplaced = place.kind !== 'device';
  const target = isReplaced ? `${place.path}.nsdiag-${process.pid}` : place.path;
  try {
    writeFileSync(target, text);
    if (isReplaced) renameSync(target, place.path);
  } catch (error) {
    if (isReplaced) rmSync(target, { force: true });
    throw new Failure('bad-file', `Cannot write ${path}: ${writeErrorReason(error)}`);
  }
}

/** Where the text goes in the end. */
function placeOf(path: string): { readonly kind: 'file' | 'device'; readonly path: string } {
  try {
    const real = realpathSync(path);
    return { kind: statSync(real).isFile() ? 'file' : 'device', path: real };
  } catch {
    return { kind: 'file', path }; // not there yet
  }
}
