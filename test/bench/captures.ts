/**
 * The part of the bench about saved captures: the files, and beside what their analysis is timed.
 *
 * @module
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInstalled } from '../../src/system/installed.ts';
import type { Argv } from '../../src/system/run.ts';
import { writeBigCapture } from './big-capture.ts';

const PACKETS = { large: 5_000_000, small: 500_000 } as const;

/** 1.1 GB and 111 MB, in a folder that goes with what is answered. */
export function writeCaptures(): { readonly large: string; readonly small: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'nsdiag-bench-'));
  const write = (name: keyof typeof PACKETS) => {
    const path = join(folder, `${name}.pcap`);
    writeBigCapture(path, { packets: PACKETS[name], format: 'pcap', side: 'clients' });
    return path;
  };
  return { large: write('large'), small: write('small'), remove: () => rmSync(folder, { recursive: true }) };
}

/** What else reads a capture; the ratio that nsdiag is to keep to it. Those that are not installed are left out. */
export function otherReaders(large: string, small: string) {
  const readers: readonly {
    readonly file: string;
    readonly name: string;
    readonly argv: Argv;
    readonly target: number;
  }[] = [
    { file: large, name: 'tcpdump -w, 5 M', argv: ['tcpdump', '-r', large, '-w', '/dev/null'], target: 1.5 },
    { file: large, name: 'capinfos, 5 M', argv: ['capinfos', large], target: 1 / 5 },
    {
      file: small,
      name: 'tshark conv,tcp, 0.5 M',
      argv: ['tshark', '-n', '-q', '-z', 'conv,tcp', '-r', small],
      target: 1 / 30,
    },
  ];
  return readers.filter(({ argv: [program] }) => isInstalled(program));
}
