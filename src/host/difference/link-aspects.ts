/**
 * What can be set of a device, each under the word that `ip link` and `bridge` have for it.
 *
 * @module
 */

import type { Link, LinkDetail, VethPeer } from '../link.ts';

/** A setting, and its value as it is printed; absent where the device has no such setting. */
export type LinkAspects = Readonly<Record<string, string>>;

/** Where the words of the kernel's tools differ from the names in `Link`. */
const WORDS: Readonly<Record<string, string>> = {
  dstPort: 'dstport',
  vlanFiltering: 'vlan_filtering',
  nfCallIptables: 'nf_call_iptables',
  nfCallIp6tables: 'nf_call_ip6tables',
  infoKind: 'kind',
  broadcastFlood: 'bcast_flood',
  multicastFlood: 'mcast_flood',
  link: 'dev',
};

export const PORT_STATE = 'port state';

/** Everything but name, index, addresses and what takes frames, which are changes of their own. */
export function linkAspects(link: Link): LinkAspects {
  const { state, ...port } = link.port ?? {};
  return {
    ...printed({
      up: link.up,
      carrier: link.carrier,
      master: link.master,
      mtu: link.mtu,
      MAC: link.mac,
      noarp: link.noArp,
    }),
    ...printed({ [PORT_STATE]: state, ...port }),
    ...printed(detailValues(link.detail)),
    ...printed(Object.fromEntries(link.unmodelled.map((setting) => [setting, 'set']))),
  };
}

/** One setting that is not as it was; `undefined` where the device had, or has, no such setting. */
export interface ChangedAspect {
  readonly aspect: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** The aspects of which the two devices differ. */
export function changedAspects(before: Link, after: Link): readonly ChangedAspect[] {
  const [old, now] = [linkAspects(before), linkAspects(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((aspect) => old[aspect] !== now[aspect])
    .map((aspect) => ({ aspect, before: old[aspect], after: now[aspect] }));
}

/** The same without what the kernel changes along with another one of them. */
export function ownAspects(before: Link, after: Link): readonly ChangedAspect[] {
  const changed = changedAspects(before, after);
  const names = new Set(changed.map(({ aspect }) => aspect));
  return changed.filter(({ aspect, before: was, after: is }) => {
    if (aspect === 'carrier') return !names.has('up');
    if (aspect === PORT_STATE) return !names.has('up') && !names.has('carrier') && !names.has('master');
    // The settings of a port come and go with the bridge that it is of.
    return !(names.has('master') && (was === undefined || is === undefined)) || aspect === 'master';
  });
}

function detailValues(detail: LinkDetail): Readonly<Record<string, unknown>> {
  switch (detail.kind) {
    case 'veth':
      return { kind: detail.kind, peer: farEnd(detail.peer) };
    case 'macvlan':
    case 'vlan':
      return { ...detail, lower: farEnd(detail.lower) };
    case 'other':
      return { kind: detail.infoKind };
    case 'loopback':
    case 'bridge':
    case 'vxlan':
    case 'dummy':
    case 'physical':
      return { ...detail };
  }
}

function farEnd(peer: VethPeer): string {
  return peer.kind === 'found' ? `${peer.device} in ${peer.netns}` : `ifindex ${peer.ifindex}, which is not seen`;
}

function printed(values: Readonly<Record<string, unknown>>): LinkAspects {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[WORDS[name] ?? name, typeof value === 'boolean' ? onOff(value) : String(value)]],
    ),
  );
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off';
}
