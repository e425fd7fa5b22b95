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
import { writeBomb, writeCollisions, writeFlood, writeLie } from './hostile-captures.ts';

const PACKETS = { large: 5_000_000, small: 500_000 } as const;

const COLLIDING_CLIENTS = 50_000;

/** Paths of the files, in a folder that goes with them. */
export type BenchCaptures = ReturnType<typeof writeCaptures>;

/** 4.2 GB in all. */
export function writeCaptures() {
  const folder = mkdtempSync(join(tmpdir(), 'nsdiag-bench-'));
  const path = (name: string) => join(folder, name);
  const files = {
    large: path('large.pcap'),
    servers: path('servers.pcap'),
    blocks: path('large.pcapng'),
    small: path('small.pcap'),
    flood: path('flood.pcap'),
    collisions: path('collisions.pcap'),
    lie: path('lie.pcap'),
    bomb: path('bomb.pcapng.gz'),
  };
  writeBigCapture(files.large, { packets: PACKETS.large, format: 'pcap', side: 'clients' });
  writeBigCapture(files.servers, { packets: PACKETS.large, format: 'pcap', side: 'servers' });
  writeBigCapture(files.blocks, { packets: PACKETS.large, format: 'pcapng', side: 'clients' });
  writeBigCapture(files.small, { packets: PACKETS.small, format: 'pcap', side: 'clients' });
  writeFlood(files.flood, PACKETS.large);
  writeCollisions(files.collisions, PACKETS.large, COLLIDING_CLIENTS);
  writeLie(files.lie, 100);
  writeBomb(files.bomb, 1024);
  return { ...files, folder, remove: () => rmSync(folder, { recursive: true }) };
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
