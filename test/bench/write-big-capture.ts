/**
 * `node .config/run-ts.mjs test/bench/write-big-capture.ts FILE [PACKETS [pcap|pcapng [clients|servers]]]`: writes one
 * of the captures that `npm run bench` reads, to look at it with other tools.
 *
 * @module
 */

import { writeBigCapture } from './big-capture.ts';

const [path = 'big.pcap', packets = '500000', format = 'pcap', side = 'clients'] = process.argv.slice(2);
const written = writeBigCapture(path, {
  packets: Number(packets),
  format: format === 'pcapng' ? 'pcapng' : 'pcap',
  side: side === 'servers' ? 'servers' : 'clients',
});
console.log(`${path}: ${written.packets} packets, ${written.bytes} bytes, ${written.flows} flows`);
