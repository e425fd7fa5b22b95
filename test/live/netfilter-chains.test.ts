/** How verdicts travel: within a chain, between chains, between the tables at one hook; judged by the kernel. */

import { judgeRulesets, type RulesetTrial } from '../helpers/ruleset-judge.ts';
import { liveTest } from '../helpers/world.ts';

function through(claim: string, answered: boolean, r: string): RulesetTrial {
  return { claim, answered, r };
}

function forward(rules: string, policy = 'accept', priority = '0'): string {
  return `type filter hook forward priority ${priority}; policy ${policy};\n${rules}\n`;
}

liveTest('an accept ends its own base chain, a drop ends everything', async () => {
  await judgeRulesets([
    { claim: 'nothing', answered: true },
    through(
      'accept, then drop in a table behind it',
      false,
      `table ip a { chain f { ${forward('accept')} }\n }
       table ip b { chain f { ${forward('drop', 'accept', '10')} }\n }`,
    ),
    through(
      'drop ahead of an accept',
      false,
      `table ip a { chain f { ${forward('drop', 'accept', '-10')} }\n }
       table ip b { chain f { ${forward('accept')} }\n }`,
    ),
    through('accept ahead of a drop in one chain', true, `table ip a { chain f { ${forward('accept\ndrop')} }\n }`),
    through('policy drop alone', false, `table inet a { chain f { ${forward('', 'drop')} }\n }`),
    through('policy drop of the other family', true, `table ip6 a { chain f { ${forward('', 'drop')} }\n }`),
    through(
      'nft accepts, legacy drops',
      false,
      'nft add table ip a\niptables -P FORWARD ACCEPT\niptables-legacy -P FORWARD DROP',
    ),
    through(
      'legacy accepts, iptables-nft drops',
      false,
      'iptables-legacy -A FORWARD -j ACCEPT\niptables-nft -A FORWARD -p icmp -j DROP',
    ),
    through('ip6tables drops IPv4 nothing', true, 'ip6tables -P FORWARD DROP\nip6tables-legacy -P FORWARD DROP'),
    { claim: 'ip6tables drops IPv6', to: 'fd02::2', answered: false, r: 'ip6tables-legacy -P FORWARD DROP' },
  ]);
});

liveTest('jump comes back, goto does not, return goes up', async () => {
  const chains = (base: string, u: string, v = '') =>
    `table ip a {\nchain v {\n${v}\n}\nchain u {\n${u}\n}\nchain f {\n${base}\n}\n}`;
  await judgeRulesets([
    through('what follows a jump', false, chains(forward('jump u\ndrop'), 'ip saddr 192.0.2.1 drop')),
    through('what follows a goto is skipped', true, chains(forward('goto u\ndrop'), 'ip saddr 192.0.2.1 drop')),
    through('the policy after a goto', false, chains(forward('goto u\naccept', 'drop'), '')),
    through('return in a called chain', false, chains(forward('jump u\ndrop'), 'return\naccept')),
    through('return in the base chain is its policy', false, chains(forward('return\naccept', 'drop'), '')),
    through(
      'goto in a called chain returns to the caller',
      false,
      chains(forward('jump u\ndrop'), 'goto v\naccept', 'counter'),
    ),
    through('accept in a called chain', true, chains(forward('jump u', 'drop'), 'accept')),
    through(
      'a verdict map',
      true,
      chains(forward('meta l4proto vmap { tcp : drop, icmp : jump u }', 'drop'), 'accept'),
    ),
    through(
      'a verdict map for everything else',
      false,
      chains(forward('ip saddr vmap { 192.0.2.0/24 : accept, * : goto u }'), 'drop'),
    ),
    through('iptables goto', true, 'iptables -N U\niptables -A FORWARD -g U\niptables -A FORWARD -j DROP'),
    through(
      'iptables-legacy jump and return',
      false,
      'iptables-legacy -N U\niptables-legacy -A U -p icmp -j RETURN\niptables-legacy -A FORWARD -j U\niptables-legacy -A FORWARD -j DROP',
    ),
  ]);
});

liveTest('every hook can drop, either leg', async () => {
  const at = (hook: string, rule: string) =>
    `table inet a {\nchain x {\ntype filter hook ${hook} priority 0\n${rule}\n}\n}`;
  await judgeRulesets(
    [
      { claim: 'output of the sender', c: at('output', 'icmp type echo-request drop') },
      { claim: 'postrouting of the sender', c: at('postrouting', 'icmp type echo-request drop') },
      { claim: 'prerouting of the router', r: at('prerouting', 'icmp type echo-request drop') },
      { claim: 'forward of the router', r: at('forward', 'oifname "re2" reject') },
      { claim: 'postrouting of the router', r: at('postrouting', 'iifname "re1" oifname "re2" drop') },
      { claim: 'prerouting of the receiver', s: at('prerouting', 'meta l4proto icmp drop') },
      { claim: 'input of the receiver', s: at('input', 'ct state new drop') },
      { claim: 'output of the receiver', s: at('output', 'ct state established drop') },
      { claim: 'forward of the router on the way back', r: at('forward', 'icmp type echo-reply drop') },
      { claim: 'input of the sender', c: at('input', 'ct direction reply drop') },
      { claim: 'IPv6 on the way back', to: 'fd02::2', r: at('forward', 'icmpv6 type echo-reply reject') },
      { claim: 'input of the router', to: '10.0.1.1', r: at('input', 'iifname "re1" drop') },
      { claim: 'output of the router', to: '10.0.1.1', r: at('output', 'icmp type echo-reply drop') },
      { claim: 'input by lo', to: '10.0.1.2', c: at('input', 'iif "lo" drop') },
      { claim: 'TCP', port: 'tcp/80', r: at('forward', 'tcp flags syn / syn,ack drop') },
      { claim: 'TCP on the way back', port: 'tcp/80', r: at('forward', 'tcp flags & (syn | ack) == syn | ack drop') },
      { claim: 'UDP on the way back', port: 'udp/80', r: at('forward', 'udp sport 80 drop') },
    ].map((trial) => ({ ...trial, answered: false }) as RulesetTrial),
  );
});

liveTest('what is not modelled matters only where it makes a difference', async () => {
  const chain = (rules: string, policy?: string) => `table ip a { chain f { ${forward(rules, policy)} }\n }`;
  await judgeRulesets([
    through('a limit on a log', true, chain('limit rate 1/minute log prefix "x"')),
    through('a limit behind the accept', true, chain('accept\nlimit rate over 1/minute drop')),
    through('a limit on another protocol', true, chain('meta l4proto tcp limit rate over 1/day drop')),
    through('dropped either way', false, chain('meta cpu 0 reject\ndrop')),
    through('accepted either way', true, chain('meta priority 5 accept\naccept', 'drop')),
    through(
      'a list that only remembers',
      true,
      'iptables -A FORWARD -m recent --name seen --set\niptables -A FORWARD -j ACCEPT\niptables -P FORWARD DROP',
    ),
  ]);
});
