/**
 * The captures that other projects test their parsers with, beside the checkout (../shared/pcaps), and what capinfos and
 * tcpdump make of each. They are not part of the project: without them a test is skipped, and says so.
 *
 * @module
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../shared/pcaps', import.meta.url));

/** Why a test that needs them is skipped. */
export const NO_SHARED_CAPTURES = `there are no captures in ${FOLDER}`;

export interface SharedCapture {
  /** Within the folder: `tcpdump/empty.pcap`. */
  readonly name: string;
  readonly path: string;
  /** A number, or what went wrong, as each program said it. */
  readonly capinfos: string;
  readonly tcpdump: string;
}

/** `undefined`: they are not there. */
export function sharedCaptures(): readonly SharedCapture[] | undefined {
  const index = join(FOLDER, 'index.tsv');
  if (!existsSync(index)) return undefined;
  const [, ...rows] = readFileSync(index, 'utf8').trimEnd().split('\n');
  return rows.map((row) => {
    const [name = '', , , capinfos = '', tcpdump = ''] = row.split('\t');
    return { name, path: join(FOLDER, name), capinfos, tcpdump };
  });
}
