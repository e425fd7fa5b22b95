/**
 * Every kind of condition, held to the kernel: rules that only count and call an empty chain stand at three hooks of a
 * router, packets pass it, and what the kernel counted has to be what the model says matched, rule by rule.
 */

import { expect } from 'vitest';
import type { Host } from '../../src/host/host.ts';
import type { FilterRule, RuleRef, Ruleset } from '../../src/host/ruleset.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { port } from '../helpers/iproute-text.ts';
import { WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

/** The answers of s to TCP and UDP are not waited for: s drops the question when it has come through the router. */
const ROUTER = `
  namespaces c r s
  wire c ce r re1
  wire s se r re2
  address c ce 10.0.1.2/24 fd01::2/64
  address r re1 10.0.1.1/24 fd01::1/64
  address r re2 10.0.2.1/24 fd02::1/64
  address s se 10.0.2.2/24 fd02::2/64
  ip -n c route add default via 10.0.1.1
  ip -n s route add default via 10.0.2.1
  ip -n c route add default via fd01::1
  ip -n s route add default via fd02::1
  sysctl_ r net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  ip netns exec s nft add table inet deaf
  ip netns exec s nft add chain inet deaf in '{ type filter hook prerouting priority -400 ; }'
  ip netns exec s nft add rule inet deaf in meta l4proto '{ tcp, udp }' drop
  ip netns exec r nft add table ip translate
  ip netns exec r nft add chain ip translate pre '{ type nat hook prerouting priority -100 ; }'
  ip netns exec r nft add rule ip translate pre ip daddr 10.0.9.9 dnat to 10.0.2.2
  ip netns exec r nft add chain ip translate post '{ type nat hook postrouting priority 100 ; }'
  ip netns exec r nft add rule ip translate post ct status dnat masquerade
`;

/** Packets through the router. */
const PACKETS = [
  { what: 'ping', question: ask('c', '10.0.2.2'), send: 'ping -c1 -W1 10.0.2.2' },
  { what: 'ping, translated', question: ask('c', '10.0.9.9'), send: 'ping -c1 -W1 10.0.9.9' },
  { what: 'tcp', question: ask('c', '10.0.2.2', { to: 'tcp/80' }), send: connect('10.0.2.2', 80) },
  { what: 'tcp, translated', question: ask('c', '10.0.9.9', { to: 'tcp/443' }), send: connect('10.0.9.9', 443) },
  { what: 'udp', question: ask('c', '10.0.2.2', { to: 'udp/53' }), send: datagram('udp4', '10.0.2.2', 53) },
  { what: 'ping6', question: ask('c', 'fd02::2'), send: 'ping -c1 -W1 fd02::2' },
  { what: 'tcp6', question: ask('c', 'fd02::2', { to: 'tcp/443' }), send: connect('fd02::2', 443) },
] as const;

/** One SYN from the port that the model is asked about; the next would come after a second. */
function connect(host: string, port: number): string {
  return node(
    `require('net').connect({ host: '${host}', port: ${port}, localPort: 40000 }); setTimeout(process.exit, 300)`,
  );
}

function datagram(type: string, host: string, port: number): string {
  // As long as the model's question.
  const sent = `socket.send(Buffer.alloc(56), ${port}, '${host}', () => process.exit())`;
  return node(`const socket = require('dgram').createSocket('${type}'); socket.bind(40000, () => ${sent})`);
}

function node(program: string): string {
  return `${process.execPath} -e "${program}"`;
}

/** What IPv6 says by itself is not to be counted. */
const NOISE = 'icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report } return';

const NFT_CONDITIONS = `
  ct state new
  ct state established
  ct state established,related
  ct state { new, untracked }
  ct state != new
  ct state != { established, related }
  ct state invalid
  ct status dnat
  ct status snat
  ct status snat,dnat
  ct direction original
  ct direction reply
  ct mark 0
  ct mark != 0
  iifname "re1"
  iif "re1"
  iifname "re*"
  iifname != "re1"
  iifname { "re1", "x*" }
  iifname != { "re1", "x" }
  oifname "re2"
  oifname != "re2"
  oif "re1"
  meta l4proto icmp
  meta l4proto { tcp, udp }
  meta l4proto != tcp
  meta l4proto { icmp, ipv6-icmp }
  meta nfproto ipv4
  meta nfproto ipv6
  meta protocol ip
  meta protocol != ip
  meta mark 0
  meta mark != 0
  meta mark & 0xff == 0
  meta length 84
  meta length > 84
  meta length <= 84
  meta length 60-104
  meta length != 84
  ip saddr 10.0.1.2
  ip saddr != 10.0.1.2
  ip saddr 10.0.1.0/24 ip daddr != 10.0.2.0/24
  ip saddr 10.0.1.2-10.0.1.9
  ip saddr != 10.0.1.2-10.0.1.9
  ip daddr { 10.0.2.2, 10.0.8.0/23, 10.0.1.2-10.0.1.3 }
  ip daddr != { 10.0.2.2, 10.0.8.0/23 }
  ip daddr @served
  ip daddr != @served
  ip daddr @nothing
  ip daddr != @nothing
  ip daddr . tcp dport { 10.0.2.2 . 80, 10.0.9.9 . 443 }
  ip daddr . tcp dport != { 10.0.2.2 . 80, 10.0.9.9 . 443 }
  ip daddr . meta l4proto . th dport { 10.0.2.2 . tcp . 80, 10.0.2.2 . udp . 53 }
  ip saddr . ip daddr @pairs
  ip6 saddr fd01::/64
  ip6 saddr != fd01::/64
  ip6 daddr fd02::2
  ip protocol icmp
  ip protocol { tcp, udp }
  ip protocol != icmp
  ip6 nexthdr ipv6-icmp
  ip6 nexthdr != tcp
  ip length 84
  ip6 length 64
  tcp dport 80
  tcp dport != 80
  tcp dport { 22, 80-90 }
  tcp dport != { 22, 80-90 }
  tcp dport >= 443
  tcp dport < 443
  tcp sport 40000
  udp dport 53
  udp sport 40000 udp dport 1-1023
  udp dport != 53
  tcp flags syn
  tcp flags & (fin | syn | rst | ack) == syn
  tcp flags & (syn | ack) == (syn | ack)
  tcp flags & (fin | syn) != syn
  tcp flags != syn
  tcp flags & syn == 0
  tcp flags { syn, ack }
  icmp type echo-request
  icmp type { echo-reply, echo-request }
  icmp type != echo-request
  icmp code 0
  icmp type . icmp code { echo-request . 0 }
  icmpv6 type echo-reply
  icmpv6 type != echo-reply
  ip frag-off & 0x1fff != 0
  ip frag-off & 0x1fff == 0
  exthdr frag exists
  fib daddr type local
  fib daddr type unicast
  fib saddr type { local, broadcast }
  fib saddr type != local
  meta pkttype broadcast
  meta pkttype { broadcast, multicast }
  ip ttl 64
  ip ttl 63
  ip ttl < 64
  ip ttl != 63
  ip6 hoplimit 63
  ct original ip daddr 10.0.9.9
  ct original ip daddr != 10.0.9.9
  ct reply ip saddr 10.0.2.2
  ct reply ip daddr 10.0.2.1
  ct original ip saddr { 10.0.1.0/24, 10.0.2.0/24 }
  meta l4proto tcp ct original proto-dst 80
  meta l4proto tcp ct reply proto-src != 80
  ct protocol tcp
  rt type 0
  rt type != 0
  meta skuid 0
  meta skuid != 0
  limit rate 1000/second
  limit rate over 1000/second
  quota over 10 mbytes
`;

/** These want to know the device that a packet came in by. */
const NFT_PREROUTING_ONLY = `
  fib daddr . iif type local
  fib daddr . iif type != local
  fib saddr . iif oif missing
  fib saddr . iif oif exists
  fib saddr oif missing
  fib saddr . mark . iif oif != "lo"
  fib saddr oif "re1"
  fib saddr oifname != "re1"
  fib daddr oifname "re2"
  fib daddr oif exists
`;

const IPTABLES_CONDITIONS = `
  -s 10.0.1.2
  ! -s 10.0.1.0/24
  -d 10.0.2.2
  -p icmp
  ! -p tcp
  -p tcp --dport 80
  -p tcp --dport 80:443
  -p tcp ! --dport 80
  -p tcp --sport 40000 --dport 443
  -p udp --dport 53
  -p udp ! --sport 1:1023
  -p tcp --syn
  -p tcp ! --syn
  -p tcp --tcp-flags ALL NONE
  -p tcp --tcp-flags SYN,RST SYN
  -p tcp -m multiport --dports 22,80:90,443
  -p tcp -m multiport ! --dports 22,80:90
  -p udp -m multiport --ports 53,40000
  -p tcp -m multiport --sports 40000
  -p icmp --icmp-type echo-request
  -p icmp ! --icmp-type echo-request
  -p icmp --icmp-type 8/0
  -p icmp --icmp-type 8/1
  -p icmp --icmp-type any
  -m conntrack --ctstate NEW
  -m conntrack --ctstate RELATED,ESTABLISHED
  -m conntrack ! --ctstate NEW
  -m conntrack --ctstate DNAT
  -m conntrack --ctstate INVALID,SNAT
  -m conntrack ! --ctstate DNAT,NEW
  -m conntrack --ctdir ORIGINAL
  -m conntrack --ctdir REPLY
  -m conntrack --ctstate NEW --ctdir ORIGINAL
  -m state --state ESTABLISHED
  -m mark --mark 0
  -m mark ! --mark 0x1/0x1
  -m connmark --mark 0
  -m connmark ! --mark 0
  -m addrtype --dst-type LOCAL
  -m addrtype --dst-type UNICAST,LOCAL
  -m addrtype ! --src-type LOCAL
  -m pkttype --pkt-type broadcast
  -m iprange --src-range 10.0.1.2-10.0.1.9
  -m iprange ! --dst-range 10.0.2.2-10.0.2.9
  -m length --length 84
  -m length --length 0:60
  -m length ! --length 84:90
  -m physdev --physdev-in re1
  -m physdev ! --physdev-in re1
  -m physdev --physdev-is-bridged
  -m physdev ! --physdev-is-bridged
  -m conntrack --ctorigdst 10.0.9.9
  -m conntrack ! --ctorigdst 10.0.9.9
  -m conntrack --ctreplsrc 10.0.2.2 --ctproto tcp
  -p tcp -m conntrack --ctorigdstport 443
  -p tcp -m conntrack ! --ctorigdstport 443 --ctdir ORIGINAL
  -m ttl --ttl-eq 64
  -m ttl --ttl-lt 64
  -m ttl ! --ttl-eq 63
  -m limit --limit 1000/second
  -m hashlimit --hashlimit-upto 1000/sec --hashlimit-mode srcip --hashlimit-name upto
  -m hashlimit --hashlimit-above 1000/sec --hashlimit-mode srcip --hashlimit-name above
  -m connlimit --connlimit-above 50
  -m connlimit --connlimit-upto 50
  -m recent --set --name seen
  -m recent ! --set --name seen
  -m recent --update --seconds 60 --hitcount 20 --name often
  -m quota --quota 1000000
  -m comment --comment -j
  -f
  ! -f
`;

const FORWARD_ONLY = [
  '-i re1',
  '! -i re1',
  '-i re+',
  '-o re2',
  '! -o re+',
  '-i re1 -o re2',
  '-m addrtype --dst-type LOCAL --limit-iface-in',
  '-m addrtype ! --src-type LOCAL --limit-iface-out',
  '-m policy --dir in --pol none',
  '-m policy --dir in --pol ipsec',
];

const PREROUTING_ONLY = [
  '-m rpfilter',
  '-m rpfilter --invert',
  '-m rpfilter --loose --validmark',
  '-m rpfilter --accept-local --invert',
  '-m addrtype --dst-type LOCAL --limit-iface-in',
];

const POSTROUTING_ONLY = [
  '-m owner --uid-owner 0',
  '-m owner ! --uid-owner 0',
  '-m owner ! --uid-owner 0-5 --gid-owner 0',
];

const IP6TABLES_CONDITIONS = `
  -s fd01::/64
  ! -d fd02::2
  -p ipv6-icmp
  -p icmpv6 --icmpv6-type echo-request
  -p icmpv6 ! --icmpv6-type 129/0
  -p tcp --dport 443
  -m conntrack --ctstate ESTABLISHED
  -m length --length 104
  -m length ! --length 0:103
  -m addrtype --dst-type LOCAL
  -m iprange --src-range fd01::2-fd01::3
`;

liveTest('holds() agrees with nft on every condition that it models', async () => {
  const hooks = {
    pre: 'prerouting priority -150',
    raw: 'prerouting priority -300',
    fwd_: 'forward priority 0',
    post: 'postrouting priority 150',
  };
  const chains = Object.entries(hooks).map(([name, hook]) => {
    const conditions = [...lines(NFT_CONDITIONS), ...(hook.startsWith('prerouting') ? lines(NFT_PREROUTING_ONLY) : [])];
    const rules = conditions.map((condition) => `${condition} counter jump hit`);
    return `chain ${name} { type filter hook ${hook}\n${NOISE}\n${rules.join('\n')}\n}`;
  });
  const script = `
table inet conditions {
  set served { type ipv4_addr; flags interval; elements = { 10.0.2.0/30, 10.0.9.9 }
  }
  set nothing { type ipv4_addr
  }
  set pairs { type ipv4_addr . ipv4_addr; flags interval; elements = { 10.0.1.0/24 . 10.0.2.0/24 }
  }
  chain hit {
  }
  ${chains.join('\n')}
}`;
  await holdsAsCounted((world) => world.run(['ip', 'netns', 'exec', 'r', 'nft', '-f', '-'], { input: script }));
});

for (const variant of ['nft', 'legacy'] as const) {
  liveTest(`holds() agrees with iptables-${variant} on every condition that it models`, async () => {
    await holdsAsCounted((world) => world.run(['sh', '-euc', iptablesScript(`-${variant}`)]));
  });
}

function iptablesScript(variant: string): string {
  const table = (conditions: readonly string[], name: string, chain: string) =>
    `*${name}\n:hit - [0:0]\n${conditions.map((each) => `-A ${chain} ${each} -j hit`).join('\n')}\nCOMMIT\n`;
  const v4 = lines(IPTABLES_CONDITIONS);
  const isOutputOnly = (condition: string) => !condition.includes('physdev');
  const restore = (program: string, text: string) =>
    `ip netns exec r ${program}${variant}-restore <<'END'\n${text}END\n`;
  return [
    restore('iptables', table([...v4, ...PREROUTING_ONLY], 'raw', 'PREROUTING')),
    restore('iptables', table(v4, 'mangle', 'PREROUTING')),
    restore('iptables', table([...v4, ...FORWARD_ONLY], 'filter', 'FORWARD')),
    restore(
      'iptables',
      `*mangle\n${[...v4.filter(isOutputOnly), ...POSTROUTING_ONLY]
        .map((each) => `-A POSTROUTING ${each} -j hit`)
        .join('\n')}\nCOMMIT\n`,
    ).replace('-restore', '-restore --noflush'),
    restore('ip6tables', table(lines(IP6TABLES_CONDITIONS), 'filter', 'FORWARD')),
  ].join('\n');
}

function lines(text: string): readonly string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim());
}

/** Load rules into the router, send every packet, and compare what was counted with what the model says. */
async function holdsAsCounted(load: (world: World) => ReturnType<World['run']>): Promise<void> {
  await inWorld(async (world) => {
    await world.sh(`${WORDS}\n${ROUTER}`);
    const loaded = await load(world);
    expect(loaded.stderr).toBe('');
    // Neighbours first: what is to be counted is the packet, and nothing is sent twice.
    await world.sh(
      'ip netns exec c ping -c1 -W1 10.0.2.2; ip netns exec c ping -c1 -W1 fd02::2; ip netns exec r conntrack -F 2>/dev/null || :',
    );
    let before = await collectIn(world);
    const compared = { rules: 0 };
    for (const { what, question, send } of PACKETS) {
      // The ports that connect() and datagram() bind: what an earlier packet left in conntrack is no reason for another.
      const asked = question.proto === 'icmp' ? question : { ...question, sourcePort: port(40000) };
      const trip = walkRoundTrip(before, asked);
      const steps = [...trip.request.steps, ...(trip.reply?.steps ?? [])];
      const hits = steps.flatMap((step) => (step.stage === 'netfilter' && step.netns === 'r' ? step.rules : []));
      await world.run(['sh', '-c', `ip netns exec c ${send}`]);
      const after = await collectIn(world);
      const disagreements = countingRules(after).flatMap((rule, index) => {
        const counted = (rule.packets ?? 0) - (countingRules(before)[index]?.packets ?? 0);
        const said = hits.filter((ref) => keyOf(ref) === keyOf(rule.ref)).length;
        compared.rules++;
        return said === counted
          ? []
          : [`${rule.ref.chain}: ${rule.ref.text}: the kernel counts ${counted}, the model ${said}`];
      });
      expect({ what, fate: trip.request.fate.kind, disagreements }).toEqual({
        what,
        fate: expect.not.stringMatching('undecided'),
        disagreements: [],
      });
      before = after;
    }
    expect(compared.rules).toBeGreaterThan(PACKETS.length * 100);
  });
}

function countingRules(host: Host): readonly FilterRule[] {
  const ruleset = host.namespaces.find(({ name }) => name === 'r')?.ruleset;
  if (!ruleset?.known) throw new Error('the ruleset of the router could not be read');
  return rulesOf(ruleset.value).filter(({ packets }) => packets !== undefined);
}

function rulesOf({ tables }: Ruleset): readonly FilterRule[] {
  return tables.flatMap(({ chains }) => chains.flatMap(({ rules }) => rules));
}

function keyOf({ machinery, family, table, chain, position }: RuleRef): string {
  return [machinery, family, table, chain, position].join(' ');
}
