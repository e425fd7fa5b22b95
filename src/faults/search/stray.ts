/**
 * veth ends that were left where they were made, and namespaces that still wait for one.
 *
 * @module
 */

import { allLinks, findNetns, type Host, linksOf, type Netns } from '../../host/host.ts';
import type { DeviceRef, Link, NetnsName } from '../../host/link.ts';
import { confKey, readSysctl } from '../../host/sysctl.ts';
import { routableAddresses } from './owner.ts';

/** Whether the namespace holds nothing but lo: nothing was moved into it. */
export function isBare(netns: Netns): boolean {
  return netns.links.known && linksOf(netns).every(({ detail }) => detail.kind === 'loopback');
}

/** The namespaces that hold nothing but lo, by name. The one nsdiag runs in is not waiting for anything. */
export function bareNamespaces(host: Host): readonly Netns[] {
  return host.namespaces
    .filter((netns) => netns.entry.kind !== 'here' && isBare(netns))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** A veth end as it is right after it was made: down, without address, on no bridge, told to answer for nobody. */
export function isUntouched(host: Host, name: NetnsName, link: Link): boolean {
  return (
    link.detail.kind === 'veth' &&
    !link.up &&
    link.master === undefined &&
    !isProxy(findNetns(host, name), link) &&
    routableAddresses(link, 'inet').length === 0 &&
    routableAddresses(link, 'inet6').length === 0
  );
}

/** Somebody set proxy_arp on this very device: it stands for others on that wire. */
function isProxy(netns: Netns | undefined, { name }: Link): boolean {
  const isOn = (device: Link['name'] | 'default') => {
    const setting = netns && readSysctl(netns.sysctls, confKey('ipv4', device, 'proxy_arp'));
    return setting?.known === true && setting.value !== 0;
  };
  return isOn(name) && !isOn('default');
}

/** The untouched veth ends, outside of this namespace, by device name. */
export function strayEnds(host: Host, besides: NetnsName): readonly DeviceRef[] {
  return [...allLinks(host)]
    .filter(({ netns, link }) => netns.name !== besides && isUntouched(host, netns.name, link))
    .map(({ netns, link }) => ({ netns: netns.name, device: link.name }))
    .sort((a, b) => a.device.localeCompare(b.device));
}
