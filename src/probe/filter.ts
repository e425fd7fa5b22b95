/**
 * The BPF filter under which a probe listens: what it may send, every answer to that, and what resolves its next hops.
 * Wide enough for any address translation, narrow enough that a busy namespace does not flood us.
 *
 * Two traps. A load beyond the packet's end ends the whole filter with "no" (bpf_filter()), so whatever reads into a
 * payload stands behind what does not. And `tcp[...]` and `udp[...]` are for IPv4 only: for IPv6 the offset is counted
 * from the IP header, which holds as long as no extension header stands between.
 *
 * Source: pcap-filter(7).
 *
 * @module
 */

import type { Family } from '../net/address.ts';
import type { Port } from '../net/port.ts';
import { ETHER_TYPE } from '../wire/ether-type.ts';
import { IP_PROTOCOL } from '../wire/ip-protocol.ts';

/** What a probe sends, as far as a filter can ask for it. */
export type Sought =
  | { readonly kind: 'icmp' }
  /** Any port: a translation may change it on the way. Only SYN, SYN-ACK and RST, of which there are few. */
  | { readonly kind: 'tcp' }
  /** The destination's and our own port, or the first bytes of our payload, whatever the ports have become. */
  | { readonly kind: 'udp'; readonly ports: readonly Port[]; readonly nonce: Uint8Array };

/** @param vxlanPorts UDP ports of the tunnels that the probe may take. */
export function probeFilter(family: Family, sought: Sought, vxlanPorts: readonly Port[]): string {
  const control = family === 'inet' ? ['icmp', 'arp'] : ['icmp6'];
  const inside = vxlanPorts.flatMap((port) => [
    // The outer header may be of either family.
    encapsulated(port, (offset, size) => `udp[${offset}:${size}]`, family, sought),
    encapsulated(port, (offset, size) => `ip6[${IPV6_BYTES + offset}:${size}]`, family, sought),
  ]);
  return [...control, ...plain(family, sought), ...inside].join(' or ');
}

const IPV6_BYTES = 40;
const UDP_BYTES = 8;
const SYN_OR_RST = 0x02 | 0x04;

/** Where fields stand, counted from the header that is named. */
const TCP_FLAGS_AT = 13;
const UDP_SOURCE_PORT_AT = 0;
const UDP_DEST_PORT_AT = 2;

function plain(family: Family, sought: Sought): readonly string[] {
  switch (sought.kind) {
    case 'icmp':
      return [];
    case 'tcp':
      return family === 'inet'
        ? [`tcp[${TCP_FLAGS_AT}] & ${SYN_OR_RST} != 0`]
        : [`(ip6 proto ${IP_PROTOCOL.tcp} and ip6[${IPV6_BYTES + TCP_FLAGS_AT}] & ${SYN_OR_RST} != 0)`];
    case 'udp': {
      const nonce = word(sought.nonce);
      return [
        ...sought.ports.map((port) => `udp port ${port}`),
        family === 'inet'
          ? `udp[${UDP_BYTES}:4] = ${nonce}`
          : `(ip6 proto ${IP_PROTOCOL.udp} and ip6[${IPV6_BYTES + UDP_BYTES}:4] = ${nonce})`,
      ];
    }
  }
}

/** A field of so many bytes, at an offset from the outer UDP header. */
type Field = (offset: number, sizeBytes: number) => string;

const VXLAN_BYTES = 8;
const ETHER_TYPE_AT = UDP_BYTES + VXLAN_BYTES + 12;
const INNER_IP_AT = ETHER_TYPE_AT + 2;

/** The same inside a tunnel, of which no keyword knows; the inner IPv4 header is taken to have no options. */
function encapsulated(port: Port, field: Field, family: Family, sought: Sought): string {
  const innerIpBytes = family === 'inet' ? 20 : IPV6_BYTES;
  const protocol = field(INNER_IP_AT + (family === 'inet' ? 9 : 6), 1);
  const transport: Field = (offset, sizeBytes) => field(INNER_IP_AT + innerIpBytes + offset, sizeBytes);
  const control = `${protocol} = ${family === 'inet' ? IP_PROTOCOL.icmp : IP_PROTOCOL.icmpv6}`;
  const ours = [control, ...innerTransport(protocol, transport, sought)].join(' or ');
  const carriesIp = `${field(ETHER_TYPE_AT, 2)} = ${ETHER_TYPE[family === 'inet' ? 'ipv4' : 'ipv6']}`;
  const arp = family === 'inet' ? [`${field(ETHER_TYPE_AT, 2)} = ${ETHER_TYPE.arp}`] : [];
  return `(udp dst port ${port} and (${[...arp, `(${carriesIp} and (${ours}))`].join(' or ')}))`;
}

function innerTransport(protocol: string, transport: Field, sought: Sought): readonly string[] {
  switch (sought.kind) {
    case 'icmp':
      return [];
    case 'tcp':
      return [`(${protocol} = ${IP_PROTOCOL.tcp} and ${transport(TCP_FLAGS_AT, 1)} & ${SYN_OR_RST} != 0)`];
    case 'udp': {
      const ports = sought.ports.flatMap((port) => [
        `${transport(UDP_SOURCE_PORT_AT, 2)} = ${port}`,
        `${transport(UDP_DEST_PORT_AT, 2)} = ${port}`,
      ]);
      const any = [...ports, `${transport(UDP_BYTES, 4)} = ${word(sought.nonce)}`].join(' or ');
      return [`(${protocol} = ${IP_PROTOCOL.udp} and (${any}))`];
    }
  }
}

/** The first four bytes as a number. */
function word(bytes: Uint8Array): number {
  return bytes.subarray(0, 4).reduce((number, byte) => number * 256 + byte, 0);
}
