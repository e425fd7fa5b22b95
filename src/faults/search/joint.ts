/**
 * A device and a bridge of one namespace that are not joined and ought to be: where attaching the one to the other
 * would complete the wire to the next hop.
 *
 * @module
 */

import { allLinks, findLink, findNetns, type Host, linksOf, sameDevice } from '../../host/host.ts';
import type { DeviceName, DeviceRef, Link } from '../../host/link.ts';
import { type Family, familyOf } from '../../net/address.ts';
import type { FaultContext } from '../rule.ts';
import { type Crossing, crossingOf } from './crossing.ts';
import { droppedAs } from './dropped.ts';
import { routableAddresses } from './owner.ts';
import { portsOf, segmentOf, wireBetween } from './wiring.ts';

/** Attach `port` to `bridge`. */
export interface Joint {
  readonly port: DeviceRef;
  readonly bridge: DeviceName;
}

/** The joints that are missing, the likeliest first. */
export function missingJoints(context: FaultContext): readonly Joint[] {
  const fromFilter = jointOfReverse(context);
  if (fromFilter !== undefined) return [fromFilter];
  const crossing = crossingOf(context);
  if (crossing === undefined || crossing.wire !== undefined) return [];
  const { host } = context;
  const joints = crossing.owners.length > 0 ? jointsToOwner(host, crossing) : jointsToSomewhere(host, crossing);
  return joints.length > 0 ? joints : jointsFromOtherBridge(host, crossing);
}

/** What came in by a free veth end would be answered by a bridge: that end belongs on the bridge. */
function jointOfReverse(context: FaultContext): Joint | undefined {
  const rejected = droppedAs(context, 'rp-filter');
  const unanswered = droppedAs(context, 'neighbor-unanswered');
  const silence = unanswered?.reason.silence;
  const port: DeviceRef | undefined =
    rejected !== undefined
      ? { netns: rejected.netns.name, device: rejected.reason.inDevice }
      : silence?.kind === 'rp-filter'
        ? silence.owner
        : undefined;
  if (port === undefined) return undefined;
  const family = rejected !== undefined ? familyOf(rejected.reason.source) : 'inet';
  const link = findLink(context.host, port.netns, port.device);
  const bridges = bridgesIn(context.host, port);
  const reverse = rejected?.reason.reverseDevice;
  const bridge = reverse === undefined ? bridges[0] : bridges.find(({ name }) => name === reverse);
  return link !== undefined && isFree(link, family) && bridge !== undefined ? { port, bridge: bridge.name } : undefined;
}

/** A free end on one side, a bridge of the same namespace on the other, and the owner behind it. */
function jointsToOwner(host: Host, { segment, owners, nexthop }: Crossing): readonly Joint[] {
  const family = familyOf(nexthop);
  const isNear = (ref: DeviceRef) => segment.some((each) => sameDevice(each, ref));
  const leads = (ref: DeviceRef) => owners.some((owner) => wireBetween(host, ref, owner.ref) !== undefined);
  return pairs(host, family).filter(({ port, bridge }) => {
    const other = { netns: port.netns, device: bridge };
    return (isNear(port) && leads(other)) || (isNear(other) && leads(port));
  });
}

/** Nobody owns the next hop yet: a free end on our side, in a namespace with a bridge, is where the wire stops. */
function jointsToSomewhere(host: Host, { segment, from, nexthop }: Crossing): readonly Joint[] {
  return pairs(host, familyOf(nexthop)).filter(({ port, bridge }) => {
    const other = { netns: port.netns, device: bridge };
    return (
      port.netns !== from.netns &&
      segment.some((each) => sameDevice(each, port)) &&
      !segment.some((each) => sameDevice(each, other)) &&
      (portsOf(host, other).length > 0 || routableAddresses(need(host, other), familyOf(nexthop)).length > 0)
    );
  });
}

/** The wire leads to one bridge and the owner is on another of the same namespace: our port is on the wrong one. */
function jointsFromOtherBridge(host: Host, { segment, from, owners }: Crossing): readonly Joint[] {
  return segment.flatMap((ref) => {
    const link = findLink(host, ref.netns, ref.device);
    if (link?.detail.kind !== 'bridge') return [];
    const port = wireBetween(host, from, ref)?.at(-2);
    if (port === undefined || port.netns !== ref.netns) return [];
    return bridgesIn(host, ref)
      .filter(({ name }) => name !== ref.device)
      .filter(({ name }) =>
        owners.some((owner) => wireBetween(host, { netns: ref.netns, device: name }, owner.ref) !== undefined),
      )
      .map(({ name }) => ({ port, bridge: name }));
  });
}

/** Every free end with every bridge of its namespace. */
function pairs(host: Host, family: Family): readonly Joint[] {
  return [...allLinks(host)]
    .filter(({ link }) => isFree(link, family))
    .flatMap(({ netns, link }) => {
      const port = { netns: netns.name, device: link.name };
      const own = segmentOf(host, port);
      return bridgesIn(host, port)
        .filter(({ name }) => !own.some((each) => sameDevice(each, { netns: netns.name, device: name })))
        .map(({ name }) => ({ port, bridge: name }));
    });
}

/** A device that could be a port and does nothing else: no address, no master. */
function isFree(link: Link, family: Family): boolean {
  const isWire = link.detail.kind === 'veth' || link.detail.kind === 'vxlan';
  return isWire && link.master === undefined && routableAddresses(link, family).length === 0;
}

function bridgesIn(host: Host, ref: DeviceRef): readonly Link[] {
  const netns = findNetns(host, ref.netns);
  return netns === undefined ? [] : linksOf(netns).filter(({ detail }) => detail.kind === 'bridge');
}

function need(host: Host, ref: DeviceRef): Link {
  const link = findLink(host, ref.netns, ref.device);
  if (link === undefined) throw new Error(`no device ${ref.device} in ${ref.netns}`);
  return link;
}
