/**
 * Repairs of published ports: the rule that leads there, and what the answer needs to come back by the same way.
 *
 * @module
 */

import { applyEdit } from '../host/apply.ts';
import type { Edit, TrafficSelector } from '../host/edit.ts';
import type { Netns } from '../host/host.ts';
import type { DeviceName } from '../host/link.ts';
import { type DnatTarget, targetText } from '../host/rule-action.ts';
import type { Machinery, RuleRef } from '../host/ruleset.ts';
import { confKey } from '../host/sysctl.ts';
import { type Packet, packetFamily } from '../journey/packet.ts';
import { endpointText } from '../journey/packet-text.ts';
import { familyOf, isLoopback } from '../net/address.ts';
import { hostPrefix, type Prefix, parsePrefix } from '../net/prefix.ts';
import { walkRoundTrip } from '../walk/round-trip.ts';
import type { FaultContext } from './rule.ts';
import { type DnatHook, translatedIn } from './search/published.ts';

/** A rule that leads what is sent there to the target. */
export function publish(
  netns: Netns,
  hook: DnatHook,
  packet: Packet,
  rule: { readonly machinery: Machinery; readonly to: DnatTarget; readonly before: RuleRef | undefined },
): Edit {
  return { kind: 'dnat', netns: netns.name, hook, traffic: towards(packet), ...rule };
}

/** `Lead 198.51.100.1:8080 to 172.20.0.2:80`. */
export function publishIntent(packet: Packet, to: DnatTarget): string {
  return `Lead ${endpointText(packet, 'destination')} to ${targetText(to)}`;
}

function towards(packet: Packet): TrafficSelector {
  const { transport } = packet;
  const ends = { family: packetFamily(packet), destination: hostPrefix(packet.destination) };
  return transport.protocol === 'icmp' ? ends : { ...ends, protocol: transport.protocol, destPort: transport.destPort };
}

/** Its answer comes back to who translated the destination, when the source is translated too. */
export function hairpin(
  netns: Netns,
  machinery: Machinery,
  source: Prefix,
  { target, outDevice }: { readonly target: Packet['destination']; readonly outDevice: DeviceName },
): Edit {
  const traffic = { family: familyOf(target), source, destination: hostPrefix(target), outDevice };
  return { kind: 'masquerade', netns: netns.name, machinery, traffic, before: undefined };
}

/**
 * What has to follow when 127.0.0.1 is led out of the namespace: the device has to let such a source pass, and the
 * packet needs another one, because nobody else takes it. Empty when the edits lead nowhere outside.
 */
export function loopbackEdits({ host, question }: FaultContext, edits: readonly Edit[]): readonly Edit[] {
  const repaired = edits.reduce(applyEdit, host);
  const { fate, steps } = walkRoundTrip(repaired, question).request;
  const translated = translatedIn(repaired, steps);
  if (translated === undefined || fate.kind !== 'dropped' || fate.reason.kind !== 'martian-source') return [];
  const { netns, rule, after } = translated;
  if (!isLoopback(fate.reason.address) || packetFamily(after) !== 'inet') return [];
  const refusedHere = fate.netns === netns.name;
  const outDevice = refusedHere
    ? fate.device
    : steps.findLast((step) => step.stage === 'route' && step.netns === netns.name)?.device;
  const loopback = parsePrefix('127.0.0.0/8');
  if (outDevice === undefined || loopback === undefined) return [];
  const key = confKey('ipv4', outDevice, 'route_localnet');
  const allow: Edit = { kind: 'sysctl', netns: netns.name, key, value: '1' };
  const masquerade = hairpin(netns, rule.machinery, loopback, { target: after.destination, outDevice });
  return refusedHere ? [allow, masquerade] : [masquerade];
}
