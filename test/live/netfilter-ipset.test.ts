/** ipset: what the kernel finds in a set, the model has to find in what `ipset save` says of it. */

import { judgeRulesets, type RulesetTrial } from '../helpers/ruleset-judge.ts';
import { inWorld, liveTest } from '../helpers/world.ts';

const DROP = (match: string) => `iptables -A FORWARD -m set ${match} -j DROP`;

const TRIALS: readonly RulesetTrial[] = [
  {
    claim: 'an address in the set',
    r: `ipset create x hash:ip; ipset add x 10.0.1.2; ${DROP('--match-set x src')}`,
    answered: false,
  },
  {
    claim: 'an address on the other side',
    r: `ipset create x hash:ip; ipset add x 10.0.1.2; ${DROP('! --match-set x src,dst')} -s 10.0.1.2`,
    answered: true,
  },
  {
    claim: 'a network with an exception',
    r: `ipset create x hash:net; ipset add x 10.0.0.0/16; ipset add x 10.0.1.0/24 nomatch; ${DROP('--match-set x src')} -p icmp --icmp-type 8`,
    answered: true,
  },
  {
    claim: 'an exception of a smaller network than the one that holds it',
    r: `ipset create x hash:net; ipset add x 10.0.0.0/16; ipset add x 10.0.1.128/25 nomatch; ${DROP('--match-set x src')}`,
    answered: false,
  },
  {
    claim: 'an address and a port',
    r: `ipset create x hash:ip,port; ipset add x 10.0.2.2,tcp:80; ${DROP('--match-set x dst,dst')}`,
    port: 'tcp/80',
    answered: false,
  },
  {
    claim: 'an address and another protocol',
    r: `ipset create x hash:ip,port; ipset add x 10.0.2.2,udp:80; ${DROP('--match-set x dst,dst')}`,
    port: 'tcp/80',
    answered: true,
  },
  {
    claim: 'a network and a device',
    r: `ipset create x hash:net,iface; ipset add x 10.0.1.0/24,re1; ${DROP('--match-set x src,src')}`,
    answered: false,
  },
  {
    claim: 'a port of any protocol that has some',
    r: `ipset create x bitmap:port range 0-1000; ipset add x 80; ${DROP('--match-set x dst')}`,
    port: 'udp/80',
    answered: false,
  },
  {
    claim: 'fewer directions than the set has parts',
    r: `ipset create x hash:ip,port; ipset add x 10.0.2.2,tcp:80; ${DROP('! --match-set x dst')} -d 10.0.2.2`,
    port: 'tcp/80',
    answered: false,
  },
  {
    claim: 'a list of sets',
    r: `ipset create y hash:ip; ipset add y 10.0.1.2; ipset create x list:set; ipset add x y; ${DROP('--match-set x src')}`,
    answered: false,
  },
];

liveTest('walkRoundTrip() agrees with the kernel on what is in a set of ipset', async ({ skip }) => {
  const isThere = await inWorld(async (world) => (await world.run(['ipset', 'list', '-n'])).exitCode === 0);
  if (!isThere) skip('ipset is not installed, or this kernel has no sets');
  await judgeRulesets(TRIALS);
});
