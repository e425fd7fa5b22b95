/**
 * All that a lab may leave on a machine, as text: compare it before and after.
 *
 * @module
 */

import { existsSync, readdirSync } from 'node:fs';
import type { World } from './world.ts';

const LISTING = `
  ip netns list
  ip -o link | sed 's/ state .*//; s/ link.*//'
  ip -o addr | grep -w inet || :
  for family in -4 -6; do ip $family route show table all; ip $family rule; done
  sysctl -a -r '^net.(ipv4.ip_forward|ipv4.conf.all|ipv4.icmp|ipv6.conf.all|bridge)' 2>/dev/null
  iptables-legacy-save; ip6tables-legacy-save
  nft list ruleset
  find /etc/netns 2>/dev/null || :
  cat /proc/[0-9]*/comm | grep -x node || :
`;

export async function traces(world: World): Promise<string> {
  const listing = await world.sh(LISTING);
  const states = `${world.root}/run/nsdiag/labs/${world.network}`;
  return `${listing}\n${existsSync(states) ? readdirSync(states).join('\n') : ''}`;
}
