/**
 * A vxlan device: where its forwarding database sends frames, and which one takes them out at the far end.
 *
 * Frames that no entry knows go to the all-zero entries, of which `remote` makes one. Static entries are not relearned,
 * and a frame whose sender they put elsewhere is dropped. A frame is taken out by a vxlan of the same number on the
 * same port, in the namespace in which that vxlan was made.
 *
 * Source: drivers/net/vxlan/vxlan_core.c vxlan_find_mac(), vxlan_snoop(), vxlan_vs_find_vni().
 * Seen in test/live/kernel-vxlan.test.ts.
 *
 * @module
 */

import type { LinkDetail } from '../host/link.ts';
import type { FdbEntry } from '../host/route.ts';
import type { Fate } from '../journey/fate.ts';
import type { Address } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import { droppedIn } from './fates.ts';
import type { HostIndex } from './host-index.ts';
import type { Device, NetnsIndex } from './netns-index.ts';

/** What only a vxlan has. */
export type Vxlan = Extract<LinkDetail, { kind: 'vxlan' }>;

const ALL_ZERO = '00:00:00:00:00:00';

/** Where broadcasts and unknown frames are sent. Not to `remote`, when somebody has deleted the entry that it made. */
export function floodRemotes(device: Device): readonly Address[] {
  return remotes(device)
    .filter(({ mac }) => mac === ALL_ZERO)
    .map(({ destination }) => destination);
}

/** Where entries that nothing relearns send frames to this MAC. */
export function fixedRemotes(device: Device, mac: Mac): readonly Address[] {
  return remotes(device)
    .filter((entry) => entry.mac === mac && entry.state !== 'dynamic')
    .map(({ destination }) => destination);
}

/** The vxlan that takes the frame out, in the namespace to which the wrapping came. */
export function takenBy(
  host: HostIndex,
  netns: NetnsIndex,
  { vni, dstPort }: Vxlan,
): { readonly kind: 'end'; readonly device: Device } | Fate {
  const listening: Device[] = [];
  for (const each of host.namespaces.values()) {
    for (const device of each.devices.values()) {
      const detail = vxlanOf(device);
      if (detail !== undefined && underlayOf(host, device, detail) === netns) listening.push(device);
    }
  }
  const match = listening.find((device) => {
    const detail = vxlanOf(device);
    return device.link.up && detail?.vni === vni && detail.dstPort === dstPort;
  });
  if (match !== undefined) return { kind: 'end', device: match };
  const here = listening.map(({ ref }) => ref);
  return droppedIn(netns, { kind: 'tunnel-unmatched', vni, port: dstPort, here });
}

/** vxlan_snoop(): a static entry is not moved, and what contradicts it is dropped. */
export function isSenderElsewhere(end: Device, sender: Mac, source: Address | undefined): boolean {
  const fixed = fixedRemotes(end, sender);
  const isLearning = vxlanOf(end)?.learning ?? false;
  return isLearning && fixed.length > 0 && !fixed.some((remote) => remote === source);
}

export function vxlanOf({ link }: Device): Vxlan | undefined {
  return link.detail.kind === 'vxlan' ? link.detail : undefined;
}

/** The namespace in which the wrapping travels: where the tunnel was made. */
export function underlayOf(host: HostIndex, device: Device, { underlay }: Vxlan): NetnsIndex | undefined {
  return underlay === undefined ? device.netns : host.namespaces.get(underlay);
}

function remotes(device: Device): readonly (FdbEntry & { readonly destination: Address })[] {
  return (device.netns.fdb.get(device.link.name) ?? []).filter(isRemote);
}

function isRemote(entry: FdbEntry): entry is FdbEntry & { readonly destination: Address } {
  return entry.destination !== undefined;
}
