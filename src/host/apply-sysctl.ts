/**
 * Writing a sysctl, as the host after it, with what the kernel changes besides.
 *
 * `ip_forward` is another name of `conf/all/forwarding`. When that *changes*, it is copied to every device and to
 * `default`; written again as it is, it copies nothing. IPv6's `conf/all/forwarding` and `conf/all/disable_ipv6` do the
 * same. `disable_ipv6` takes the device's IPv6 addresses and routes away; back on, only the link-local one returns.
 * `nf_conntrack_max` is one number for the whole machine, which every namespace shows.
 *
 * Source: net/ipv4/devinet.c devinet_sysctl_forward(), inet_forward_change(); net/ipv6/addrconf.c
 * addrconf_fixup_forwarding(), addrconf_disable_ipv6(); net/netfilter/nf_conntrack_standalone.c. Held to the kernel in
 * test/live/faults-apply.test.ts.
 *
 * @module
 */

import { changeLink, changeRoutes } from './change.ts';
import { findNetns, type Host, linksOf, replaceNetns } from './host.ts';
import type { DeviceName, NetnsName } from './link.ts';
import { addLinkLocal } from './settle.ts';
import { CONNTRACK_MAX, confKey, type SysctlKey, sysctlKey } from './sysctl.ts';

const IP_FORWARD = sysctlKey('net/ipv4/ip_forward');
const ALL_FORWARDING = confKey('ipv4', 'all', 'forwarding');

/** `sysctl -w KEY=VALUE`. */
export function writeSysctl(host: Host, name: NetnsName, key: SysctlKey, value: string): Host {
  const netns = findNetns(host, name);
  if (netns === undefined || netns.sysctls.values.get(key) === value) return host;
  const written = new Map(netns.sysctls.values);
  for (const each of reach([...written.keys()], key)) written.set(each, value);
  if (key === IP_FORWARD || key === ALL_FORWARDING) {
    // A router does not take advice about routes, and an end host does (inet_forward_change()).
    const redirects = confKey('ipv4', 'all', 'accept_redirects');
    if (written.has(redirects)) written.set(redirects, value === '0' ? '1' : '0');
  }
  const changed = replaceNetns(host, name, (each) => ({ ...each, sysctls: { ...each.sysctls, values: written } }));
  return key === CONNTRACK_MAX ? writeEverywhere(changed, key, value) : switchInet6(host, changed, name);
}

function writeEverywhere(host: Host, key: SysctlKey, value: string): Host {
  return {
    ...host,
    namespaces: host.namespaces.map((netns) => {
      const { sysctls } = netns;
      if (!sysctls.values.has(key)) return netns;
      return { ...netns, sysctls: { ...sysctls, values: new Map([...sysctls.values, [key, value]]) } };
    }),
  };
}

/** Every key that gets the value. */
function reach(keys: readonly SysctlKey[], key: SysctlKey): readonly SysctlKey[] {
  const of = key === IP_FORWARD ? ALL_FORWARDING : key;
  const everywhere = /^net\/(ipv4|ipv6)\/conf\/all\/(forwarding|disable_ipv6)$/.exec(of);
  if (everywhere === null) return [key];
  const [, protocol, setting] = everywhere;
  const copies = keys.filter((each) => each.startsWith(`net/${protocol}/conf/`) && each.endsWith(`/${setting}`));
  return [key, of, ...(of === ALL_FORWARDING ? [IP_FORWARD] : []), ...copies];
}

/** Devices on which IPv6 was switched on or off just now. */
function switchInet6(before: Host, host: Host, name: NetnsName): Host {
  const [old, now] = [findNetns(before, name), findNetns(host, name)];
  if (old === undefined || now === undefined) return host;
  return linksOf(now).reduce((changed, link) => {
    const key = confKey('ipv6', link.name, 'disable_ipv6');
    const [was, is] = [old.sysctls.values.get(key), now.sysctls.values.get(key)];
    if (was === is) return changed;
    if (is === '0') return link.up && link.carrier ? addLinkLocal(changed, now, link.name) : changed;
    return withoutInet6(changed, name, link.name);
  }, host);
}

function withoutInet6(host: Host, netns: NetnsName, device: DeviceName): Host {
  const bare = changeLink(host, { netns, device }, (link) => ({
    ...link,
    addresses: link.addresses.filter(({ family }) => family === 'inet'),
  }));
  return changeRoutes(bare, netns, (routes) =>
    routes.filter((route) => route.family === 'inet' || !route.nexthops.some((hop) => hop.device === device)),
  );
}
