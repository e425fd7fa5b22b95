/**
 * Who answers a neighbour solicitation: IPv6's side of neighbour resolution.
 *
 * Unlike ARP, only for an address of the very device that was asked, once duplicate detection has passed it; and for
 * proxy entries of that device, where the namespace forwards and `proxy_ndp` is on.
 *
 * Source: net/ipv6/ndisc.c ndisc_recv_ns(), ndisc_solicit(), pndisc_is_router(). Seen in test/live/kernel-nd.test.ts.
 *
 * @module
 */

import type { Address } from '../net/address.ts';
import type { NeighborAnswer } from './arp.ts';
import { conf, type Device } from './netns-index.ts';
import { isNotReady } from './source-address6.ts';

/** The address by which a device asks: the packet's own source if this device has it, else its link-local one. */
export function solicitationSender({ link }: Device, packetSource: Address | undefined): Address | undefined {
  const ready = link.addresses.filter((each) => each.family === 'inet6' && !isNotReady(each));
  const own = ready.find(({ address }) => address === packetSource) ?? ready.find(({ scope }) => scope === 'link');
  return own?.address;
}

/** Whether the device, which the solicitation reached, answers it. */
export function answersSolicitation(device: Device, target: Address): NeighborAnswer {
  const { netns, ref, link } = device;
  if (netns.unread.length > 0) return { kind: 'unknown', because: netns.unread };
  const held = netns.holders.get(target)?.find((holder) => holder.device === device)?.address;
  // The advertisement would be sent to the device's own MAC.
  if (held !== undefined && link.noArp) return { kind: 'silent', silence: { kind: 'noarp', owner: ref } };
  if (held !== undefined) {
    if (!isNotReady(held)) return { kind: 'answers', asProxy: false };
    const flag = held.flags.includes('dadfailed') ? 'dadfailed' : 'tentative';
    return { kind: 'silent', silence: { kind: 'address-not-ready', owner: ref, flag } };
  }
  const isProxied = netns.proxies.some((entry) => entry.address === target && entry.device === ref.device);
  if (!isProxied) return { kind: 'stranger' };
  const forwarding = conf(netns, 'inet6', 'all', 'forwarding');
  const all = conf(netns, 'inet6', 'all', 'proxy_ndp');
  const own = conf(netns, 'inet6', ref.device, 'proxy_ndp');
  if (!forwarding.known) return { kind: 'unknown', because: [forwarding.why] };
  if (!all.known) return { kind: 'unknown', because: [all.why] };
  if (!own.known) return { kind: 'unknown', because: [own.why] };
  const answers = forwarding.value !== 0 && (all.value !== 0 || own.value !== 0);
  return answers ? { kind: 'answers', asProxy: true } : { kind: 'stranger' };
}
