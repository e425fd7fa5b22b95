/** Limits, lots, owners, TTLs and mapped networks: what the model takes for granted of them, the kernel does. */

import { judgeRulesets, type RulesetTrial } from '../helpers/ruleset-judge.ts';
import { liveTest } from '../helpers/world.ts';

const PREROUTING = 'type nat hook prerouting priority -100;';

const TRIALS: readonly RulesetTrial[] = [
  {
    claim: 'a limit that is not used up accepts',
    r: 'iptables -P FORWARD DROP; iptables -A FORWARD -m limit --limit 100/s --limit-burst 50 -j ACCEPT',
    answered: true,
  },
  {
    claim: 'a limit that is not exceeded does not drop',
    r: 'table inet t { chain c { type filter hook forward priority 0; limit rate over 100/second burst 50 packets drop; }; }',
    answered: true,
  },
  {
    claim: 'a count of connections that ours alone exceeds drops',
    r: 'iptables -A FORWARD -p tcp --syn -m connlimit --connlimit-above 0 -j DROP',
    port: 'tcp/80',
    answered: false,
  },
  {
    claim: 'a count of connections that ours alone does not exceed lets pass',
    r: 'iptables -A FORWARD -p tcp --syn -m connlimit --connlimit-above 1 -j DROP',
    port: 'tcp/80',
    answered: true,
  },
  {
    claim: 'every backend that statistic draws answers',
    s: 'ip addr add 10.0.2.3/24 dev se',
    r: `iptables -t nat -A PREROUTING -d 192.0.2.9 -m statistic --mode random --probability 0.5 -j DNAT --to 10.0.2.2
        iptables -t nat -A PREROUTING -d 192.0.2.9 -j DNAT --to 10.0.2.3`,
    to: '192.0.2.9',
    answered: true,
  },
  {
    claim: 'every backend that numgen draws answers',
    s: 'ip addr add 10.0.2.3/24 dev se',
    r: `table ip t { chain c { ${PREROUTING} ip daddr 192.0.2.9 dnat to numgen random mod 2 map { 0 : 10.0.2.2, 1 : 10.0.2.3 }; }; }`,
    to: '192.0.2.9',
    answered: true,
  },
  {
    claim: 'NETMAP keeps the host part',
    r: 'iptables -t nat -A PREROUTING -d 192.0.2.0/24 -j NETMAP --to 10.0.2.0/24',
    to: '192.0.2.2',
    answered: true,
  },
  {
    claim: 'NETMAP leads to nobody where the host part is nobody',
    r: 'iptables -t nat -A PREROUTING -d 192.0.2.0/24 -j NETMAP --to 10.0.2.0/24',
    to: '192.0.2.77',
    answered: false,
  },
  {
    claim: 'nft maps a prefix to a prefix',
    r: `table ip t { chain c { ${PREROUTING} dnat ip prefix to ip daddr map { 192.0.2.0/24 : 10.0.2.0/24 }; }; }`,
    to: '192.0.2.2',
    answered: true,
  },
  {
    claim: 'root owns what is sent from here',
    r: 'iptables -A OUTPUT -p icmp -m owner --uid-owner 0 -j DROP',
    from: 'r',
    answered: false,
  },
  {
    claim: 'another user does not',
    r: 'table inet t { chain c { type filter hook output priority 0; meta skuid 1000 drop; }; }',
    from: 'r',
    answered: true,
  },
  {
    claim: 'an echo reply is nobody’s, which iptables takes for another user',
    s: 'iptables -A OUTPUT -p icmp -m owner ! --uid-owner 0 -j DROP',
    answered: false,
  },
  {
    claim: 'an echo reply is nobody’s, of which nft asks nothing',
    s: 'table inet t { chain c { type filter hook output priority 0; meta skuid != 0 drop; }; }',
    answered: true,
  },
  {
    claim: 'a TTL that is set to 1 dies in the router',
    r: 'iptables -t mangle -A PREROUTING -i re1 -j TTL --ttl-set 1',
    answered: false,
  },
  {
    claim: 'a TTL that is set to 5 does not',
    r: 'table ip t { chain c { type filter hook prerouting priority -150; iifname "re1" ip ttl set 5; }; }',
    answered: true,
  },
  {
    claim: 'the first destination port is remembered',
    r: `iptables -P FORWARD DROP
        iptables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
        iptables -A FORWARD -p tcp -m conntrack --ctorigdstport 8080 --ctdir ORIGINAL -j ACCEPT
        iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination :80`,
    port: 'tcp/8080',
    answered: true,
  },
];

liveTest('walkRoundTrip() agrees with the kernel on limits, lots, owners, TTLs and mapped networks', async () => {
  await judgeRulesets(TRIALS);
});
