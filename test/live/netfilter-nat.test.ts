/** Translation, there and back; judged by the kernel. */

import { judgeRulesets, type RulesetTrial } from '../helpers/ruleset-judge.ts';
import { liveTest } from '../helpers/world.ts';

/** s does not know the way back to c: only what the router translates comes back. */
const NO_WAY_BACK = 'ip route del default\nip -6 route del default';

function table(...chains: readonly string[]): string {
  return `table inet t {\n${chains.map((chain, index) => `chain c${index} {\n${chain}\n}`).join('\n')}\n}`;
}

function nat(
  hook: string,
  rules: string,
  priority = hook === 'prerouting' || hook === 'output' ? '-100' : '100',
): string {
  return `type nat hook ${hook} priority ${priority}\n${rules}`;
}

function filter(hook: string, rules: string, priority = '0'): string {
  return `type filter hook ${hook} priority ${priority}\n${rules}`;
}

liveTest('masquerading and snat are undone for the answer, without a rule being asked', async () => {
  const masquerade = nat('postrouting', 'oifname "re2" masquerade');
  await judgeRulesets([
    { claim: 'no way back', s: NO_WAY_BACK, answered: false },
    { claim: 'masqueraded', s: NO_WAY_BACK, r: table(masquerade), answered: true },
    { claim: 'masqueraded, TCP', s: NO_WAY_BACK, r: table(masquerade), port: 'tcp/80', answered: true },
    { claim: 'masqueraded, UDP', s: NO_WAY_BACK, r: table(masquerade), port: 'udp/80', answered: true },
    { claim: 'masqueraded, IPv6', s: NO_WAY_BACK, r: table(masquerade), to: 'fd02::2', answered: true },
    {
      claim: 'by iptables',
      s: NO_WAY_BACK,
      r: 'iptables -t nat -A POSTROUTING -s 10.0.1.0/24 ! -o re1 -j MASQUERADE',
      answered: true,
    },
    {
      claim: 'by iptables-legacy',
      s: NO_WAY_BACK,
      r: 'iptables-legacy -t nat -A POSTROUTING -o re2 -j MASQUERADE',
      answered: true,
    },
    {
      claim: 'wrong device',
      s: NO_WAY_BACK,
      r: 'iptables -t nat -A POSTROUTING -o re1 -j MASQUERADE',
      answered: false,
    },
    {
      claim: 'wrong source',
      s: NO_WAY_BACK,
      r: 'iptables -t nat -A POSTROUTING -s 10.0.3.0/24 -j MASQUERADE',
      answered: false,
    },
    { claim: 'accepted before', s: NO_WAY_BACK, r: table(nat('postrouting', 'accept\nmasquerade')), answered: false },
    { claim: 'snat', s: NO_WAY_BACK, r: table(nat('postrouting', 'snat ip to 10.0.2.1')), answered: true },
    {
      claim: 'snat to an address that nobody owns',
      s: NO_WAY_BACK,
      r: table(nat('postrouting', 'snat ip to 10.0.2.77')),
      answered: false,
    },
    {
      claim: 'the answer is untranslated when forward sees it',
      s: NO_WAY_BACK,
      r: table(masquerade, filter('forward', 'ip daddr 10.0.2.1 drop\nip saddr 10.0.2.1 drop')),
      answered: true,
    },
    {
      claim: 'the question is untranslated when forward sees it',
      s: NO_WAY_BACK,
      r: table(masquerade, filter('forward', 'ip saddr 10.0.1.2 ct state new drop')),
      answered: false,
    },
    {
      claim: 'the answer is still translated before conntrack',
      s: NO_WAY_BACK,
      r: table(masquerade, filter('prerouting', 'ip daddr 10.0.2.1 drop', '-300')),
      answered: false,
    },
    {
      claim: 'what is not tracked is not translated',
      s: NO_WAY_BACK,
      r: table(masquerade, filter('prerouting', 'notrack', '-300')),
      answered: false,
    },
  ]);
});

liveTest('dnat and redirect lead elsewhere, and the answer seems to come from where was asked', async () => {
  const dnat = nat('prerouting', 'ip daddr 10.0.9.9 dnat ip to 10.0.2.2');
  const at = { to: '10.0.9.9' };
  await judgeRulesets([
    { ...at, claim: 'nobody there', answered: false },
    { ...at, claim: 'dnat', r: table(dnat), answered: true },
    {
      ...at,
      claim: 'dnat, TCP to another port',
      port: 'tcp/8080',
      r: table(nat('prerouting', 'ip daddr 10.0.9.9 tcp dport 8080 dnat ip to 10.0.2.2:80')),
      answered: true,
    },
    {
      ...at,
      claim: 'dnat, UDP by iptables',
      port: 'udp/53',
      r: 'iptables -t nat -A PREROUTING -p udp -d 10.0.9.9 --dport 53 -j DNAT --to-destination 10.0.2.2:80',
      answered: true,
    },
    {
      ...at,
      claim: 'dnat by a map',
      port: 'tcp/8080',
      r: table(nat('prerouting', 'dnat ip to ip daddr . tcp dport map { 10.0.9.9 . 8080 : 10.0.2.2 . 80 }')),
      answered: true,
    },
    {
      ...at,
      claim: 'the other protocol',
      port: 'udp/8080',
      r: table(nat('prerouting', 'ip daddr 10.0.9.9 tcp dport 8080 dnat ip to 10.0.2.2:80')),
      answered: false,
    },
    {
      ...at,
      claim: 'forward sees where it leads',
      r: table(dnat, filter('forward', 'ip daddr 10.0.9.9 drop')),
      answered: true,
    },
    {
      ...at,
      claim: 'forward sees who really answers',
      r: table(dnat, filter('forward', 'ip saddr 10.0.2.2 drop')),
      answered: false,
    },
    {
      ...at,
      claim: 'postrouting sees who really answers',
      r: table(dnat, filter('postrouting', 'ip saddr 10.0.9.9 drop')),
      answered: true,
    },
    {
      ...at,
      claim: 'accept of what was translated',
      r: table(dnat, 'type filter hook forward priority 0; policy drop;\nct status dnat accept'),
      answered: true,
    },
    { ...at, claim: 'redirect', r: table(nat('prerouting', 'ip daddr 10.0.9.9 redirect')), answered: true },
    {
      ...at,
      claim: 'the sender itself, in output',
      c: table(nat('output', 'ip daddr 10.0.9.9 dnat ip to 10.0.2.2')),
      answered: true,
    },
    {
      ...at,
      claim: 'prerouting is not met by what one sends oneself',
      c: table(nat('prerouting', 'ip daddr 10.0.9.9 dnat ip to 10.0.2.2')),
      answered: false,
    },
    { ...at, claim: 'redirect in output', c: table(nat('output', 'ip daddr 10.0.9.9 redirect')), answered: true },
    {
      ...at,
      claim: 'to oneself, by lo',
      c: table(nat('output', 'ip daddr 10.0.9.9 dnat ip to 10.0.1.2')),
      answered: true,
    },
    {
      ...at,
      claim: 'lo gives back the answer with the address that was asked',
      c: table(
        nat('output', 'ip daddr 10.0.9.9 dnat ip to 10.0.1.2'),
        filter('input', 'ct direction reply ip saddr 10.0.1.2 drop'),
      ),
      answered: true,
    },
    {
      claim: 'snat at input: the answer is routed to who is not there',
      to: '10.0.1.1',
      r: table(nat('input', 'snat ip to 192.0.2.7')),
      answered: false,
    },
    {
      claim: 'snat at input: output turns the answer back before it is filtered',
      to: '10.0.1.1',
      r: `ip route add 192.0.2.7 via 10.0.1.2
        nft -f - <<X
        ${table(nat('input', 'snat ip to 192.0.2.7'), filter('output', 'ip daddr 192.0.2.7 drop'))}
X`,
      answered: true,
    },
  ]);
});

liveTest('translation asks each end once, at its own place', async () => {
  const dnat = (rules: string, priority?: string) => nat('prerouting', rules, priority);
  const to99 = 'ip daddr 10.0.9.9';
  const trials: readonly Omit<RulesetTrial, 'to'>[] = [
    {
      claim: 'a nat chain declared behind runs at -100 all the same',
      r: table(dnat(`${to99} dnat ip to 10.0.2.2`, '50'), filter('prerouting', `${to99} drop`)),
      answered: true,
    },
    {
      claim: 'and not before',
      r: table(dnat(`${to99} dnat ip to 10.0.2.2`, '-190'), filter('prerouting', `${to99} drop`, '-150')),
      answered: false,
    },
    {
      claim: 'an accept leaves it to the next nat chain',
      r: table(dnat(`${to99} accept`, '-120'), dnat(`${to99} dnat ip to 10.0.2.2`)),
      answered: true,
    },
    {
      claim: 'the first chain that translates',
      r: table(dnat(`${to99} dnat ip to 10.0.2.2`, '-120'), dnat(`${to99} dnat ip to 10.0.2.77`)),
      answered: true,
    },
    {
      claim: 'a nat chain can drop',
      r: table(dnat(`${to99} dnat ip to 10.0.2.2`), nat('postrouting', 'drop')),
      answered: false,
    },
    {
      claim: 'but not where nothing is tracked',
      r: 'ip route add 10.0.9.9 via 10.0.2.2\nnft -f - <<X\ntable ip t {\nchain c {\ntype nat hook postrouting priority 100\ndrop\n}\n}\nX',
      s: 'ip addr add 10.0.9.9 dev lo',
      answered: true,
    },
  ];
  await judgeRulesets(trials.map((trial) => ({ ...trial, to: '10.0.9.9' })));
});

const ITSELF = { from: 's', to: '10.0.1.1', port: 'tcp/8080' } as const;
const HAIRPIN = 'iptables -t nat -A PREROUTING -d 10.0.1.1 -p tcp --dport 8080 -j DNAT --to-destination 10.0.2.2:80';

liveTest('exceptions and order decide which rule translates, and hairpin takes two', async () => {
  const masquerade = 'iptables -t nat -A POSTROUTING -o re2 -j MASQUERADE';
  const exempt = (rule: string) => `iptables -t nat -A POSTROUTING ${rule}\n${masquerade}`;
  const lead = (to: string) => `iptables -t nat -A PREROUTING -d 10.0.9.9 -j DNAT --to-destination ${to}`;
  await judgeRulesets([
    { claim: 'exempted by RETURN', s: NO_WAY_BACK, r: exempt('-d 10.0.2.0/24 -j RETURN'), answered: false },
    { claim: 'exempted by ACCEPT', s: NO_WAY_BACK, r: exempt('-s 10.0.1.0/24 -j ACCEPT'), answered: false },
    { claim: 'others are exempted', s: NO_WAY_BACK, r: exempt('-s 10.0.3.0/24 -j RETURN'), answered: true },
    {
      claim: 'RETURN of a chain of its own goes on behind it',
      s: NO_WAY_BACK,
      r: `iptables -t nat -N OWN\niptables -t nat -A OWN -j RETURN\niptables -t nat -A POSTROUTING -j OWN\n${masquerade}`,
      answered: true,
    },
    { claim: 'the first rule decides', to: '10.0.9.9', r: `${lead('10.0.2.2')}\n${lead('10.0.2.77')}`, answered: true },
    { claim: 'right or wrong', to: '10.0.9.9', r: `${lead('10.0.2.77')}\n${lead('10.0.2.2')}`, answered: false },
    { ...ITSELF, claim: 'led back to who asks', r: HAIRPIN, answered: false },
    {
      ...ITSELF,
      claim: 'led back and masqueraded',
      r: `${HAIRPIN}\niptables -t nat -A POSTROUTING -s 10.0.2.0/24 -d 10.0.2.2 -j MASQUERADE`,
      answered: true,
    },
    {
      claim: 'both ends by one connection',
      to: '10.0.9.9',
      port: 'udp/53',
      s: NO_WAY_BACK,
      r: `iptables -t nat -A PREROUTING -d 10.0.9.9 -p udp -j DNAT --to-destination 10.0.2.2:80\n${masquerade}`,
      answered: true,
    },
  ]);
});
