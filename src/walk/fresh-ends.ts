/**
 * A source port, or an echo id, that nobody in the host uses: what the kernel gives to a sender that asks for none.
 *
 * @module
 */

import type { Host } from '../host/host.ts';
import type { Port } from '../net/port.ts';

interface FreshEnds {
  readonly port: Port;
  readonly echoId: number;
}

/** Any port that no server uses will do; this one is in Linux's default ip_local_port_range. */
const FIRST_PORT = 40_000;

const found = new WeakMap<Host, FreshEnds>();

/** Of no connection that is tracked anywhere. */
export function freshEnds(host: Host): FreshEnds {
  const known = found.get(host);
  if (known !== undefined) return known;
  const used = new Set<number>();
  for (const { connections } of host.namespaces) {
    for (const { original, reply } of connections.known ? connections.value.entries : []) {
      used.add(original.sourcePort).add(reply.destPort);
    }
  }
  const free = (first: number) => {
    let number = first;
    while (used.has(number)) number++;
    return number;
  };
  const fresh = { port: free(FIRST_PORT) as Port, echoId: free(1) };
  found.set(host, fresh);
  return fresh;
}
