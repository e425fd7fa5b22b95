/**
 * A namespace on the way does not forward: the gate is the interface that the packet came in by.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import type { Netns } from '../../host/host.ts';
import { confKey, type SysctlKey, sysctlKey } from '../../host/sysctl.ts';
import { defineRule } from '../define.ts';
import { sysctlEvidence } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';

export const forwardingOff = defineRule({
  code: 'forwarding-off',
  title: 'A namespace on the path does not forward',
  source: 'net/ipv4/route.c: ip_route_input_slow(), IN_DEV_FORWARD; net/ipv6/ip6_output.c: ip6_forward()',
  explains: [],

  find(context) {
    const dropped = droppedAs(context, 'not-forwarding');
    if (dropped === undefined) return [];
    const { netns, reason } = dropped;
    const key = sysctlKey(reason.key);
    return [
      {
        netns: netns.name,
        device: reason.inDevice,
        what: `${netns.name} does not forward what comes in by ${reason.inDevice}`,
        why: reason.key.startsWith('net/ipv6')
          ? 'Linux passes an IPv6 packet on only while forwarding is on for the whole namespace'
          : 'Linux passes an IPv4 packet on only if the interface that it came in by forwards; ip_forward sets that for all of them',
        evidence: [sysctlEvidence(netns, key)],
        repairs: repairsOf(netns, key),
      },
    ];
  },
});

/** The whole namespace where it forwards nowhere, the one interface where it is the exception. */
function repairsOf(netns: Netns, key: SysctlKey): readonly Repair[] {
  const only = set(netns, key, 'Let it forward what comes in by this interface', undefined);
  const everywhere = netns.sysctls.values.get(confKey('ipv4', 'all', 'forwarding'));
  if (key.startsWith('net/ipv6')) {
    const sideEffects = `${netns.name} forwards IPv6 between all its interfaces, and no longer listens to router advertisements`;
    return [set(netns, key, `Let ${netns.name} forward IPv6`, sideEffects)];
  }
  if (everywhere !== '0') return [only];
  const all = set(
    netns,
    sysctlKey('net/ipv4/ip_forward'),
    `Let ${netns.name} forward IPv4`,
    `${netns.name} forwards between all its interfaces; it is off again after a restart unless sysctl.conf says so`,
  );
  return [all, only];
}

function set(netns: Netns, key: SysctlKey, intent: string, sideEffects: string | undefined): Repair {
  return { intent, edits: [{ kind: 'sysctl', netns: netns.name, key, value: '1' }], sideEffects };
}
