/**
 * The way into a namespace from where nsdiag runs: what stands in front of a command so that it acts there.
 *
 * Source: ip(8) `-netns`, ip-netns(8), nsenter(1).
 *
 * @module
 */

import { unreachable } from '../net/unreachable.ts';
import type { Host, Netns } from './host.ts';

/** `ip ...` in the namespace. */
export function ipIn(netns: Pick<Netns, 'entry'>, args: readonly string[]): readonly string[] {
  return netns.entry.kind === 'named' ? ['ip', '-n', netns.entry.name, ...args] : inNetns(netns, ['ip', ...args]);
}

/** `bridge ...` in the namespace. */
export function bridgeIn(netns: Pick<Netns, 'entry'>, args: readonly string[]): readonly string[] {
  return netns.entry.kind === 'named'
    ? ['bridge', '-n', netns.entry.name, ...args]
    : inNetns(netns, ['bridge', ...args]);
}

/** Any program in the namespace. */
export function inNetns(netns: Pick<Netns, 'entry'>, argv: readonly string[]): readonly string[] {
  switch (netns.entry.kind) {
    case 'here':
      return argv;
    case 'named':
      return ['ip', 'netns', 'exec', netns.entry.name, ...argv];
    case 'pid':
      return ['nsenter', '-t', String(netns.entry.pid), '-n', ...argv];
    case 'path':
      return ['nsenter', `--net=${netns.entry.path}`, ...argv];
    default:
      return unreachable(netns.entry);
  }
}

/**
 * What `ip link set dev DEV netns ...` calls the namespace.
 *
 * Where nsdiag runs has no name of its own: it is process 1's, unless process 1 turned up in another one.
 * A path is opened by iproute2 as it stands (netns_get_fd()).
 *
 * @returns `undefined` when no command can name it.
 */
export function netnsArgument(host: Host, netns: Netns): string | undefined {
  switch (netns.entry.kind) {
    case 'named':
      return netns.entry.name;
    case 'pid':
      return String(netns.entry.pid);
    case 'path':
      return netns.entry.path;
    case 'here':
      return host.namespaces.some(({ entry }) => entry.kind === 'pid' && entry.pid === 1) ? undefined : '1';
    default:
      return unreachable(netns.entry);
  }
}
