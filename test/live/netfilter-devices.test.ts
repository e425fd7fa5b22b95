/** Chains that are bound to devices (netdev, and inet at ingress): which packets meet them, ARP among them. */

import { judgeRulesets, type RulesetTrial } from '../helpers/ruleset-judge.ts';
import { liveTest } from '../helpers/world.ts';

function bound(family: string, hook: string, devices: string, rules: string, policy = 'accept'): string {
  return `table ${family} t {\nchain c {\ntype filter hook ${hook} ${devices} priority 0; policy ${policy};\n${rules}\n}\n}`;
}

const ECHO = 'ip protocol icmp drop';

const TRIALS: readonly RulesetTrial[] = [
  { claim: 'ingress of the device it comes in by', r: bound('netdev', 'ingress', 'device re1', ECHO), answered: false },
  { claim: 'ingress of another one', r: bound('netdev', 'ingress', 'device lo', ECHO), answered: true },
  { claim: 'ingress of one of several', r: bound('netdev', 'ingress', 'devices = { lo, re2 }', ECHO), answered: false },
  { claim: 'ingress of inet', r: bound('inet', 'ingress', 'device re1', ECHO), answered: false },
  { claim: 'egress of the sender', c: bound('netdev', 'egress', 'device ce', ECHO), answered: false },
  {
    claim: 'egress is not passed on the way in',
    r: bound('netdev', 'egress', 'device re1', 'ip daddr 10.0.2.2 drop'),
    answered: true,
  },
  {
    claim: 'egress of the answer',
    s: bound('netdev', 'egress', 'device se', 'icmp type echo-reply drop'),
    answered: false,
  },
  {
    claim: 'a policy that drops ARP, too',
    s: bound('netdev', 'ingress', 'device se', 'ip protocol icmp accept', 'drop'),
    answered: false,
  },
  {
    claim: 'a policy that leaves ARP and the echo',
    s: bound('netdev', 'ingress', 'device se', 'ether type arp accept\nip protocol icmp accept', 'drop'),
    answered: true,
  },
  { claim: 'a policy without a rule', s: bound('netdev', 'egress', 'device se', '', 'drop'), answered: false },
  {
    claim: 'ARP on the port of a bridge',
    network: 'bridge',
    r: bound('netdev', 'ingress', 'device pb', 'arp operation reply drop'),
    answered: false,
  },
  {
    claim: 'an answer that a port sends',
    network: 'bridge',
    r: bound('netdev', 'egress', 'device pa', 'icmp type echo-reply drop'),
    answered: false,
  },
];

liveTest('chains that are bound to devices take what passes those, and no more', async () => {
  await judgeRulesets(TRIALS);
});
