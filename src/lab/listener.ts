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
  const program = proto === 'tcp' ? tcpProgram(listener) : udpProgram(listener);
  return { kind: 'listen', purpose, argv: execIn(netns, [process.execPath, '-e', program]), listener };
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
