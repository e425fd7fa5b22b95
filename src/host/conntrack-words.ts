/**
 * Connections in the words of conntrack(8).
 *
 * @module
 */

import { familyOf } from '../net/address.ts';
import type { TrackedConnection } from './tracked-connection.ts';

/** Delete this one. Run for real in test/live/conntrack-stale.test.ts. */
export function forgetWords(connection: TrackedConnection): readonly string[] {
  return ['conntrack', '-D', ...flowWords(connection)];
}

/** Delete all between these two, from whichever port: what a ping, or a sender of datagrams, began. */
export function forgetAllWords({ protocol, original }: TrackedConnection): readonly string[] {
  const { source, destination, destPort } = original;
  const isInet6 = familyOf(source) === 'inet6';
  const to = protocol === 'icmp' ? [] : ['--dport', String(destPort)];
  return [
    'conntrack',
    '-D',
    ...family(isInet6),
    '-p',
    protocolName(protocol, isInet6),
    '-s',
    source,
    '-d',
    destination,
    ...to,
  ];
}

/** Show this one. */
export function showWords(connection: TrackedConnection): readonly string[] {
  return ['conntrack', '-L', ...flowWords(connection)];
}

function flowWords({ protocol, original }: TrackedConnection): readonly string[] {
  const { source, destination, sourcePort, destPort } = original;
  const isInet6 = familyOf(source) === 'inet6';
  const ends = ['-s', source, '-d', destination];
  if (protocol !== 'icmp') {
    return [...family(isInet6), '-p', protocol, ...ends, '--sport', String(sourcePort), '--dport', String(destPort)];
  }
  const version = protocolName(protocol, isInet6);
  return [...family(isInet6), '-p', version, ...ends, `--${version}-id`, String(sourcePort)];
}

function protocolName(protocol: TrackedConnection['protocol'], isInet6: boolean): string {
  return protocol === 'icmp' && isInet6 ? 'icmpv6' : protocol;
}

function family(isInet6: boolean): readonly string[] {
  return isInet6 ? ['-f', 'ipv6'] : [];
}
