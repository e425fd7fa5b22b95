/**
 * The services of a lab: one small Node program each, which answers on a port until it is stopped.
 *
 * @module
 */

import { execIn, isInet6, place } from './commands.ts';
import type { Listener } from './schema.ts';
import type { Step } from './step.ts';

/** The step that starts a listener. */
export function listenStep(listener: Listener): Step {
  const { netns, name, proto, address, port } = listener;
  const purpose = `${name}: ${place(netns)} listens on ${address} ${proto} ${port}`;
  const program = programOf(listener);
  return { kind: 'listen', purpose, argv: execIn(netns, [process.execPath, '-e', program]), listener };
}

function programOf(listener: Listener): string {
  if (listener.proto === 'tcp') return tcpProgram(listener);
  return listener.names === undefined ? udpProgram(listener) : nameServerProgram(listener.names, listener);
}

/** Greets whoever connects. A peer that resets is no reason to end. Written with double quotes: it is shown quoted. */
function tcpProgram({ name, netns, address, port }: Listener): string {
  const greet = `c => c.on("error", () => {}).end("${name} of ${netns}\\n")`;
  return `net.createServer(${greet}).listen(${port}, "${address}")`;
}

/** Sends back what comes. */
function udpProgram({ address, port }: Listener): string {
  const type = isInet6(address) ? 'udp6' : 'udp4';
  const echo = 'function (data, peer) { this.send(data, peer.port, peer.address) }';
  return `dgram.createSocket("${type}").on("message", ${echo}).bind(${port}, "${address}")`;
}

/**
 * A name server of the smallest kind: one question, and one IPv4 address or none.
 *
 * Source: RFC 1035 section 4.1; 0xc00c points back to the name in the question.
 *
 * @param names The address of each, or the word for why there is none.
 */
export function nameServerProgram(
  names: Readonly<Record<string, string>>,
  { address, port }: Pick<Listener, 'address' | 'port'>,
): string {
  const answer = [
    'function (query, peer) {',
    'const labels = [];',
    'let at = 12;',
    'for (; query[at]; at += query[at] + 1) labels.push(query.toString("latin1", at + 1, at + 1 + query[at]));',
    `const said = ${JSON.stringify(names)}[labels.join(".").toLowerCase()] ?? "NXDOMAIN";`,
    'const rcode = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 }[said] ?? 0;',
    'const isFound = said.includes(".") && query.readUInt16BE(at + 1) === 1;',
    'const header = [query[0], query[1], 0x81, 0x80 + rcode, 0, 1, 0, isFound, 0, 0, 0, 0];',
    'const record = isFound ? [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...said.split(".")] : [];',
    'this.send(Buffer.concat([Buffer.from(header), query.subarray(12, at + 5), Buffer.from(record)]), peer.port, peer.address);',
    '}',
  ].join(' ');
  return `dgram.createSocket("${isInet6(address) ? 'udp6' : 'udp4'}").on("message", ${answer}).bind(${port}, "${address}")`;
}
