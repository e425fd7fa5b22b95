/**
 * What ICMP errors mean: the findings of icmp-unreachable and ttl-exceeded.
 *
 * Source: net/ipv4/route.c, ip_error() and fib_props: no route answers net unreachable, an unreachable route and a
 * neighbour that does not answer host unreachable, a prohibit route "packet filtered"; net/ipv6/route.c,
 * ip6_pkt_drop(): unreachable and no route alike answer "no route". A REJECT rule answers port unreachable unless it
 * was told otherwise. Seen in test/live/probe-errors.test.ts.
 *
 * @module
 */

import { ICMP_TYPE } from '../../wire/icmp.ts';
import { icmpText, icmpv6Text } from '../../wire/icmp-text.ts';
import { ICMPV6_TYPE } from '../../wire/icmpv6.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { addressText } from '../address-words.ts';
import { counted } from '../counted.ts';
import type { Finding, Severity } from '../finding.ts';
import { readFrames } from '../frame-words.ts';
import type { NumberTable } from '../number-table.ts';
import { trafficOf } from '../traffic.ts';
import { ERROR_KEY, ERROR_VALUE } from './icmp-error-words.ts';

/** Ports that traceroute asks for: 33434 and on, one a probe. */
const TRACEROUTE = { first: 33_434, last: 33_690 } as const;
const DNS_PORT = 53;
const FRAGMENTATION_NEEDED = 4;

/** One group of errors, read back from its numbers. */
interface ErrorGroup {
  readonly reporter: string;
  readonly isInet6: boolean;
  readonly type: number;
  readonly code: number;
  /** `undefined`: nothing was quoted. */
  readonly about:
    | { readonly source: string; readonly dest: string; readonly protocol: number; readonly port: number }
    | undefined;
  readonly mtu: number;
  readonly count: number;
  readonly frames: Finding['frames'];
}

interface Meaning {
  readonly severity: Severity;
  readonly why: string;
  readonly likely: readonly string[];
  readonly confirm: string;
}

/** What else the capture shows, of which errors may be only echoes. */
interface Explained {
  /** ARP or ND was seen to fail. */
  readonly hasUnanswered: boolean;
  readonly hasRoutingLoop: boolean;
}

export function icmpErrorFindings(capture: number, groups: NumberTable, explained: Explained): readonly Finding[] {
  const all = Array.from({ length: groups.size }, (_, index) => groupAt(capture, groups, groups.entryAt(index)));
  const exceeded = all.filter(isTimeExceeded);
  const others = mergedPorts(
    all.filter((group) => !isTimeExceeded(group) && !(explained.hasUnanswered && isToItself(group))),
  );
  return [...others.map(unreachableFinding), ...expiredFindings(exceeded, explained)];
}

function groupAt(capture: number, { words, key }: NumberTable, at: number): ErrorGroup {
  const values = at + key.length;
  const word = (place: number) => words[at + place] ?? 0;
  const count = words[values + ERROR_VALUE.count] ?? 0;
  const port = word(ERROR_KEY.port);
  const about = {
    source: addressText(words, at + ERROR_KEY.source),
    dest: addressText(words, at + ERROR_KEY.dest),
    protocol: word(ERROR_KEY.protocol),
    port,
  };
  return {
    reporter: addressText(words, at + ERROR_KEY.reporter),
    isInet6: word(ERROR_KEY.isInet6) === 1,
    type: word(ERROR_KEY.type),
    code: word(ERROR_KEY.code),
    about: port === -1 ? undefined : about,
    mtu: (words[values + ERROR_VALUE.mtu] ?? 0) >>> 0,
    count,
    frames: readFrames(capture, words, values + ERROR_VALUE.frames, count),
  };
}

function isTimeExceeded({ isInet6, type }: ErrorGroup): boolean {
  return type === (isInet6 ? ICMPV6_TYPE.timeExceeded : ICMP_TYPE.timeExceeded);
}

/** A kernel that gives up on a neighbour tells its own programs by ICMP, on lo. */
function isToItself({ reporter, about }: ErrorGroup): boolean {
  return about?.source === reporter;
}

/** The same refusal of many ports is one finding: of a scan, or of traceroute. */
function mergedPorts(groups: readonly ErrorGroup[]): readonly ErrorGroup[] {
  const merged = new Map<string, ErrorGroup>();
  for (const group of groups) {
    const { reporter, isInet6, type, code, about } = group;
    const key = [reporter, isInet6, type, code, about?.source, about?.dest, about?.protocol].join();
    const known = merged.get(key);
    if (known === undefined) merged.set(key, group);
    else {
      const isOfOne = known.about === undefined || known.about.port === about?.port;
      const count = known.count + group.count;
      merged.set(key, { ...known, count, about: isOfOne ? known.about : { ...known.about, port: 0 } });
    }
  }
  return [...merged.values()];
}

function unreachableFinding(group: ErrorGroup): Finding {
  const { reporter, about, count, frames } = group;
  const { severity, why, likely, confirm } = meaning(group);
  return {
    code: 'icmp-unreachable',
    severity,
    what: `${reporter} answers "${text(group)}" to ${aboutText(about)}${count > 1 ? `, ${count} times` : ''}`,
    why,
    frames,
    count,
    likely,
    confirm,
    cannotTell: about === undefined ? 'Which packet it is about: the error quotes none' : undefined,
    about: about && trafficOf(about.protocol, about.source, about.dest, about.port),
    subject: `${reporter} ${text(group)} ${aboutText(about)}`,
  };
}

function text({ isInet6, type, code, mtu: field }: ErrorGroup): string {
  // Of any other error the field is unused.
  const mtu = isInet6 || code === FRAGMENTATION_NEEDED ? field : undefined;
  const header = { kind: 'error', type, code, checksum: 0, mtu, pointer: undefined } as const;
  return isInet6 ? icmpv6Text(header) : icmpText(header);
}

function aboutText(about: ErrorGroup['about']): string {
  if (about === undefined) return 'a packet that it does not quote';
  const { source, dest, protocol, port } = about;
  return `${protocolText(protocol)} from ${source} to ${dest}${port > 0 ? ` port ${port}` : ''}`;
}

function protocolText(protocol: number): string {
  switch (protocol) {
    case IP_PROTOCOL.icmp:
      return 'ICMP';
    case IP_PROTOCOL.icmpv6:
      return 'ICMPv6';
    case IP_PROTOCOL.tcp:
      return 'TCP';
    case IP_PROTOCOL.udp:
      return 'UDP';
    default:
      return `IP protocol ${protocol}`;
  }
}

/** By ICMP's codes: what sends such an error, and how to see it there. */
function meaning(group: ErrorGroup): Meaning {
  const { isInet6, type, code, reporter, about, count } = group;
  const dest = about?.dest ?? 'DESTINATION';
  const route = `On the machine that owns ${reporter}: ip ${isInet6 ? '-6 ' : ''}route get ${dest}`;
  const firewall = `On the machine that owns ${reporter}: nft list ruleset; iptables-save`;
  const neighbour = `On the machine that owns ${reporter}: ip neigh show ${dest}`;
  if (isInet6 ? type === ICMPV6_TYPE.packetTooBig : code === FRAGMENTATION_NEEDED)
    return {
      severity: count > 3 ? 'warning' : 'note',
      why: `The next link behind ${reporter} is too small; the sender should send smaller packets from now on${count > 3 ? ', and did not' : ''}`,
      likely: ['mtu-exceeded'],
      confirm: `${route}: its mtu; on the sender: ip route show cache`,
    };
  const isPort = isInet6 ? code === 4 : code === 3;
  if (isPort) return portMeaning(group, firewall);
  const net: Meaning = {
    severity: 'error',
    why: `${reporter} has no route to ${dest}, or one that refuses it`,
    likely: ['no-route', 'route-unreachable', 'rule-unreachable', 'firewall-reject'],
    confirm: route,
  };
  const host: Meaning = {
    severity: 'error',
    why: `${reporter} has a route to ${dest}, but nobody answers its ARP or neighbour solicitation there, or a route or rule refuses it`,
    likely: ['link-down', 'neighbor-unresolved', 'address-not-found', 'route-unreachable', 'firewall-reject'],
    confirm: neighbour,
  };
  const filtered: Meaning = {
    severity: 'error',
    why: `${reporter} forbids it: a reject rule of a firewall, or a prohibit route`,
    likely: ['firewall-reject', 'route-prohibit', 'rule-prohibit'],
    confirm: `${firewall}; ip ${isInet6 ? '-6 ' : ''}route get ${dest}`,
  };
  if (isInet6 && about?.dest === reporter && (code === 0 || code === 3)) return translatedMeaning(group);
  if (isInet6) return code === 3 ? host : code === 0 || code === 6 ? net : filtered;
  if (code === 2)
    return {
      severity: 'error',
      why: `Nothing on ${reporter} speaks that protocol`,
      likely: ['no-listener', 'firewall-reject'],
      confirm: firewall,
    };
  if (about?.dest === reporter && !PROHIBITED.has(code)) return translatedMeaning(group);
  if (code === 0 || code === 6 || code === 11) return net;
  return code === 1 || code === 7 || code === 8 || code === 12 ? host : filtered;
}

/** By a firewall, whatever address it protects (RFC 1812 section 5.2.7.1). */
const PROHIBITED = new Set([9, 10, 13]);

/** Who says of its own address that it cannot be reached: the packet was for another by then, or was not wanted. */
function translatedMeaning({ reporter }: ErrorGroup): Meaning {
  return {
    severity: 'error',
    why: `${reporter} is the very address that was asked: what comes for it is led elsewhere (DNAT), where there is no way or nobody; or a reject rule says so`,
    likely: ['dnat-wrong', 'neighbor-unresolved', 'no-route', 'firewall-reject'],
    confirm: `On the machine that owns ${reporter}: nft list ruleset; iptables-save -t nat; conntrack -L -d ${reporter}`,
  };
}

/** Who answers for a port: the machine itself has no listener; anybody else is a firewall. */
function portMeaning({ reporter, about }: ErrorGroup, firewall: string): Meaning {
  if (about !== undefined && about.protocol === IP_PROTOCOL.udp && isTraceroute(about.port))
    return {
      severity: 'note',
      why: 'So traceroute learns that it has arrived: nothing listens on the port that it asked for, by intention',
      likely: [],
      confirm: 'Whether somebody ran traceroute',
    };
  const isOwner = about === undefined || about.dest === reporter;
  if (about?.protocol === IP_PROTOCOL.icmp || about?.protocol === IP_PROTOCOL.icmpv6 || !isOwner)
    return {
      severity: 'error',
      why: isOwner
        ? `A ping has no port: this is what a reject rule of a firewall answers`
        : `${reporter} answers for ${about?.dest}: a reject rule of a firewall on the way`,
      likely: ['firewall-reject'],
      confirm: firewall,
    };
  return {
    severity: about?.port === DNS_PORT || about === undefined || about.port < 32_768 ? 'error' : 'note',
    why:
      about === undefined || about.port < 32_768
        ? `Nothing on ${reporter} listens there, or a reject rule of a firewall says so`
        : `The port is one that clients use: most likely an answer came after the client had gone`,
    likely: ['no-listener', 'listener-elsewhere', 'firewall-reject'],
    confirm: `On the machine that owns ${reporter}: ss -ulnp${about?.port ? ` 'sport = ${about.port}'` : ''}`,
  };
}

function isTraceroute(port: number): boolean {
  // 0: of many ports.
  return port === 0 || (port >= TRACEROUTE.first && port <= TRACEROUTE.last);
}

/** One finding a pair of hosts: several routers that answer for one pair are traceroute's work. */
function expiredFindings(groups: readonly ErrorGroup[], { hasRoutingLoop }: Explained): readonly Finding[] {
  const pairs = new Map<string, [ErrorGroup, ...ErrorGroup[]]>();
  for (const group of groups) {
    const key = `${group.code} ${group.about?.source} ${group.about?.dest}`;
    const known = pairs.get(key);
    if (known === undefined) pairs.set(key, [group]);
    else known.push(group);
  }
  const findings = [...pairs.values()].map(expiredFinding);
  return hasRoutingLoop ? findings.filter(({ likely }) => likely[0] !== 'routing-loop') : findings;
}

function expiredFinding(groups: readonly [ErrorGroup, ...ErrorGroup[]]): Finding {
  const [first] = groups;
  const reporters = [...new Set(groups.map(({ reporter }) => reporter))];
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const hosts = first.about === undefined ? 'packets' : `packets from ${first.about.source} to ${first.about.dest}`;
  const isReassembly = first.code === 1;
  const isTrace =
    reporters.length > 2 || groups.some(({ about }) => about?.protocol === IP_PROTOCOL.udp && isTraceroute(about.port));
  const who =
    reporters.length > 3
      ? `${reporters.slice(0, 3).join(', ')} and ${reporters.length - 3} others`
      : reporters.join(', ');
  const { about } = first;
  const common = {
    code: 'ttl-exceeded',
    frames: first.frames,
    count,
    about: about && trafficOf(about.protocol, about.source, about.dest, about.port),
    subject: `${first.code} ${hosts}`,
  } as const;
  if (isReassembly)
    return {
      ...common,
      severity: 'error',
      what: `${who} gave up waiting for fragments of ${hosts}, ${counted(count, 'time')}`,
      why: 'Some fragments of a packet arrived, others never did: whatever drops them sees no ports in later fragments, or the link does not take the size of the first',
      likely: ['firewall-drop', 'mtu-exceeded', 'tc-drop'],
      confirm: 'Send packets that need no fragments: ping -s 1000',
      cannotTell: 'Which fragment was lost, unless they are in this capture: see fragment-missing',
    };
  return {
    ...common,
    severity: isTrace ? 'note' : 'error',
    what: `${who}: TTL exceeded for ${hosts}, ${counted(count, 'time')}`,
    why: isTrace
      ? 'Several routers of one way, or ports from 33434 on: this is how traceroute works, and no fault'
      : 'The packet met more routers than its TTL allows: a routing loop, unless it was sent with a small TTL by intention',
    likely: isTrace ? [] : ['routing-loop', 'wrong-gateway', 'wrong-route'],
    confirm: `traceroute -n ${first.about?.dest ?? 'DESTINATION'}: a loop shows the same routers again and again`,
    cannotTell: isTrace
      ? undefined
      : 'Between which routers it went round, unless the capture is on a link of the loop',
  };
}
