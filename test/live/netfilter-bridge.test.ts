/** Bridged frames: the bridge family's own hooks, and those of IP through br_netfilter; judged by the kernel. */

import { judgeRulesets, type RulesetTrial } from '../helpers/ruleset-judge.ts';
import { liveTest } from '../helpers/world.ts';

const CALLS_OFF = 'sysctl -qw net.bridge.bridge-nf-call-iptables=0';

async function judgeBridged(trials: readonly Omit<RulesetTrial, 'network'>[]): Promise<void> {
  await judgeRulesets(trials.map((trial) => ({ ...trial, network: 'bridge' })));
}

function bridgeChain(hook: string, rules: string, priority = '0'): string {
  return `table bridge t {\nchain c {\ntype filter hook ${hook} priority ${priority}\n${rules}\n}\n}`;
}

function ipChain(hook: string, rules: string, priority = '0'): string {
  return `table ip t {\nchain c {\ntype filter hook ${hook} priority ${priority}\n${rules}\n}\n}`;
}

liveTest('br_netfilter sends bridged frames through the hooks of IP, with the bridge on both sides', async () => {
  await judgeBridged([
    { claim: 'nothing in the way', answered: true },
    { claim: 'FORWARD DROP', r: 'iptables -P FORWARD DROP', answered: false },
    { claim: 'FORWARD DROP of legacy', r: 'iptables-legacy -P FORWARD DROP', answered: false },
    { claim: 'switched off', r: `${CALLS_OFF}\niptables -P FORWARD DROP`, answered: true },
    {
      claim: 'switched on by the bridge alone',
      r: `${CALLS_OFF}\nip link set dev br0 type bridge nf_call_iptables 1\niptables -P FORWARD DROP`,
      answered: false,
    },
    {
      claim: "Docker's own accept",
      r: 'iptables -P FORWARD DROP\niptables -A FORWARD -i br0 -o br0 -j ACCEPT',
      answered: true,
    },
    { claim: 'ports are not what -i sees', r: 'iptables -A FORWARD -i pa -j DROP', answered: true },
    {
      claim: 'physdev sees them',
      r: 'iptables -A FORWARD -m physdev --physdev-in pa --physdev-out pb -j DROP',
      answered: false,
    },
    {
      claim: 'physdev on the way back',
      r: 'iptables-legacy -A FORWARD -m physdev --physdev-in pb --physdev-is-bridged -j DROP',
      answered: false,
    },
    { claim: 'IP prerouting', r: ipChain('prerouting', 'iifname "br0" icmp type echo-request drop'), answered: false },
    { claim: 'IP postrouting', r: ipChain('postrouting', 'oifname "br0" icmp type echo-reply drop'), answered: false },
    { claim: 'IP input is not met', r: ipChain('input', 'drop'), answered: true },
    {
      claim: 'a stateful firewall',
      r: 'iptables -P FORWARD DROP\niptables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT\niptables -A FORWARD -m physdev --physdev-in pa -m conntrack --ctstate NEW -j ACCEPT',
      answered: true,
    },
    {
      claim: 'masqueraded though bridged',
      r: 'iptables -t nat -A POSTROUTING -o br0 -j MASQUERADE',
      s: 'nft add table ip t\nnft add chain ip t c "{ type filter hook input priority 0 ; }"\nnft add rule ip t c ip saddr 10.0.0.1 drop',
      answered: true,
    },
    {
      claim: 'translated to another port of the bridge: still bridged',
      to: '10.0.0.77',
      c: 'ip neigh add 10.0.0.77 lladdr 02:00:00:00:00:77 dev ce',
      r: `ip link set dev br0 address 02:00:00:00:00:77
        iptables -t nat -A PREROUTING -d 10.0.0.77 -j DNAT --to-destination 10.0.0.2
        iptables -A FORWARD -d 10.0.0.2 -m physdev --physdev-is-bridged -j DROP`,
      answered: false,
    },
    {
      claim: 'translated to another port of the bridge',
      to: '10.0.0.77',
      c: 'ip neigh add 10.0.0.77 lladdr 02:00:00:00:00:77 dev ce',
      r: 'ip link set dev br0 address 02:00:00:00:00:77\niptables -t nat -A PREROUTING -d 10.0.0.77 -j DNAT --to-destination 10.0.0.2',
      answered: true,
    },
  ]);
});

liveTest('what the bridge takes itself passes prerouting once, and remembers its port', async () => {
  const toBridge = { to: '10.0.0.254' };
  const outside = { to: '10.1.0.2' };
  await judgeBridged([
    { ...toBridge, claim: 'INPUT with the bridge', r: 'iptables -A INPUT -i br0 -j DROP', answered: false },
    {
      ...toBridge,
      claim: 'INPUT with the port',
      r: 'iptables -A INPUT -m physdev --physdev-in pa -j DROP',
      answered: false,
    },
    {
      ...toBridge,
      claim: 'INPUT with another port',
      r: 'iptables -A INPUT -m physdev --physdev-in pb -j DROP',
      answered: true,
    },
    {
      ...toBridge,
      claim: 'the port, switched off',
      r: `${CALLS_OFF}\niptables -A INPUT -m physdev --physdev-in pa -j DROP`,
      answered: true,
    },
    {
      ...toBridge,
      claim: 'prerouting, switched off',
      r: `${CALLS_OFF}\niptables -t mangle -A PREROUTING -i br0 -j DROP`,
      answered: false,
    },
    // Met twice, the mark would be 2 and the packet dropped.
    {
      ...toBridge,
      claim: 'prerouting once',
      r: `table ip t {\nchain p {\ntype filter hook prerouting priority -150\nmeta mark 1 meta mark set 2\nmeta mark 0 meta mark set 1\n}\nchain i {\ntype filter hook input priority 0\nmeta mark 2 drop\n}\n}`,
      answered: true,
    },
    { ...outside, claim: 'routed', answered: true },
    {
      ...outside,
      claim: 'routed, FORWARD sees the port',
      r: 'iptables -A FORWARD -o up0 -m physdev --physdev-in pa -j DROP',
      answered: false,
    },
    {
      ...outside,
      claim: 'routed, no port to leave by',
      r: 'iptables -A FORWARD -o up0 -m physdev --physdev-is-bridged -j DROP',
      answered: true,
    },
    {
      ...outside,
      claim: 'routed, POSTROUTING sees the port',
      r: 'iptables -t mangle -A POSTROUTING -o up0 -m physdev --physdev-in pa -j DROP',
      answered: false,
    },
    {
      ...outside,
      claim: 'routed and masqueraded',
      r: 'iptables -t nat -A POSTROUTING -s 10.0.0.0/24 ! -o br0 -j MASQUERADE\nip netns exec $(ip netns identify $$ | sed s/r/u/) ip route del default || true',
      answered: true,
    },
    {
      claim: 'from outside into the bridge',
      from: 'u',
      to: '10.0.0.1',
      r: 'iptables -A FORWARD -i up0 -o br0 -j DROP',
      answered: false,
    },
    {
      claim: 'from the bridge itself',
      from: 'r',
      to: '10.0.0.1',
      r: 'iptables -A OUTPUT -o br0 -j DROP',
      answered: false,
    },
  ]);
});

liveTest('rules of the bridge family see the ports, with and without br_netfilter', async () => {
  await judgeBridged([
    {
      claim: 'prerouting',
      r: bridgeChain('prerouting', 'iifname "pa" icmp type echo-request drop', '-300'),
      answered: false,
    },
    {
      claim: 'forward',
      r: bridgeChain('forward', 'iifname "pa" oifname "pb" ip daddr 10.0.0.2 drop'),
      answered: false,
    },
    { claim: 'forward is not input', r: bridgeChain('input', 'iifname "pa" ip protocol icmp drop'), answered: true },
    { claim: 'postrouting', r: bridgeChain('postrouting', 'oifname "pa" icmp type echo-reply drop'), answered: false },
    {
      claim: 'the bridge is no device to it',
      r: bridgeChain('forward', 'iifname "br0" ip protocol icmp drop'),
      answered: true,
    },
    {
      claim: 'input',
      to: '10.0.0.254',
      r: bridgeChain('input', 'iifname "pa" ip protocol icmp drop'),
      answered: false,
    },
    {
      claim: 'output',
      to: '10.0.0.254',
      r: bridgeChain('output', 'oifname "pa" icmp type echo-reply drop'),
      answered: false,
    },
    {
      claim: 'forward of another protocol',
      r: bridgeChain('forward', 'ether type ip6 drop\nmeta l4proto tcp drop'),
      answered: true,
    },
  ]);
});
