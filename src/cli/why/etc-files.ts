/**
 * The files of /etc as programs of a namespace see them: `ip netns exec` puts what is in /etc/netns/NAME over them, and
 * a container has an /etc of its own.
 *
 * Source: ip-netns(8), iproute2 lib/namespace.c bind_etc(); proc(5) on /proc/PID/root.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Netns, NetnsEntry } from '../../host/host.ts';
import { unreachable } from '../../net/unreachable.ts';

/** A file, as it was found. */
export interface EtcFile {
  readonly path: string;
  /** It is there for this namespace; else it is the one of the whole machine. */
  readonly isOwn: boolean;
  /** Empty when it is not there, or may not be read. */
  readonly text: string;
}

/** @param name Of the file below /etc. */
export function readEtcFile({ entry }: Pick<Netns, 'entry'>, name: 'hosts' | 'resolv.conf'): EtcFile {
  const own = ownPath(entry, name);
  const text = own === undefined ? undefined : readText(own);
  if (own !== undefined && text !== undefined) return { path: own, isOwn: true, text };
  const path = `/etc/${name}`;
  return { path, isOwn: entry.kind === 'here', text: readText(path) ?? '' };
}

function ownPath(entry: NetnsEntry, name: string): string | undefined {
  switch (entry.kind) {
    case 'named':
      return `/etc/netns/${entry.name}/${name}`;
    case 'pid':
      return join('/proc', String(entry.pid), 'root', 'etc', name);
    case 'here':
    case 'path':
      return undefined;
    default:
      return unreachable(entry);
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
