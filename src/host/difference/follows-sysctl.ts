/**
 * What follows from a sysctl: other sysctls, and all of IPv6.
 *
 * Source: net/ipv4/devinet.c inet_forward_change(); net/ipv6/addrconf.c addrconf_disable_ipv6(). Seen in
 * test/live/difference.test.ts.
 *
 * @module
 */

import type { DeviceName, NetnsName } from '../link.ts';
import { confKey } from '../sysctl.ts';
import type { Change } from './change.ts';
import { type ChangeIndex, placeKey, type SysctlChange } from './change-index.ts';

/** One setting sets others: ip_forward is conf/all/forwarding, reaches every device, and says whether to be redirected. */
const REACHES: readonly { readonly set: RegExp; readonly by: readonly string[] }[] = [
  {
    set: /^net\/ipv4\/conf\/([^/]+\/forwarding|(all|default)\/accept_redirects)$/,
    by: ['net/ipv4/ip_forward', 'net/ipv4/conf/all/forwarding'],
  },
  { set: /^net\/ipv6\/conf\/[^/]+\/forwarding$/, by: ['net/ipv6/conf/all/forwarding'] },
  { set: /^net\/ipv6\/conf\/[^/]+\/disable_ipv6$/, by: ['net/ipv6/conf/all/disable_ipv6'] },
];

export function causeOfSysctl(change: SysctlChange, index: ChangeIndex): Change | undefined {
  const keys = REACHES.find(({ set }) => set.test(change.key))?.by ?? [];
  return keys
    .map((key) => index.sysctls.get(placeKey(change.netns, key)))
    .find((cause) => cause !== undefined && isSetBy(change, cause));
}

function isSetBy(change: SysctlChange, cause: SysctlChange): boolean {
  if (cause === change || cause.action !== 'changed' || change.action !== 'changed') return false;
  // accept_redirects becomes the opposite of it.
  return (change.after === cause.after) !== change.key.endsWith('/accept_redirects');
}

/** IPv6 was switched off or on there, for all devices or for this one. */
export function ipv6Switched(netns: NetnsName, device: DeviceName, index: ChangeIndex): Change | undefined {
  const keys = (['all', device] as const).map((name) => confKey('ipv6', name, 'disable_ipv6'));
  return keys.map((key) => index.sysctls.get(placeKey(netns, key))).find((change) => change?.action === 'changed');
}
