/**
 * Who says that the probe failed, from three tellers: the ICMP errors on the wire, a TCP reset, and the sender itself.
 *
 * The wire knows who said it, so what the sender heard of the same is left out. An ICMP error that was sent and did not
 * reach the sender is told too: that it got lost may be the very fault.
 *
 * @module
 */

import type { NetnsName } from '../host/link.ts';
import type { ProbeError } from '../journey/observation.ts';
import { icmpText, icmpv6Text } from '../wire/icmp-text.ts';
import { innermostIp } from '../wire/packet.ts';
import type { Found } from './recognise.ts';
import { isIcmpError } from './seen.ts';

/** @param heard What the sender's socket (or ping) was told. @param source Where the sender is. */
export function errorsOf(
  found: readonly Found[],
  heard: readonly ProbeError[],
  source: NetnsName,
): readonly ProbeError[] {
  const arrived = found.filter(({ seen }) => seen.netns === source && seen.direction === 'in');
  const icmp = firstOf(arrived.flatMap(icmpError), found.flatMap(icmpError));
  const resets = arrived.flatMap(reset);
  const told = [...icmp, ...resets];
  return distinct([...told, ...heard.filter(({ from }) => from !== undefined || told.length === 0)]);
}

function firstOf<T>(preferred: readonly T[], otherwise: readonly T[]): readonly T[] {
  return preferred.length > 0 ? preferred : otherwise;
}

function icmpError({ seen, sighting: { what, leg } }: Found): readonly ProbeError[] {
  const ip = innermostIp(seen.packet);
  if (what !== 'error' || ip === undefined || !isIcmpError(seen)) return [];
  const { source, transport } = ip;
  const about = leg === 'reply' ? ' (about the answer)' : '';
  if (transport?.layer === 'icmp') return [{ from: source, text: `${icmpText(transport.header)}${about}` }];
  if (transport?.layer === 'icmpv6') return [{ from: source, text: `${icmpv6Text(transport.header)}${about}` }];
  return [];
}

function reset({ seen, sighting: { what, leg } }: Found): readonly ProbeError[] {
  const ip = innermostIp(seen.packet);
  const isReset = ip?.transport?.layer === 'tcp' && ip.transport.header.flags.has('rst');
  return isReset && what === 'packet' && leg === 'reply' ? [{ from: ip.source, text: 'Connection refused' }] : [];
}

function distinct(errors: readonly ProbeError[]): readonly ProbeError[] {
  return [...new Map(errors.map((error) => [`${error.from} ${error.text}`, error])).values()];
}
