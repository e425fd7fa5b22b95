/**
 * The sysctls of a host that a test builds: the kernel's defaults, and what setting one of them changes besides.
 *
 * `ip_forward` is `conf/all/forwarding`, and that (as IPv6's `forwarding` and `disable_ipv6`) is copied to every device.
 *
 * Source: net/ipv4/devinet.c devinet_sysctl_forward(), net/ipv6/addrconf.c addrconf_fixup_forwarding().
 *
 * @module
 */

import type { SysctlKey } from '../../src/host/sysctl.ts';

const DEFAULTS: Readonly<Record<string, number>> = {
  'net/ipv4/ip_forward': 0,
  'net/ipv4/ip_forward_use_pmtu': 0,
  'net/ipv4/icmp_echo_ignore_all': 0,
  'net/ipv4/icmp_echo_ignore_broadcasts': 1,
  'net/ipv6/icmp/echo_ignore_all': 0,
  'net/bridge/bridge-nf-call-iptables': 0,
  'net/bridge/bridge-nf-call-ip6tables': 0,
  'net/ipv4/fib_multipath_hash_policy': 0,
  'net/netfilter/nf_conntrack_count': 0,
  'net/netfilter/nf_conntrack_max': 262_144,
};

const CONF4: Readonly<Record<string, number>> = {
  forwarding: 0,
  rp_filter: 0,
  arp_ignore: 0,
  arp_filter: 0,
  arp_announce: 0,
  accept_local: 0,
  route_localnet: 0,
  proxy_arp: 0,
  proxy_arp_pvlan: 0,
  src_valid_mark: 0,
  bc_forwarding: 0,
  ignore_routes_with_linkdown: 0,
};

const CONF6: Readonly<Record<string, number>> = {
  forwarding: 0,
  force_forwarding: 0,
  disable_ipv6: 0,
  proxy_ndp: 0,
  accept_ra: 1,
  keep_addr_on_down: 0,
  ignore_routes_with_linkdown: 0,
};

/**
 * All of them, for these devices.
 *
 * @param settings Set in this order, as `sysctl -w` would.
 */
export function sysctlsOf(
  links: readonly string[],
  settings: Readonly<Record<string, string | number>>,
): ReadonlyMap<SysctlKey, string> {
  const values = new Map<SysctlKey, string>();
  const set = (key: string, value: string | number) => values.set(key as SysctlKey, String(value));
  const devices = ['all', 'default', 'lo', ...links];
  for (const [key, value] of Object.entries(DEFAULTS)) set(key, value);
  for (const device of devices) {
    for (const [name, value] of Object.entries(CONF4)) set(`net/ipv4/conf/${device}/${name}`, value);
    for (const [name, value] of Object.entries(CONF6)) set(`net/ipv6/conf/${device}/${name}`, value);
  }
  for (const [key, value] of Object.entries(settings)) {
    if (!values.has(key as SysctlKey)) throw new Error(`tests know no sysctl ${key}`);
    set(key, value);
    const everywhere = /^net\/(ipv4|ipv6)\/(?:conf\/all\/(forwarding|disable_ipv6)|ip_forward)$/.exec(key);
    if (everywhere === null) continue;
    const name = everywhere[2] ?? 'forwarding';
    for (const device of devices) set(`net/${everywhere[1]}/conf/${device}/${name}`, value);
    if (key === 'net/ipv4/conf/all/forwarding') set('net/ipv4/ip_forward', value);
  }
  return values;
}
