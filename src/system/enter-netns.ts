/**
 * The way into a network namespace for what nsdiag itself runs there. What is shown to people is host/commands-enter.ts.
 *
 * `nsenter --net` changes nothing but the network: unlike `ip netns exec` it makes no mount namespace, which copies
 * every mount of the machine, and a container host has thousands. The program replaces nsenter, so signals reach it.
 *
 * Source: nsenter(1), ip-netns(8).
 *
 * @module
 */

import type { NetnsEntry } from '../host/host.ts';
import { unreachable } from '../net/unreachable.ts';
import type { Argv } from './run.ts';

/** The program, run in that namespace. It needs root, except where we already are. */
export function argvInNetns(entry: NetnsEntry, argv: Argv): Argv {
  const path = netnsPath(entry);
  return path === undefined ? argv : ['nsenter', `--net=${path}`, '--', ...argv];
}

/** The file that stands for the namespace; `undefined` where we already are. */
function netnsPath(entry: NetnsEntry): string | undefined {
  switch (entry.kind) {
    case 'here':
      return undefined;
    case 'named':
      return `/run/netns/${entry.name}`;
    case 'pid':
      return `/proc/${entry.pid}/ns/net`;
    case 'path':
      return entry.path;
    default:
      return unreachable(entry);
  }
}
