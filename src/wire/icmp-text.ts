/**
 * ICMP errors in ping's words, so that what was captured reads as what people see and search for.
 *
 * Source: iputils ping/ping.c and ping/ping6_common.c, pr_icmph(). Seen in test/live/probe-errors.test.ts.
 *
 * @module
 */

import { ICMP_TYPE, type IcmpHeader } from './icmp.ts';
import { ICMPV6_TYPE, type Icmpv6Header } from './icmpv6.ts';

// By code.
const UNREACHABLE: readonly string[] = [
  'Destination Net Unreachable',
  'Destination Host Unreachable',
  'Destination Protocol Unreachable',
  'Destination Port Unreachable',
  'Frag needed and DF set',
  'Source Route Failed',
  'Destination Net Unknown',
  'Destination Host Unknown',
  'Source Host Isolated',
  'Destination Net Prohibited',
  'Destination Host Prohibited',
  'Destination Net Unreachable for Type of Service',
  'Destination Host Unreachable for Type of Service',
  'Packet filtered',
  'Precedence Violation',
  'Precedence Cutoff',
];
const REDIRECT: readonly string[] = [
  'Redirect Network',
  'Redirect Host',
  'Redirect Type of Service and Network',
  'Redirect Type of Service and Host',
];
const UNREACHABLE_V6: readonly string[] = [
  'No route',
  'Administratively prohibited',
  'Beyond scope of source address',
  'Address unreachable',
  'Port unreachable',
  // RFC 4443 section 3.1; ping itself prints these two as "Unknown code".
  'Source address failed ingress/egress policy',
  'Reject route to destination',
];
/** By type: what ping never shows, in the words of IANA's registry of ICMPv6 parameters. */
const MESSAGE_V6: Readonly<Record<number, string>> = {
  130: 'Multicast Listener Query',
  131: 'Multicast Listener Report',
  132: 'Multicast Listener Done',
  133: 'Router Solicitation',
  134: 'Router Advertisement',
  135: 'Neighbor Solicitation',
  136: 'Neighbor Advertisement',
  137: 'Redirect Message',
  143: 'Version 2 Multicast Listener Report',
};
const PARAMETER_PROBLEM_V6: readonly string[] = ['Wrong header field', 'Unknown header', 'Unknown option'];

/** An ICMP message other than echo: `Destination Net Unreachable`. */
export function icmpText(header: IcmpHeader): string {
  switch (header.type) {
    case ICMP_TYPE.unreachable: {
      const text = UNREACHABLE[header.code] ?? `Dest Unreachable, Bad Code: ${header.code}`;
      return header.kind === 'error' && header.mtu !== undefined ? `${text} (mtu = ${header.mtu})` : text;
    }
    case ICMP_TYPE.sourceQuench:
      return 'Source Quench';
    case ICMP_TYPE.redirect: {
      const text = REDIRECT[header.code] ?? `Redirect, Bad Code: ${header.code}`;
      return header.kind === 'redirect' ? `${text}(New nexthop: ${header.gateway})` : text;
    }
    case ICMP_TYPE.timeExceeded:
      return header.code === 0 ? 'Time to live exceeded' : 'Frag reassembly time exceeded';
    case ICMP_TYPE.parameterProblem:
      return header.kind === 'error' && header.pointer !== undefined
        ? `Parameter problem: pointer = ${header.pointer}`
        : 'Parameter problem';
    default:
      return `ICMP type ${header.type} code ${header.code}`;
  }
}

/** An ICMPv6 message other than echo: `Destination unreachable: No route`. */
export function icmpv6Text(header: Icmpv6Header): string {
  const { type, code } = header;
  switch (type) {
    case ICMPV6_TYPE.unreachable:
      return `Destination unreachable: ${UNREACHABLE_V6[code] ?? `Unknown code ${code}`}`;
    case ICMPV6_TYPE.packetTooBig:
      return header.kind === 'error' && header.mtu !== undefined
        ? `Packet too big: mtu=${header.mtu}`
        : 'Packet too big';
    case ICMPV6_TYPE.timeExceeded:
      return `Time exceeded: ${code === 0 ? 'Hop limit' : 'Defragmentation failure'}`;
    case ICMPV6_TYPE.parameterProblem: {
      const text = PARAMETER_PROBLEM_V6[code] ?? `Unknown code ${code}`;
      return `Parameter problem: ${text}${header.kind === 'error' ? ` at ${header.pointer ?? 0}` : ''}`;
    }
    default:
      return MESSAGE_V6[type] ?? `ICMPv6 type ${type} code ${code}`;
  }
}
