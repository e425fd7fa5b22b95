/**
 * A name server of the smallest kind, and an /etc of a world's own to name it in.
 *
 * @module
 */

import type { Argv } from '../../src/system/run.ts';
import type { World } from './world.ts';

/** Knows the IPv4 addresses of these names, and says of every other that there is no such name. */
export function nameServer(address: string, names: Readonly<Record<string, string>>): Argv {
  return [process.execPath, '-e', PROGRAM, '--', address, JSON.stringify(names)];
}

/** It says `ready` when it listens. Source: RFC 1035 section 4.1. */
const PROGRAM = `
const [address, known] = [process.argv[1], JSON.parse(process.argv[2])];
dgram.createSocket('udp4').on('message', function (query, peer) {
  const labels = [];
  let at = 12;
  for (; query[at]; at += query[at] + 1) labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
  const found = known[labels.join('.').toLowerCase()];
  const answers = found !== undefined && query.readUInt16BE(at + 1) === 1;
  const header = Buffer.from([query[0], query[1], 0x81, found === undefined ? 0x83 : 0x80, 0, 1, 0, answers, 0, 0, 0, 0]);
  const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...String(found).split('.').map(Number)];
  const answer = [header, query.subarray(12, at + 5), Buffer.from(answers ? record : [])];
  this.send(Buffer.concat(answer), peer.port, peer.address);
}).bind(53, address, () => console.log('ready'));
`;

/** From now on what is written below /etc stays in the world. */
export async function giveOwnEtc(world: World): Promise<void> {
  await world.sh(`
    mkdir -p /run/etc/upper /run/etc/work
    mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc
    mkdir -p /etc/netns`);
}
