/**
 * `ss -Hnltue` (with `-p` where there was something to say) to listening sockets.
 *
 *     tcp   LISTEN 0      128        0.0.0.0%eth0:80      0.0.0.0:*    users:(("nginx",pid=8,fd=5)) ino:1 sk:2 <->
 *     tcp   LISTEN 0      128                   *:82            *:*    ino:3 sk:4 v6only:0 <->
 *
 * Source: misc/ss.c of iproute2 6.1. An IPv4 address mapped into IPv6 (`[::ffff:127.0.0.1]`) hears IPv4 alone, and
 * arrives as that address.
 *
 * @module
 */

import { type Fact, known, unknown } from '../host/fact.ts';
import type { DeviceName } from '../host/link.ts';
import type { ListeningSocket } from '../host/socket.ts';
import { type Address, parseAddress } from '../net/address.ts';
import { toPort } from '../net/port.ts';
import { outputOf } from './output.ts';
import type { RecordedNamespace } from './recording.ts';

/** A device has no white space in its name, but may have a `%`, a `]` or a quote; a colon it has not. */
const LOCAL = /^(\*|\[[0-9a-fA-F:.]+\]|[0-9.]+)(?:%([^\s:]+))?:(\d+)$/;

/** Unknown when a line is not understood: a listener that is overlooked would be blamed for being absent. */
export function socketsOf(namespace: RecordedNamespace): Fact<readonly ListeningSocket[]> {
  const output = outputOf(namespace, 'sockets');
  if (!output.known) return output;
  const sockets: ListeningSocket[] = [];
  for (const line of output.value.stdout.split('\n')) {
    if (line.trim() === '') continue;
    const socket = socketOf(line);
    if (socket === undefined) return unknown(`ss printed a line that nsdiag cannot read: ${line.trim()}`);
    sockets.push(socket);
  }
  return known(sockets, output.source);
}

function socketOf(line: string): ListeningSocket | undefined {
  const [protocol, , waiting, room, local = ''] = line.trim().split(/\s+/, 5);
  const [, host = '', device, portText] = LOCAL.exec(local) ?? [];
  const address = addressOf(host);
  const port = toPort(Number(portText));
  if ((protocol !== 'tcp' && protocol !== 'udp') || address === undefined || port === undefined) return undefined;
  const v6only = / v6only:([01])\b/.exec(line)?.[1];
  return {
    protocol,
    address,
    port,
    v6only: !address.includes(':') || v6only === undefined ? undefined : v6only === '1',
    device: device as DeviceName | undefined,
    process: processOf(line),
    ...(protocol === 'tcp' && Number(waiting) > Number(room)
      ? { overflow: { waiting: Number(waiting), room: Number(room) } }
      : {}),
  };
}

function addressOf(host: string): Address | undefined {
  if (host === '*') return parseAddress('::');
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return parseAddress(bare.replace(/^::ffff:(?=\d+\.)/i, ''));
}

/** The first of those that share the socket. A process chooses its own name: anything may be in it. */
function processOf(line: string): string | undefined {
  const [, name, pid] = /users:\(\("(.*?)",pid=(\d+),/.exec(line) ?? [];
  return name === undefined ? undefined : `${name} (pid ${pid})`;
}
