/**
 * A bridge in the search through a segment: which ports a frame goes out by, and whether the bridge takes it itself.
 *
 * A bridge's learned entries are not read: the ARP exchange has just taught it where both ends are.
 *
 * Source: net/bridge/br_input.c br_handle_frame_finish(), br_device.c br_dev_xmit(). Seen in
 * test/live/kernel-segment.test.ts.
 *
 * @module
 */

import type { Mac } from '../net/mac.ts';
import { decidingEntry, portObstacle } from './bridge-port.ts';
import { enterVlan, filters, leaveVlan, type Tag } from './bridge-vlan.ts';
import type { Device, PortDevice } from './netns-index.ts';
import { isArpStopped } from './segment-arp.ts';
import { block, type Search, stop, type Way } from './segment-search.ts';
import { receiveUp, takeUp } from './segment-stacked.ts';
import { uppersOf, vlanOn } from './stacked.ts';

/** What the bridge does with a frame from one of its ports, or (`from` undefined) from its own namespace. */
export function bridgeForward(search: Search, bridge: Device, from: PortDevice | undefined, way: Way, tag: Tag): void {
  if (search.seen.has(bridge)) return;
  search.seen.add(bridge);
  const { bridgeVlans } = bridge.netns.netns;
  if (filters(bridge) && !bridgeVlans.known) {
    block(search, way, bridge.ref, 'unread', bridgeVlans.why);
    return;
  }
  const entered = enterVlan(bridge, from?.device ?? bridge, tag);
  if ('because' in entered) {
    stop(search, way, entered);
    return;
  }
  const { vlan } = entered;
  const { frame } = search;
  if (isArpStopped(search, way, bridge, 'bridge', from === undefined ? ['output'] : ['prerouting'])) return;
  const { fdb } = bridge.netns.netns;
  if (frame.kind === 'unicast' && !fdb.known) {
    block(search, way, bridge.ref, 'unread', fdb.why);
    return;
  }
  const entry = frame.kind === 'unicast' ? decidingEntry(bridge, frame, filters(bridge) ? vlan : undefined) : undefined;
  if (entry === undefined && isLearnedAtIngress(search, from)) {
    block(search, way, from.device.ref, 'same-mac');
    return;
  }
  if (from !== undefined) {
    const isForUs = frame.kind !== 'unicast' || isOwnMac(search, bridge, from, frame.mac);
    if (isForUs && !isArpStopped(search, way, bridge, 'bridge', ['input'])) {
      const own = { kind: 'bridge' as const, bridge, inPort: from.device, outPort: undefined, how: 'local' as const };
      const up = leaveVlan(bridge, bridge, vlan);
      if ('because' in up) stop(search, way, up);
      else receiveByBridge(search, bridge, [...way, { ...own, ...taggedness(tag, up.tag) }], up.tag);
    }
    if (isForUs && frame.kind === 'unicast') return;
  }
  // A permanent entry is the bridge's own address: such a frame goes up, and no further.
  if (entry?.state === 'permanent') return;
  if (isArpStopped(search, way, bridge, 'bridge', from === undefined ? ['postrouting'] : ['forward', 'postrouting']))
    return;
  let goesOn = false;
  for (const port of bridge.netns.ports.get(bridge.link.name) ?? []) {
    if (entry !== undefined && entry.device !== port.device.link.name) continue;
    const obstacle = portObstacle(frame, from, port, entry !== undefined);
    if (obstacle === 'own-port') continue;
    goesOn = true;
    if (obstacle !== undefined) {
      stop(search, way, obstacle);
      continue;
    }
    const how = frame.kind === 'unicast' && (frame.isLearned || entry !== undefined) ? 'fdb' : 'flood';
    const left = leaveVlan(bridge, port.device, vlan);
    if ('because' in left) {
      stop(search, way, left);
      continue;
    }
    const crossing = { kind: 'bridge' as const, bridge, inPort: from?.device, outPort: port.device, how } as const;
    search.transmit(search, port.device, [...way, { ...crossing, ...taggedness(tag, left.tag) }], left.tag);
  }
  if (!goesOn && from !== undefined && frame.kind === 'unicast') search.deadEnds.push(way);
}

/** The MACs for which a bridge takes frames itself: its own, its port's, and those of what stands on it. */
function isOwnMac({ host }: Search, bridge: Device, from: PortDevice, mac: Mac): boolean {
  const devices = [bridge, from.device, ...uppersOf(host, bridge)];
  return devices.some(({ link }) => link.mac === mac);
}

function receiveByBridge(search: Search, bridge: Device, way: Way, tag: Tag): void {
  const vlan = tag === undefined ? undefined : vlanOn(search.host, bridge, tag);
  if (vlan === undefined) takeUp(search, bridge, way, tag);
  else receiveUp(search, bridge, vlan, way, undefined);
}

function taggedness(before: Tag, after: Tag): { readonly tagged?: { readonly in: boolean; readonly out: boolean } } {
  if (before === undefined && after === undefined) return {};
  return { tagged: { in: before !== undefined, out: after !== undefined } };
}

/** A bridge learns the source of a frame before it looks for its destination (br_handle_frame_finish()). */
function isLearnedAtIngress({ from: sender, frame }: Search, from: PortDevice | undefined): from is PortDevice {
  return from?.port.learning === true && frame.kind === 'unicast' && frame.mac === sender.link.mac;
}
