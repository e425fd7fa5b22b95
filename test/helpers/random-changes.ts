/**
 * Random changes to one network, as shell, for a differential test: some break it, some do not, some combine.
 *
 * They are drawn, not thought out: addresses, devices and settings meet that nobody would put together. A command that
 * the kernel refuses changes nothing, which is as good.
 *
 * @module
 */

import fc from 'fast-check';

/** a and b on a bridge of gw; gw - r; r - out and r - c. Written with the words of `judge.ts`. */
export const RANDOM_NETWORK = `
  namespaces a b c gw r out
  wire a va gw pa
  wire b vb gw pb
  wire gw g0 r r0
  wire r r1 out o0
  wire c vc r r2
  bridge_ gw br0 pa pb
  address a va 10.0.0.1/24 fd00::1/64
  address b vb 10.0.0.2/24 fd00::2/64
  address gw br0 10.0.0.254/24 fd00::fe/64
  address gw g0 10.0.5.1/24 fd05::1/64
  address r r0 10.0.5.2/24 fd05::2/64
  address r r1 10.0.6.1/24 fd06::1/64
  address r r2 10.0.7.254/24 fd07::fe/64
  address c vc 10.0.7.1/24 fd07::1/64
  address out o0 10.0.6.2/24 fd06::2/64
  for each in a b; do ip -n $each route add default via 10.0.0.254; ip -n $each route add default via fd00::fe; done
  ip -n c route add default via 10.0.7.254
  ip -n c route add default via fd07::fe
  ip -n out route add default via 10.0.6.1
  ip -n out route add default via fd06::1
  ip -n gw route add default via 10.0.5.2
  ip -n gw route add default via fd05::2
  ip -n r route add 10.0.0.0/24 via 10.0.5.1
  ip -n r route add fd00::/64 via fd05::1
  # Redirects teach the sender another gateway after its first packet.
  for each in a b c gw r out; do
    for device in $(ip netns exec $each ls /proc/sys/net/ipv4/conf); do
      sysctl_ $each net.ipv4.conf.$device.send_redirects=0
    done
  done
  sysctl_ gw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  sysctl_ r net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  until [ "$(bridge -n gw link show | grep -c "state forwarding")" = 2 ]; do sleep 0.05; done
`;

/** One network to try. */
export interface RandomCase {
  readonly changes: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly source: string | undefined;
}

const DEVICES: Readonly<Record<string, readonly string[]>> = {
  a: ['va'],
  b: ['vb'],
  c: ['vc'],
  gw: ['pa', 'pb', 'br0', 'g0'],
  r: ['r0', 'r1', 'r2'],
  out: ['o0'],
};
const ADDRESSES4 = ['10.0.0.1', '10.0.0.2', '10.0.0.254', '10.0.5.1', '10.0.5.2', '10.0.6.1', '10.0.6.2', '10.0.7.254'];
const ALL_ADDRESSES4 = [...ADDRESSES4, '10.0.7.1', '10.0.0.77', '10.0.7.99', '10.9.9.9'];
const ADDRESSES6 = [
  'fd00::1',
  'fd00::2',
  'fd00::fe',
  'fd05::1',
  'fd05::2',
  'fd06::1',
  'fd06::2',
  'fd07::fe',
  'fd07::1',
];
const NETS4 = ['10.0.0.0/24', '10.0.5.0/24', '10.0.6.0/24', '10.0.7.0/24', '10.0.0.0/16', '0.0.0.0/0'];
const NETS6 = ['fd00::/64', 'fd05::/64', 'fd06::/64', 'fd07::/64', '::/0'];
const TYPES = ['blackhole', 'unreachable', 'prohibit', 'throw'];
const TARGETS = ['DROP', 'REJECT', 'ACCEPT'];
const CHAINS = ['INPUT', 'OUTPUT', 'FORWARD'];

/** Templates: `NS` is a namespace, `DEV` one of its devices, the others a choice each time that they stand there. */
const TEMPLATES: readonly string[] = [
  'ip -n NS link set dev DEV down',
  'ip -n NS link set dev lo down',
  'ip -n NS link set dev DEV down; ip -n NS link set dev DEV up',
  'ip -n NS link set dev DEV arp off',
  'ip -n NS link set dev DEV mtu {60|80|1280|1400}',
  'ip -n gw link set dev {pa|pb} nomaster',
  'bridge -n gw link set dev {pa|pb} {isolated on|flood off|bcast_flood off|mcast_flood off|learning off|hairpin on|state 0}',
  'bridge -n gw link set dev pa isolated on; bridge -n gw link set dev pb isolated on',
  'ip -n NS addr flush dev DEV scope global',
  'ip -n NS addr add ADDR4/{8|16|23|24|25|30|32} dev {DEV|lo}',
  'ip -n NS addr add ADDR6/{48|64|128} dev DEV nodad',
  'ip -n NS route {replace|append|add} NET4 via ADDR4 {|metric 5|onlink dev DEV}',
  'ip -n NS -6 route {replace|add} NET6 via ADDR6 {|metric 5|metric 1}',
  'ip -n NS route replace NET4 dev DEV {|src ADDR4}',
  'ip -n NS route replace TYPE {NET4|ADDR4}',
  'ip -n NS route replace TYPE {NET6|ADDR6}',
  'ip -n NS route del NET4',
  'ip -n NS -6 route del NET6',
  `ip -n NS rule add priority {5|100|40000} {|from NET4|to NET4|iif DEV|iif lo|not from NET4} \\
    {lookup 7|lookup main|prohibit|blackhole|unreachable|lookup main suppress_prefixlength 0|goto 32766}
   ip -n NS route replace NET4 via ADDR4 table 7`,
  'ip -n NS rule del priority 0; ip -n NS rule add priority 32 lookup local',
  'sysctl_ NS net.ipv4.conf.{DEV|all}.rp_filter={1|2}',
  'sysctl_ {gw|r} net.ipv4.conf.{r0|r1|br0|g0|all}.forwarding=0',
  'sysctl_ {gw|r} net.ipv6.conf.{r0|r1|br0|g0|all}.forwarding=0',
  'sysctl_ NS net.ipv4.conf.{DEV|all}.arp_ignore={1|2|3|8}',
  'sysctl_ NS net.ipv4.conf.{DEV|all}.arp_announce={1|2}',
  'sysctl_ NS net.ipv4.conf.{DEV|all}.arp_filter=1',
  'sysctl_ NS net.ipv4.conf.{DEV|all}.proxy_arp=1 net.ipv4.ip_forward=1',
  'sysctl_ NS net.ipv4.conf.{DEV|all}.accept_local=1',
  'sysctl_ NS net.ipv6.conf.{DEV|all}.disable_ipv6=1',
  'sysctl_ NS {net.ipv4.icmp_echo_ignore_all|net.ipv6.icmp.echo_ignore_all}=1',
  'ip -n NS neigh replace {ADDR4|ADDR6} lladdr 02:11:22:33:44:55 dev DEV nud {permanent|stale}',
  'ip netns exec NS iptables -{A|I} CHAIN {|-p icmp|-s NET4|-d ADDR4|-m conntrack --ctstate NEW} -j TARGET',
  'ip netns exec NS ip6tables -{A|I} CHAIN {|-p icmpv6|-p icmpv6 --icmpv6-type echo-request|-s NET6|-d ADDR6} -j TARGET',
  'ip netns exec NS {iptables|ip6tables} -P CHAIN DROP',
  'ip netns exec {gw|r} iptables -t nat -A POSTROUTING {|-s NET4} -j {MASQUERADE|SNAT --to-source ADDR4}',
  'ip netns exec {gw|r} iptables -t nat -A {PREROUTING|OUTPUT} {-d ADDR4|-p icmp} -j DNAT --to-destination ADDR4',
  'ip netns exec {gw|r} ip6tables -t nat -A POSTROUTING {|-s NET6} -j MASQUERADE',
  `ip netns exec NS iptables -t mangle -A {PREROUTING|OUTPUT} -j MARK --set-mark 1
   ip -n NS rule add priority 90 fwmark 1 lookup 9; ip -n NS route replace {default|10.0.0.0/8} via ADDR4 table 9`,
  `sysctl_ gw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
   ip netns exec gw iptables -P FORWARD DROP
   ip netns exec gw ip6tables -A FORWARD -p icmpv6 --icmpv6-type echo-reply -j DROP`,
  `ip netns exec gw nft 'table bridge f { chain c { type filter hook {forward|input|output|prerouting} priority 0
     {drop|ether type arp drop|ip saddr 10.0.0.1 drop|ip6 daddr fd00::2 drop}; }; }'`,
  "ip netns exec NS nft 'table arp f { chain c { type filter hook {input|output} priority 0; drop; }; }'",
];

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  ADDR4: ALL_ADDRESSES4,
  ADDR6: ADDRESSES6,
  NET4: NETS4,
  NET6: NETS6,
  TYPE: TYPES,
  TARGET: TARGETS,
  CHAIN: CHAINS,
};

/** So many cases, the same for the same seed. */
export function randomCases(seed: number, count: number): readonly RandomCase[] {
  return fc.sample(anyCase, { seed, numRuns: count });
}

const netns = fc.constantFrom(...Object.keys(DEVICES));

const anyChange: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...TEMPLATES), netns, fc.infiniteStream(fc.nat()))
  .map(([template, name, numbers]) => {
    const pick = (choices: readonly string[]): string => {
      const { value } = numbers.next();
      return choices[value % choices.length] ?? '';
    };
    return template
      .replace(/\{([^{}]*\|[^{}]*)\}/g, (_, choices: string) => pick(choices.split('|')))
      .replace(/\bDEV\b/g, () => pick(DEVICES[name] ?? []))
      .replace(/\bNS\b/g, name)
      .replace(/\b(ADDR4|ADDR6|NET4|NET6|TYPE|TARGET|CHAIN)\b/g, (word) => pick(CHOICES[word] ?? []));
  });

const anyCase: fc.Arbitrary<RandomCase> = fc.record({
  changes: fc.array(anyChange, { minLength: 1, maxLength: 3, size: 'max' }),
  from: netns,
  to: fc.oneof({ arbitrary: fc.constantFrom(...ALL_ADDRESSES4), weight: 2 }, fc.constantFrom(...ADDRESSES6)),
  source: fc.option(fc.constantFrom(...ADDRESSES4), { nil: undefined, freq: 10 }),
});
