/**
 * What is read in every namespace: the key under which a recording holds it, and the command that prints it.
 *
 * All JSON is iproute2's. Routes and rules are asked for in numbers (`-N`): a table's name is only as good as the
 * rt_tables of the machine on which it is looked up again.
 *
 * Source: ip(8), bridge(8), nft(8), iptables-save(8), ss(8), tc(8); seen with iproute2 6.1, nftables 1.0.6.
 *
 * @module
 */

/** A command as it runs inside the namespace. */
export type ReadArgv = readonly [program: string, ...args: string[]];

/** What iproute2 is asked in one go (`ip -batch`), and alone when that fails. Their order is that of the answers. */
export const IP_BATCHES = [
  {
    options: ['-d', '-j'],
    commands: {
      link: ['addr', 'show'],
      // `all`: else entries without ARP (NUD_NOARP) are left out, by hand or not.
      neigh: ['neigh', 'show', 'nud', 'all'],
      'neigh-proxy': ['neigh', 'show', 'proxy'],
      // After `link`, which makes the kernel number the namespaces of veth peers.
      nsid: ['netns', 'list-id'],
    },
  },
  {
    options: ['-4', '-d', '-j', '-N'],
    commands: {
      route4: ['route', 'show', 'table', 'all'],
      rule4: ['rule', 'show'],
      cache4: ['route', 'show', 'cache'],
    },
  },
  {
    options: ['-6', '-d', '-j', '-N'],
    commands: {
      route6: ['route', 'show', 'table', 'all'],
      rule6: ['rule', 'show'],
      cache6: ['route', 'show', 'cache'],
    },
  },
] as const;

/** A table may hold hundreds of thousands: those that are read are enough to find one's own flow on most machines. */
export const MOST_CONNECTIONS = 1000;

/** One command each. */
export const SINGLE_READS = {
  inode: ['readlink', '/proc/self/ns/net'],
  fdb: ['bridge', '-j', 'fdb', 'show'],
  nft: ['nft', '-j', 'list', 'ruleset'],
  // Where chains are bound to devices.
  'nft-chains': ['nft', 'list', 'chains'],
  'iptables-nft': ['iptables-nft-save', '-c'],
  'ip6tables-nft': ['ip6tables-nft-save', '-c'],
  // Of the bridge family; where nft names an extension and not what it asks for.
  'ebtables-nft': ['ebtables-nft-save', '-c'],
  // Which legacy tables there are, as the kernel says: also where the program that lists them is missing.
  'iptables-names': ['cat', '/proc/net/ip_tables_names'],
  'ip6tables-names': ['cat', '/proc/net/ip6_tables_names'],
  'iptables-legacy': ['iptables-legacy-save', '-c'],
  'ip6tables-legacy': ['ip6tables-legacy-save', '-c'],
  // Where a rule of iptables may ask for one.
  ipset: ['ipset', 'save'],
  /** `connections` of a kernel without that file: `conntrack -L -o extended`, where there are few. */
  connections: ['head', '-n', String(MOST_CONNECTIONS), '/proc/net/nf_conntrack'],
  qdisc: ['tc', 'qdisc', 'show'],
  sockets: ['ss', '-Hnltue'],
} as const satisfies Readonly<Record<string, ReadArgv>>;

/** Read where a bridge filters VLANs, which the listing of links tells. */
export const VLAN_READ: ReadArgv = ['bridge', '-j', 'vlan', 'show'];

/** The key of `tc filter show dev DEV PLACE`, read where a qdisc can carry filters: `filter ingress eth0`. */
export const FILTER_READ = /^filter (root|ingress|egress) (\S+)$/;

/** Settings of every device: `ipv4/conf/DEV/NAME`. */
const IPV4_CONF = [
  'accept_local',
  'accept_redirects',
  'arp_accept',
  'arp_announce',
  'arp_filter',
  'arp_ignore',
  'bc_forwarding',
  'disable_policy',
  'drop_gratuitous_arp',
  'drop_unicast_in_l2_multicast',
  'forwarding',
  'ignore_routes_with_linkdown',
  'promote_secondaries',
  'proxy_arp',
  'proxy_arp_pvlan',
  'route_localnet',
  'rp_filter',
  'src_valid_mark',
];

const IPV6_CONF = [
  'accept_dad',
  'accept_ra',
  'accept_ra_defrtr',
  'accept_ra_pinfo',
  'autoconf',
  'disable_ipv6',
  'force_forwarding',
  'forwarding',
  'ignore_routes_with_linkdown',
  'keep_addr_on_down',
  'proxy_ndp',
  'use_oif_addrs_only',
];

/** Settings of the whole namespace. */
const WHOLE = [
  'ipv4/fib_multipath_hash_policy',
  'ipv4/fib_multipath_use_neigh',
  'ipv4/fwmark_reflect',
  'ipv4/icmp_echo_ignore_all',
  'ipv4/icmp_echo_ignore_broadcasts',
  'ipv4/icmp_errors_use_inbound_ifaddr',
  'ipv4/ip_default_ttl',
  'ipv4/ip_forward',
  'ipv4/ip_forward_use_pmtu',
  'ipv4/ip_local_port_range',
  'ipv4/ip_no_pmtu_disc',
  'ipv4/ip_nonlocal_bind',
  'ipv4/ip_unprivileged_port_start',
  'ipv4/nexthop_compat_mode',
  'ipv4/raw_l3mdev_accept',
  'ipv4/tcp_fwmark_accept',
  'ipv4/tcp_l3mdev_accept',
  'ipv4/udp_l3mdev_accept',
  'ipv6/bindv6only',
  'ipv6/fib_multipath_hash_policy',
  'ipv6/fwmark_reflect',
  'ipv6/icmp/echo_ignore_all',
  'ipv6/icmp/echo_ignore_anycast',
  'ipv6/icmp/echo_ignore_multicast',
  'ipv6/ip_nonlocal_bind',
  'bridge/bridge-nf-call-arptables',
  'bridge/bridge-nf-call-ip6tables',
  'bridge/bridge-nf-call-iptables',
  'bridge/bridge-nf-filter-pppoe-tagged',
  'bridge/bridge-nf-filter-vlan-tagged',
  'bridge/bridge-nf-pass-vlan-input-dev',
  'netfilter/nf_conntrack_checksum',
  'netfilter/nf_conntrack_count',
  'netfilter/nf_conntrack_max',
  'netfilter/nf_conntrack_tcp_be_liberal',
  'netfilter/nf_conntrack_tcp_loose',
];

/**
 * The sysctls that decide, by one grep for all of them, run in /proc/sys/net. It walks the tree itself: with a
 * thousand devices their paths would not fit into an argument list.
 */
export const SYSCTL_READ: ReadArgv = [
  'grep',
  '-rHs',
  ...[...new Set([...IPV4_CONF, ...IPV6_CONF, ...WHOLE.map((path) => path.slice(path.lastIndexOf('/') + 1))])]
    .sort()
    .map((name) => `--include=${name}`),
  '',
  'ipv4/conf',
  'ipv6/conf',
  ...WHOLE,
];
