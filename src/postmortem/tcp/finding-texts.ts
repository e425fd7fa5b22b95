/**
 * What a finding of TCP says, code by code: how grave it is, what happened, what that means, and what to do next.
 *
 * @module
 */

import type { Severity } from '../finding.ts';
import type { TcpFindingCode } from './finding-code.ts';

/** Whom it is about, and how often. */
export interface Told {
  /** `10.0.0.1`, or how many there are. */
  readonly from: string;
  /** How many `from` stands for, or more. */
  readonly senders: number;
  readonly to: string;
  /** ` port 443`, or nothing where several are meant. */
  readonly port: string;
  readonly count: number;
  /** What else is counted, by code: repetitions, bytes, nanoseconds of a closed window or of a silence that lasted. */
  readonly extra: number;
  /** That were sent: by this sender in those connections, or in the whole capture where it is about many. */
  readonly segments: number;
}

export interface FindingText {
  readonly severity: (told: Told) => Severity;
  readonly what: (told: Told) => string;
  readonly why: string;
  readonly likely: readonly string[];
  readonly confirm?: string;
  readonly cannotTell?: string;
}

/** Below this share of the segments a connection hardly suffers: throughput of a long path halves at about 1 %. */
const HARMLESS_SHARE = 0.01;
/** So few show nothing about a path, whatever their share of a short connection. */
const FEW = 3;
/** So many half-open connections of one server are no accident of one of its clients. */
export const MANY_HALF_OPEN = 100;
const FLOOD_SENDERS = 20;
/** A sender that waits this long is felt by whoever uses it. */
const LONG_STALL_NS = 200e6;

const bySegments = ({ count, segments }: Told): Severity =>
  count > FEW && count >= segments * HARMLESS_SHARE ? 'warning' : 'note';

/** Of a retransmission: the other side had answered, and was not heard again. */
const SILENCED: FindingText = {
  severity: () => 'error',
  what: (told) => `${sentAgain(told)}, which was not heard again, for ${seconds(told.extra)}`,
  why: 'The connection stood, and from one moment on nothing came back, not even an acknowledgement: a firewall or NAT on the way has forgotten it (after an idle time, or a restart) and drops what it does not know, the path broke, or the peer is gone without a word',
  likely: ['conntrack-invalid', 'conntrack-stale', 'firewall-drop', 'no-route'],
  confirm:
    'On the peer: ss -tn, does it still have the connection? On firewalls between: conntrack -L, and how long they keep an idle one (sysctl net.netfilter.nf_conntrack_tcp_timeout_established)',
  cannotTell: 'Whether the segments were lost on the way there, or all answers on the way back',
};

/** Of half-open connections: of so many, from so many, that no single way back is why. */
const FLOODED: FindingText = {
  severity: () => 'error',
  what: (told) => `${FINDING_TEXTS['half-open'].what(told)}: a flood of SYNs, or a scan`,
  why: 'Many hosts ask, and none of them confirms: with forged addresses a SYN fills the queue of those that wait for it, and once that is full the SYNs of others are dropped, unless the server sends SYN cookies',
  likely: ['no-route', 'firewall-drop'],
  confirm:
    'On the server: ss -tn state syn-recv | wc -l; nstat -az TcpExtSyncookiesSent TcpExtTCPReqQFullDrop TcpExtListenDrops',
  cannotTell: 'Whether the addresses are forged; or no SYN-ACK, or no confirmation, passes on the way to all of them',
};

/** @returns The text of a code, as it is for what is told. */
export function findingText(code: TcpFindingCode, told: Told): FindingText {
  if (code === 'half-open' && told.senders >= FLOOD_SENDERS && told.count >= MANY_HALF_OPEN) return FLOODED;
  return code === 'retransmission' && told.extra > 0 ? SILENCED : FINDING_TEXTS[code];
}

export const FINDING_TEXTS: Readonly<Record<TcpFindingCode, FindingText>> = {
  'syn-unanswered': {
    severity: () => 'error',
    what: ({ from, to, port, count, extra }) =>
      `${from} asked ${to}${port} for ${plural(count, 'a connection', 'connections')}${
        extra > 0 ? `, and again ${extra === 1 ? 'once' : `${extra} times`}` : ''
      }: no answer at all`,
    why: 'A host where nothing listens answers with RST, and a router that cannot deliver with ICMP. Silence means that the SYN, or its answer, is dropped on the way',
    likely: ['firewall-drop', 'no-route', 'rp-filter', 'nat-missing'],
    confirm: 'Capture at the server too: is the SYN there, and does a SYN-ACK leave?',
    cannotTell: 'Whether the SYN was lost on the way there, or its answer on the way back',
  },
  'connection-refused': {
    severity: () => 'error',
    what: ({ from, to, port, count }) =>
      `${to} refused ${plural(count, 'a connection', 'connections')} of ${from}${port && ` to${port}`}`,
    why: 'A RST, or ICMP "port unreachable", came for a SYN: the packet arrived where the address is, and nothing listens there, or a firewall says so',
    likely: ['no-listener', 'listener-elsewhere', 'firewall-reject', 'dnat-wrong'],
    confirm: 'On the server: ss -lnt; does it listen on this address and port?',
    cannotTell:
      'Whether the server itself answered, or a firewall in its name: compare the TTL of the RST with that of other packets of the server',
  },
  'connection-reset': {
    severity: () => 'warning',
    what: ({ from, to, port, count }) =>
      `${from} reset ${plural(count, 'a connection', 'connections')} with ${to}${inBrackets(port)} that stood`,
    why: 'RST ends a connection at once, and what was under way is lost. A program that dies or closes with data unread does it, and so does a firewall or a NAT that has forgotten the connection',
    likely: ['conntrack-stale', 'conntrack-invalid', 'firewall-reject'],
    confirm: 'The log of the program on the side that sent the RST; its TTL beside that of other packets from there',
    cannotTell: 'Whether the host that it comes from sent it, or somebody on the way in its name',
  },
  'half-open': {
    severity: () => 'error',
    what: ({ from, to, port, count, extra }) =>
      `${to} answered ${from}${port && ` on${port}`}, but ${
        count === 1 ? 'the connection was' : `${count} connections were`
      } never confirmed${extra > 0 ? ` (SYN-ACK sent again ${extra === 1 ? 'once' : `${extra} times`})` : ''}`,
    why: 'The client must acknowledge the SYN-ACK. It repeats while it is not acknowledged: it does not reach the client, or the acknowledgement does not reach the server',
    likely: ['no-route', 'rp-filter', 'conntrack-invalid', 'firewall-drop'],
    confirm: 'Capture at the client: does the SYN-ACK arrive?',
    cannotTell:
      'Whether the SYN-ACK was lost behind this point, or the acknowledgement before it; or the client only scans',
  },
  'one-way': {
    severity: ({ extra }) => (extra > 0 ? 'warning' : 'note'),
    what: ({ from, to, port, count, extra }) =>
      `Of ${plural(count, 'a connection', 'connections')} between ${from} and ${to}${inBrackets(port)} only what ${from} sends is here${
        extra > 0 ? ', and it sends it again' : ''
      }`,
    why: 'TCP has traffic both ways. Where one is missing it takes another way (asymmetric routing), or nothing comes back',
    likely: ['no-route', 'wrong-route', 'rp-filter'],
    confirm: 'Capture on all devices of this host: tcpdump -i any',
    cannotTell: 'What the other side sent',
  },
  'mtu-blackhole': {
    severity: () => 'error',
    what: ({ from, to, port, count, extra }) =>
      `Large segments from ${from} to ${to}${inBrackets(port)} never arrive: ${Math.round(
        extra / count,
      )} bytes sent again and again, not acknowledged, while small ones are`,
    why: 'A packet that is larger than a link on the way and may not be fragmented is dropped there; the ICMP "fragmentation needed" that would make the sender use smaller ones does not come, or is not heeded',
    likely: ['mtu-blackhole', 'mtu-exceeded', 'firewall-drop'],
    confirm: 'ping -M do -s 1472 to there, then smaller, until it passes; and compare the MTU of the links on the way',
    cannotTell: 'On which link it is too large; whether the path died at this moment for all sizes',
  },
  retransmission: {
    severity: bySegments,
    what: sentAgain,
    why: 'A segment is sent again when its acknowledgement does not come in time: it, or the acknowledgement, was lost',
    likely: ['unexplained-loss', 'tc-drop'],
    confirm: 'Capture at both ends: nsdiag analyze A B says between which points they are lost',
    cannotTell: 'Where they were lost',
  },
  'fast-retransmission': {
    severity: bySegments,
    what: (told) =>
      `${told.from} sent ${share(told)} again to ${told.to}${inBrackets(told.port)} because duplicate acknowledgements asked for it`,
    why: 'The receiver acknowledges the same byte again for everything that comes after a hole; after some of those the sender fills it without waiting (RFC 5681). Single segments are lost, the path stands',
    likely: ['unexplained-loss', 'tc-drop'],
    confirm: 'Capture at both ends: nsdiag analyze A B says between which points they are lost',
    cannotTell: 'Where they were lost',
  },
  'spurious-retransmission': {
    severity: bySegments,
    what: (told) =>
      `${told.from} sent ${share(told)} again to ${told.to}${inBrackets(told.port)} that had been acknowledged`,
    why: 'The acknowledgement came too late for the sender, or did not reach it: it was seen here',
    likely: ['unexplained-loss'],
    confirm: 'Capture at the sender: do the acknowledgements arrive, and when?',
    cannotTell: 'What of the acknowledgements arrived at the sender; a capture that sees packets twice looks the same',
  },
  'lost-segment': {
    severity: bySegments,
    what: (told) =>
      `What ${told.from} sent to ${told.to}${inBrackets(told.port)} has ${plural(told.count, 'a hole', 'holes')}`,
    why: 'A segment begins later than the one before it ended: what lies between was lost before this point, comes later (out of order), or the capture missed it',
    likely: ['unexplained-loss', 'tc-drop'],
    confirm: 'Is it sent again? Then it was lost; is it acknowledged all the same? Then the capture missed it',
    cannotTell: 'A loss from a packet that the capture itself dropped, unless tcpdump said "dropped by kernel"',
  },
  'out-of-order': {
    severity: bySegments,
    what: (told) => `${share(told)} from ${told.from} to ${told.to}${inBrackets(told.port)} came out of order`,
    why: 'A segment comes after one that was sent later, sooner than it could have been sent again: packets of one connection take several ways or queues',
    likely: ['duplicate-address', 'duplicate-mac'],
    confirm: 'Bonding, multipath routes (ip route show: several nexthop) and multi-queue devices on the way',
    cannotTell: 'Reordering by the capture itself, when it merges several queues',
  },
  'duplicate-ack': {
    // The trouble itself is told of as a retransmission or a hole.
    severity: () => 'note',
    what: (told) =>
      `${told.from} acknowledged the same byte again ${told.count === 1 ? 'once' : `${told.count} times`} to ${told.to}${inBrackets(told.port)}`,
    why: 'A receiver does so for every segment that comes after a hole',
    likely: ['unexplained-loss'],
  },
  'zero-window': {
    severity: ({ extra }) => (extra >= LONG_STALL_NS ? 'warning' : 'note'),
    what: (told) =>
      `${told.from} told ${told.to}${inBrackets(told.port)} ${told.count === 1 ? 'once' : `${told.count} times`} that its window is closed${
        told.extra > 0 ? `, for ${seconds(told.extra)} in all` : ''
      }`,
    why: 'The program there does not read what arrives, and its buffer is full. The network is not the reason',
    likely: [],
    confirm: 'On that host: ss -tmi shows the receive queue; what is the program doing?',
  },
  'window-full': {
    severity: () => 'note',
    what: (told) =>
      `${told.from} filled the window of ${told.to}${inBrackets(told.port)} ${told.count === 1 ? 'once' : `${told.count} times`}`,
    why: 'The sender may send no more until the receiver takes what it has: the receiver, not the path, sets the pace',
    likely: [],
    confirm: 'The receive buffer there: sysctl net.ipv4.tcp_rmem, ss -tmi',
  },
  'keep-alive': {
    severity: () => 'warning',
    what: (told) =>
      `${told.to} does not answer the keep-alives of ${told.from}${inBrackets(told.port)}: ${told.count} more were sent`,
    why: 'A keep-alive asks an idle peer for a sign of life, and any host that has the connection answers. Silence: the peer is gone, or somebody on the way has forgotten the connection',
    likely: ['conntrack-stale', 'firewall-drop', 'no-route'],
    confirm: 'On the peer: ss -tn, is the connection still there?',
    cannotTell: 'Whether the keep-alive or its answer is lost',
  },
};

function sentAgain(told: Told): string {
  return `${told.from} sent ${share(told)} again to ${told.to}${inBrackets(told.port)}`;
}

function inBrackets(port: string): string {
  return port === '' ? '' : ` (${port.trim()})`;
}

/** One thing, or a number of them. */
function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : `${count} ${many}`;
}

function share({ count, segments }: Told): string {
  return segments >= count && segments > 0
    ? `${count} of ${segments} segments`
    : plural(count, 'a segment', 'segments');
}

function seconds(nanoseconds: number): string {
  return nanoseconds >= 1e9 ? `${(nanoseconds / 1e9).toFixed(1)} s` : `${(nanoseconds / 1e6).toFixed(1)} ms`;
}
