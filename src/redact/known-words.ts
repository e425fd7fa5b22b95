/**
 * Names that tell nothing of the network they are in, and so stay: what every machine has, what the tools themselves say,
 * and what well-known programs call their chains and tables, by which they are told (host/owner-signs.ts).
 *
 * @module
 */

import { CHAINS, COMMENTS, type Sign, TABLES } from '../host/owner-signs.ts';

/** Devices and namespaces that are called so wherever they are. */
const USUAL =
  /^(host|lo|eth\d{1,2}|wlan\d|en[ops]\d{1,3}|br\d{1,2}|bridge\d|bond\d|team\d|dummy\d|tap\d{1,2}|tun\d{1,2}|wg\d|veth\d{1,2}|vxlan\d|docker0|podman\d|cni0|cni-podman\d|virbr\d|lxdbr\d|lxcbr\d|incusbr\d|flannel\.1|tunl0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|sit0|ip6tnl0|ip6gre0|ip6gretap0|ip6erspan0|teql0|ifb\d)$/;

/** With what device names begin in one's own rules: `-i veth+`. */
const USUAL_BEGINNING =
  /^(eth|wlan|en[ops]?|br-?|bond|tap|tun|wg|veth|vxlan|docker|podman|cni|cali|virbr|lxdbr|vnet|ppp)$/;

/** Of iproute2, nft, iptables, tc, ss and conntrack: a name that is one of these is left, or their words would go. */
const WORDS = new Set(
  `a accept add address addr all allow an and any arp at bpf bridge broadcast brport bytes cgroup chain class comment confirmed
  connected conntrack continue counter create ct default delete deny destination dev device dir direct disabled dns
  down drop dropped dst element enabled end established estab ether external family fib fifo filter flood flow flower
  flowtable forever forward forwarding from global goto group handle hash head hook icmp icmpv6 id iif in index inet inet6
  ingress egress input internal invalid ip ip6 ipset ipv4 ipv6 is isolated jump kernel label learning left limit link listen
  listening local log lookup mac mangle map mark masquerade master match meta mode mtu name nat neigh netdev network
  new nexthop none noqueue not of off oif on one onlink open or other out output packet packets parent permanent pid policy
  port ports postrouting pref prefix prerouting prio priority private proto protocol proxy public queue range rate raw
  reachable redirect ref refcnt reject related reply request return right root route router rule saddr daddr scope security
  self set sk snat dnat socket source sport dport src stale state static statistic stats status sysctl table tcp tcp6 text
  the timeout to trace trusted ttl type udp udp6 unicast unix unreachable unspec untracked up update user users value
  verdict version via vlan vni work zone ACCEPT CONNMARK DNAT DROP FORWARD INPUT LOG MARK MASQUERADE NEW NFLOG NOTRACK
  OUTPUT POSTROUTING PREROUTING QUEUE REDIRECT REJECT RETURN SNAT TCPMSS TRACE ESTABLISHED RELATED INVALID UNTRACKED
  LISTEN UNCONN ESTAB SYN ACK FIN RST PSH URG COMMIT BROUTING FAILED PERMANENT REACHABLE STALE NOARP UP DOWN UNKNOWN
  tunnel udp-port classid action gact pfifo pfifo_fast fq_codel fq htb tbf netem sfq codel cake ingress_block clsact
  hex mask offset dead linkdown pervasive loopback anycast multicast blackhole prohibit throw nsid stream`.split(/\s+/),
);

/** Beside these words of a program's own, what it calls a chain tells of the network. */
const PROGRAM_WORDS = new Set(
  `DOCKER USER FORWARD BRIDGE CT INTERNAL INGRESS ISOLATION STAGE 1 2 CNI ADMIN HOSTPORT DNAT SNAT SETMARK MASQ NETAVARK
  INPUT OUTPUT PREROUTING POSTROUTING KUBE MARK DROP SERVICES NODEPORTS EXTERNAL FIREWALL PROXY CANARY KUBELET LIBVIRT INP OUT
  FWI FWO FWX PRT PRT CILIUM PRE POST OLD FLANNEL POSTRTG FWD ISTIO REDIRECT INBOUND ufw ufw6 before after logging allow
  deny reject track user limit accept skip to policy not local input output forward docker cali ts from wl dispatch hep
  fip nat filter direct ZONES public home work dmz internal external trusted drop block pre log post IN FWDI FWDO POLICIES`.split(
    /\s+/,
  ),
);

/** One sign, or signs without a letter or digit: such names tell nothing, and would be found in every line. */
const SIGNS = /^(.?|[^\p{L}\p{N}]+)$/u;

/** Whether the name may stay as it is. */
export function isKnownWord(name: string): boolean {
  return USUAL.test(name) || WORDS.has(name) || /^\d{1,5}$/.test(name) || SIGNS.test(name);
}

/** Whether what rules begin with (`veth+`) may stay. */
export function isKnownBeginning(beginning: string): boolean {
  return USUAL_BEGINNING.test(beginning) || beginning === '';
}

/** What of the name of a chain or table tells which program made it, and nothing more; `undefined` where nothing does. */
export function programPart(name: string): string | undefined {
  if (name.split(/[-_]/).every((word) => PROGRAM_WORDS.has(word))) return name;
  const sign = matched([...CHAINS, ...TABLES], name);
  return sign === undefined || sign === name ? TABLE_NAMES.find((each) => each === name) : sign;
}

/** Tables that a program has one of, whole. */
const TABLE_NAMES = [
  'firewalld',
  'docker-bridges',
  'netavark',
  'libvirt_network',
  'kube-proxy',
  'calico',
  'flannel-ipv4',
  'flannel-ipv6',
  'f2b-table',
  'io.systemd.nat',
  'lxd',
  'incus',
];

/** What of a comment tells which program wrote it. */
export function commentPart(comment: string): string | undefined {
  return matched(COMMENTS, comment);
}

function matched(signs: readonly Sign[], text: string): string | undefined {
  for (const [pattern] of signs) {
    const [part] = pattern.exec(text) ?? [];
    if (part !== undefined) return part;
  }
  return undefined;
}
