/**
 * Names that nft and iptables print for numbers.
 *
 * Source: IANA protocol numbers and ICMP parameters, in the spelling of nft(8), iptables-extensions(8), /etc/protocols.
 *
 * @module
 */

type Names = Readonly<Record<string, number>>;

const PROTOCOLS: Names = {
  icmp: 1,
  igmp: 2,
  ipencap: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  'ipv6-route': 43,
  'ipv6-frag': 44,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  'ipv6-icmp': 58,
  'ipv6-nonxt': 59,
  'ipv6-opts': 60,
  ospf: 89,
  pim: 103,
  comp: 108,
  ipcomp: 108,
  vrrp: 112,
  l2tp: 115,
  sctp: 132,
  dccp: 33,
  'ipv6-mh': 135,
  'mobility-header': 135,
  mh: 135,
  udplite: 136,
};

const ICMP_TYPES: Names = {
  'echo-reply': 0,
  'destination-unreachable': 3,
  'source-quench': 4,
  redirect: 5,
  'echo-request': 8,
  'router-advertisement': 9,
  'router-solicitation': 10,
  'time-exceeded': 11,
  'parameter-problem': 12,
  'timestamp-request': 13,
  'timestamp-reply': 14,
  'info-request': 15,
  'info-reply': 16,
  'address-mask-request': 17,
  'address-mask-reply': 18,
};

const ICMPV6_TYPES: Names = {
  'destination-unreachable': 1,
  'packet-too-big': 2,
  'time-exceeded': 3,
  'parameter-problem': 4,
  'echo-request': 128,
  'echo-reply': 129,
  'mld-listener-query': 130,
  'mld-listener-report': 131,
  'mld-listener-done': 132,
  'mld-listener-reduction': 132,
  'nd-router-solicit': 133,
  'router-solicitation': 133,
  'nd-router-advert': 134,
  'router-advertisement': 134,
  'nd-neighbor-solicit': 135,
  'neighbour-solicitation': 135,
  'neighbor-solicitation': 135,
  'nd-neighbor-advert': 136,
  'neighbour-advertisement': 136,
  'neighbor-advertisement': 136,
  'nd-redirect': 137,
  redirect: 137,
  'router-renumbering': 138,
  'ind-neighbor-solicit': 141,
  'ind-neighbor-advert': 142,
  'mld2-listener-report': 143,
};

const ICMP_CODES: Names = {
  'net-unreachable': 0,
  'host-unreachable': 1,
  'prot-unreachable': 2,
  'port-unreachable': 3,
  'frag-needed': 4,
  'net-prohibited': 9,
  'host-prohibited': 10,
  'admin-prohibited': 13,
};

const ICMPV6_CODES: Names = {
  'no-route': 0,
  'admin-prohibited': 1,
  'addr-unreachable': 3,
  'port-unreachable': 4,
  'policy-fail': 5,
  'reject-route': 6,
};

/** TCP flag bits. Source: RFC 9293 section 3.1, RFC 3168. */
const TCP_FLAGS: Names = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ecn: 64, cwr: 128 };

/** An IP protocol by name or number. */
export function protocolNumberOf(word: string): number | undefined {
  return numberOf(PROTOCOLS, word, 255);
}

/** An ICMP or ICMPv6 type by name or number. */
export function icmpTypeOf(family: 'inet' | 'inet6', word: string): number | undefined {
  return numberOf(family === 'inet' ? ICMP_TYPES : ICMPV6_TYPES, word, 255);
}

/** An ICMP or ICMPv6 code by name or number. */
export function icmpCodeOf(family: 'inet' | 'inet6', word: string): number | undefined {
  return numberOf(family === 'inet' ? ICMP_CODES : ICMPV6_CODES, word, 255);
}

/** A TCP flag's bit, by name (any case) or number. */
export function tcpFlagOf(word: string): number | undefined {
  return numberOf(TCP_FLAGS, word.toLowerCase(), 255);
}

function numberOf(names: Names, word: string, max: number): number | undefined {
  if (Object.hasOwn(names, word)) return names[word];
  return /^\d{1,3}$/.test(word) && Number(word) <= max ? Number(word) : undefined;
}
