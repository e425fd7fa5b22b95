/**
 * Connection tracking: which connection a packet belongs to, in which direction and state, and how its ends are
 * rewritten because of it.
 *
 * The answer of a translated connection is turned back without asking a rule: what SNAT changed as soon as it comes in
 * (prerouting, output), what DNAT changed when it goes on (postrouting, input).
 * Not modelled: zones, helpers, timeouts. Connections from before the walk are in `remembered.ts`.
 *
 * Source: net/netfilter/nf_conntrack_core.c, nf_conntrack_proto_tcp.c tcp_new(), nf_conntrack_proto_icmp.c;
 * nf_nat_core.c nf_nat_packet(). Seen in test/live/netfilter-conntrack.test.ts.
 *
 * @module
 */

import type { NetnsName } from '../../host/link.ts';
import type { CtState } from '../../host/ruleset.ts';
import type { Packet } from '../../journey/packet.ts';
import type { Connection, Conntrack, Tracking } from './contract.ts';
import {
  destinationEnd,
  type End,
  isAnswer,
  sameEnd,
  sameTuple,
  sourceEnd,
  withDestination,
  withSource,
} from './ends.ts';

/** The end that a hook may rewrite: the destination where packets come in, the source where they go on. */
export type Side = 'source' | 'destination';

/** What the rules see of conntrack. */
export interface Tracked {
  readonly connection: Connection;
  readonly direction: 'original' | 'reply';
  /** It is not of the connection, but an ICMP error about it. */
  readonly isRelated?: boolean;
}

/** Look the packet up, or enter it, as the hook at priority -200 does. */
export function track(conntrack: Conntrack, netns: NetnsName, packet: Packet): Conntrack {
  const { connections } = conntrack;
  if (isNeighborDiscovery(packet)) return follow(conntrack, { netns, kind: 'untracked' });
  if (aboutOf(packet) !== undefined) return follow(conntrack, trackError(conntrack, netns, packet));
  const found = connections.findIndex((each) => each.netns === netns && sameTuple(packet, each.original));
  if (found >= 0) return follow(conntrack, { netns, kind: 'tracked', connection: found, direction: 'original' });
  const answered = connections.findIndex((each) => each.netns === netns && isAnswer(packet, each.translated));
  if (answered >= 0) {
    const tracking: Tracking = { netns, kind: 'tracked', connection: answered, direction: 'reply' };
    return changeConnection(follow(conntrack, tracking), () => ({ answered: true }));
  }
  if (!opensConnection(packet)) return follow(conntrack, { netns, kind: 'invalid' });
  const entered: Connection = {
    netns,
    original: packet,
    translated: packet,
    mark: 0,
    answered: false,
    settled: { source: false, destination: false },
  };
  const tracking: Tracking = { netns, kind: 'tracked', connection: connections.length, direction: 'original' };
  return { connections: [...connections, entered], tracking };
}

/** The packet that an ICMP error is about. */
function aboutOf({ transport }: Packet): Packet | undefined {
  return transport.protocol === 'icmp' && transport.message === 'too-big' ? transport.about : undefined;
}

/**
 * An error belongs to the connection of the packet that it is about, and goes the other way: also where it is made, and
 * that packet had not yet left (nf_ct_attach()). Source: nf_conntrack_proto_icmp.c nf_conntrack_inet_error().
 */
function trackError({ connections }: Conntrack, netns: NetnsName, error: Packet): Tracking {
  const about = aboutOf(error) ?? error;
  const find = (isIts: (connection: Connection) => boolean) =>
    connections.findIndex((each) => each.netns === netns && isIts(each));
  const forth = find(({ original, translated }) => sameTuple(about, original) || sameTuple(about, translated));
  if (forth >= 0) return { netns, kind: 'tracked', connection: forth, direction: 'reply', isRelated: true };
  const back = find(({ original, translated }) => isAnswer(about, original) || isAnswer(about, translated));
  if (back >= 0) return { netns, kind: 'tracked', connection: back, direction: 'original', isRelated: true };
  return { netns, kind: 'invalid' };
}

/** See the packet so from here on. */
export function follow(conntrack: Conntrack, tracking: Tracking | undefined): Conntrack {
  return { ...conntrack, tracking };
}

/** The packet's connection; `undefined` when it has none. */
export function trackedConnection({ connections, tracking }: Conntrack): Tracked | undefined {
  if (tracking?.kind !== 'tracked') return undefined;
  const connection = connections[tracking.connection];
  return connection && { connection, direction: tracking.direction, isRelated: tracking.isRelated === true };
}

/** The state that `ct state` and `--ctstate` see; before conntrack has looked at the packet it is `invalid`. */
export function ctStateOf(conntrack: Conntrack): CtState {
  if (conntrack.tracking?.kind === 'untracked') return 'untracked';
  const tracked = trackedConnection(conntrack);
  if (tracked === undefined) return 'invalid';
  if (tracked.isRelated === true) return 'related';
  return tracked.direction === 'reply' || tracked.connection.answered ? 'established' : 'new';
}

/** Change the packet's connection. */
export function changeConnection(
  conntrack: Conntrack,
  change: (connection: Connection) => Partial<Connection>,
): Conntrack {
  const { connections, tracking } = conntrack;
  if (tracking?.kind !== 'tracked') return conntrack;
  return {
    tracking,
    connections: connections.map((each, index) =>
      index === tracking.connection ? { ...each, ...change(each) } : each,
    ),
  };
}

/** Settle one end of a new connection: translated to `end`, or left as it is. */
export function settle(conntrack: Conntrack, side: Side, end: End | undefined): Conntrack {
  return changeConnection(conntrack, ({ translated, settled }) => ({
    settled: { ...settled, [side]: true },
    translated:
      end === undefined
        ? translated
        : side === 'source'
          ? withSource(translated, end)
          : withDestination(translated, end),
  }));
}

/** Whether the connection's source, or its destination, was translated (IPS_SRC_NAT, IPS_DST_NAT). */
export function isTranslated({ original, translated }: Connection, side: Side): boolean {
  const endOf = side === 'source' ? sourceEnd : destinationEnd;
  return !sameEnd(endOf(original), endOf(translated));
}

/** The packet with the end rewritten that a hook of this side rewrites; in an error, also the packet that it is about. */
export function rewrite(packet: Packet, tracked: Tracked, side: Side): Packet {
  const { transport } = packet;
  const outer = rewriteEnd(packet, tracked, side);
  if (transport.protocol !== 'icmp' || transport.message !== 'too-big') return outer;
  // It went the other way: what was its source there is the error's destination here.
  const direction = tracked.direction === 'original' ? ('reply' as const) : ('original' as const);
  const about = undoEnd(transport.about, { ...tracked, direction }, side);
  return { ...outer, transport: { ...transport, about } };
}

/** The packet as it was before this side of its connection was translated. */
function undoEnd(about: Packet, { connection, direction }: Tracked, side: Side): Packet {
  const { original, translated } = connection;
  if (direction === 'original') {
    return side === 'destination'
      ? withSource(about, sourceEnd(original))
      : withDestination(about, destinationEnd(original));
  }
  return side === 'destination'
    ? withSource(about, destinationEnd(translated))
    : withDestination(about, sourceEnd(translated));
}

function rewriteEnd(packet: Packet, { connection, direction }: Tracked, side: Side): Packet {
  const { original, translated } = connection;
  if (direction === 'original') {
    if (!isTranslated(connection, side)) return packet;
    return side === 'source'
      ? withSource(packet, sourceEnd(translated))
      : withDestination(packet, destinationEnd(translated));
  }
  if (side === 'destination') {
    return isTranslated(connection, 'source') ? withDestination(packet, sourceEnd(original)) : packet;
  }
  return isTranslated(connection, 'destination') ? withSource(packet, destinationEnd(original)) : packet;
}

/** Whether another connection of the namespace waits for the same answer: the kernel then changes a port. */
export function clashes({ connections, tracking }: Conntrack): boolean {
  if (tracking?.kind !== 'tracked') return false;
  const own = connections[tracking.connection];
  return connections.some(
    (each, index) =>
      own !== undefined &&
      index !== tracking.connection &&
      each.netns === own.netns &&
      sameTuple(each.translated, own.translated),
  );
}

/** Conntrack looks at none of it (nf_conntrack_proto_icmpv6.c noct_valid_new). */
function isNeighborDiscovery({ transport }: Packet): boolean {
  return transport.protocol === 'icmp' && transport.message.startsWith('neighbor-');
}

/** Answers to nothing are invalid, except that UDP has no way to tell. */
function opensConnection({ transport }: Packet): boolean {
  switch (transport.protocol) {
    case 'icmp':
      return transport.message === 'echo-request';
    case 'tcp':
      return transport.flags === 'syn';
    case 'udp':
      return true;
  }
}
