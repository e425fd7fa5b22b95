/**
 * Whose hooks a packet passes at one place: those of its IP version, of bridges, of a device, and with br_netfilter
 * those of IP within those of the bridge.
 *
 * @module
 */

import type { Netns } from '../../host/host.ts';
import type { DeviceName } from '../../host/link.ts';
import type { Hook, Ruleset } from '../../host/ruleset.ts';
import { readSysctl, sysctlKey } from '../../host/sysctl.ts';
import { packetFamily } from '../../journey/packet.ts';
import { callsIpHooks, isBridge } from './bridge-netfilter.ts';
import type { Choose } from './choices.ts';
import type { HookPass } from './contract.ts';
import { type HookEntry, type HookPlan, type HookScope, hookPlan } from './plan.ts';

/** The hook of one scope. */
export interface ScopedPlan {
  readonly scope: HookScope;
  readonly plan: HookPlan;
}

/** Whose hooks the packet passes here, in order. `done`: it has passed them while it was bridged. */
export function plansOf(pass: HookPass, ruleset: Ruleset, choose: Choose): readonly ScopedPlan[] | 'done' {
  const { hook, bridged, netns, inDevice } = pass;
  const family = packetFamily(pass.packet);
  const planOf = (scope: HookScope): ScopedPlan => ({ scope, plan: hookPlan(ruleset, hook, scope) });
  const isSentThroughIp = (bridge: DeviceName) => {
    const calls = callsIpHooks(netns, bridge, family);
    const question = `whether br_netfilter sends the frames of ${bridge} through the IP firewall could not be read`;
    return calls === 'unknown' ? choose(question, 2) === 1 : calls;
  };
  if (hook === 'ingress' || hook === 'egress') return [planOf('netdev')];
  if (bridged !== undefined) {
    const bridge = planOf('bridge');
    // br_netfilter leaves tagged frames alone unless it is told otherwise.
    if (bridged.isTagged === true && !filtersTagged(netns)) return [bridge];
    const isIpHook =
      hook === 'forward' || hook === 'prerouting' || (hook === 'postrouting' && bridged.inPort !== undefined);
    return isIpHook && isSentThroughIp(bridged.bridge) ? around(bridge, planOf(family), hook) : [bridge];
  }
  if (hook === 'prerouting' && isBridge(netns, inDevice) && isSentThroughIp(inDevice)) return 'done';
  return [planOf(family)];
}

function filtersTagged({ sysctls }: Netns): boolean {
  const setting = readSysctl(sysctls, sysctlKey('net/bridge/bridge-nf-filter-vlan-tagged'));
  return setting.known && setting.value !== 0;
}

/** br_netfilter stands at priority 0 of the bridge's hooks, and behind everything in postrouting. */
function around({ scope, plan }: ScopedPlan, ip: ScopedPlan, hook: Hook): readonly ScopedPlan[] {
  const isBefore = (group: readonly HookEntry[]) => hook === 'postrouting' || (group[0]?.priority ?? 0) <= 0;
  const before = plan.groups.filter(isBefore);
  const after = plan.groups.filter((group) => !isBefore(group));
  return [{ scope, plan: { ...plan, groups: before } }, ip, { scope, plan: { groups: after, chainCount: 0 } }];
}

/** Programs whose rules at the hook could not be read. */
export function unreadIn({ unread }: Ruleset, scope: HookScope): readonly string[] {
  const family = scope === 'inet' ? 'ip' : scope === 'inet6' ? 'ip6' : undefined;
  return unread
    .filter((part) => part.machinery === 'nft' || (family !== undefined && (part.family ?? family) === family))
    .map(({ why }) => why);
}
