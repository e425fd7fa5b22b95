/** Translation of bridged frames by br_netfilter; judged by the kernel. */

import { judgeRulesets, type RulesetTrial } from '../helpers/ruleset-judge.ts';
import { liveTest } from '../helpers/world.ts';

const LEAD = 'iptables -t nat -A PREROUTING -d 10.0.0.254 -p tcp --dport 8080 -j DNAT --to-destination 10.0.0.2:80';
const MASQUERADE = 'iptables -t nat -A POSTROUTING -s 10.0.0.0/24 -d 10.0.0.2 -j MASQUERADE';
const ASKED = { network: 'bridge', to: '10.0.0.254', port: 'tcp/8080' } as const;

liveTest('a frame that is led back behind its bridge is bridged there, not routed', async () => {
  const trials: readonly RulesetTrial[] = [
    { ...ASKED, claim: 'to a neighbour', r: LEAD, answered: true },
    { ...ASKED, claim: 'where nothing is forwarded', r: `${LEAD}\nsysctl -qw net.ipv4.ip_forward=0`, answered: false },
    { ...ASKED, claim: 'past FORWARD', r: `${LEAD}\niptables -A FORWARD -d 10.0.0.2 -j DROP`, answered: false },
    {
      ...ASKED,
      claim: 'between its ports',
      r: `${LEAD}\niptables -A FORWARD -m physdev --physdev-in pa --physdev-out pb -p tcp --dport 80 -j DROP`,
      answered: false,
    },
    {
      ...ASKED,
      claim: 'to oneself, by the port that it came from',
      from: 's',
      r: `${LEAD}\n${MASQUERADE}`,
      answered: false,
    },
    {
      ...ASKED,
      claim: 'to oneself, with hairpin',
      from: 's',
      r: `${LEAD}\n${MASQUERADE}\nbridge link set dev pb hairpin on`,
      answered: true,
    },
    {
      ...ASKED,
      claim: "to oneself, with hairpin and one's own address",
      from: 's',
      r: `${LEAD}\nbridge link set dev pb hairpin on`,
      answered: false,
    },
    {
      ...ASKED,
      claim: 'to oneself, routed',
      from: 's',
      r: `${LEAD}\n${MASQUERADE}\nsysctl -qw net.bridge.bridge-nf-call-iptables=0`,
      answered: true,
    },
    {
      ...ASKED,
      claim: 'routed, answered directly',
      r: `${LEAD}\nsysctl -qw net.bridge.bridge-nf-call-iptables=0`,
      answered: false,
    },
    {
      ...ASKED,
      claim: 'to an isolated port',
      r: `${LEAD}\nbridge link set dev pa isolated on\nbridge link set dev pb isolated on`,
      answered: false,
    },
  ];
  await judgeRulesets(trials);
});
