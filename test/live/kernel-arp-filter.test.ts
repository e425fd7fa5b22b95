/** Filters that take ARP, and neighbour discovery. */

import { judge } from '../helpers/judge.ts';
import { liveTest } from '../helpers/world.ts';

const BRIDGE = `
  namespaces a b br
  wire a va br pa
  wire b vb br pb
  bridge_ br br0 pa pb
  address a va 10.0.0.1/24 fd00::1/64
  address b vb 10.0.0.2/24 fd00::2/64
`;
const ASK = { from: 'a', to: '10.0.0.2' };
const ASK6 = { from: 'a', to: 'fd00::2' };

function ruleset(netns: string, rules: string): string {
  return `ip netns exec ${netns} nft 'flush ruleset; ${rules}'; forget a b`;
}

liveTest('arp chains take ARP where it is sent and received, ip chains never', async () => {
  const chain = (hook: string, rule: string) =>
    `table arp f { chain c { type filter hook ${hook} priority 0; ${rule}; }; }`;
  await judge(BRIDGE, [
    { claim: 'dropped by the owner', change: ruleset('b', chain('input', 'drop')), ...ASK, answered: false },
    {
      claim: 'the answer dropped by the owner',
      change: ruleset('b', chain('output', 'drop')),
      ...ASK,
      answered: false,
    },
    { claim: 'no IPv6', ...ASK6, answered: true },
    {
      claim: 'policy drop, all accepted',
      change: ruleset('b', chain('input', 'policy drop; accept')),
      ...ASK,
      answered: true,
    },
    {
      claim: 'an ip chain that accepts nothing but IP',
      change: ruleset(
        'b',
        'table ip f { chain c { type filter hook input priority 0; policy drop; ip protocol icmp accept; }; }',
      ),
      ...ASK,
      answered: true,
    },
    {
      claim: 'the answer dropped by the asker',
      change: `${ruleset('b', '')}; ${ruleset('a', chain('input', 'drop'))}`,
      ...ASK,
      answered: false,
    },
  ]);
});

liveTest('a bridge chain takes ARP as any frame', async () => {
  const chain = (rule: string) =>
    `table bridge f { chain c { type filter hook forward priority 0; policy drop; ${rule}; }; }`;
  await judge(BRIDGE, [
    { claim: 'only ARP', change: ruleset('br', chain('ether type arp accept')), ...ASK, answered: false },
    {
      claim: 'ARP and IP',
      change: ruleset('br', chain('ether type arp accept; ether type ip accept')),
      ...ASK,
      answered: true,
    },
    { claim: 'only IP', change: ruleset('br', chain('ether type ip accept')), ...ASK, answered: false },
  ]);
});

liveTest('a bridge chain takes ARP at its own hook alone', async () => {
  const drop = (hook: string) =>
    `table bridge f { chain c { type filter hook ${hook} priority 0; ether type arp drop; }; }`;
  const aroundBridge = `${BRIDGE} address br br0 10.0.0.254/24`;
  const bridged = (answered: boolean) => ({ ...ASK, answered });
  const own = (answered: boolean) => ({ from: 'a', to: '10.0.0.254', answered });
  const asking = (answered: boolean) => ({ from: 'br', to: '10.0.0.1', answered });
  const flushed = (hook: string) => `${ruleset('br', drop(hook))}; forget br`;
  await judge(aroundBridge, [
    { claim: 'forward, bridged', change: flushed('forward'), ...bridged(false) },
    { claim: 'forward, to the bridge', change: flushed('forward'), ...own(true) },
    { claim: 'input, bridged', change: flushed('input'), ...bridged(true) },
    { claim: 'input, to the bridge', change: flushed('input'), ...own(false) },
    { claim: 'output: the bridge cannot answer', change: flushed('output'), ...own(false) },
    { claim: 'output, bridged', change: flushed('output'), ...bridged(true) },
    { claim: 'input: the bridge hears no answer', change: flushed('input'), ...asking(false) },
    { claim: 'prerouting', change: flushed('prerouting'), ...bridged(false) },
    { claim: 'postrouting: the bridge cannot ask', change: flushed('postrouting'), ...asking(false) },
  ]);
});

liveTest('neighbour discovery passes the filters that IPv6 passes, untracked', async () => {
  const chain = (hook: string, rule: string) =>
    `table ip6 f { chain c { type filter hook ${hook} priority 0; policy drop; ${rule}; }; }`;
  const echo = 'icmpv6 type { echo-request, echo-reply } accept';
  await judge(BRIDGE, [
    { claim: 'echo alone is accepted', change: ruleset('b', chain('input', echo)), ...ASK6, answered: false },
    {
      claim: 'untracked as well',
      change: ruleset('b', chain('input', `${echo}; ct state untracked accept`)),
      ...ASK6,
      answered: true,
    },
    { claim: 'advertisements do not leave', change: ruleset('b', chain('output', echo)), ...ASK6, answered: false },
    {
      claim: 'advertisements leave',
      change: ruleset('b', chain('output', `${echo}; icmpv6 type nd-neighbor-advert accept`)),
      ...ASK6,
      answered: true,
    },
    {
      claim: 'advertisements do not come in',
      change: `${ruleset('b', '')}; ${ruleset('a', chain('input', 'ct state established accept'))}`,
      ...ASK6,
      answered: false,
    },
    {
      claim: 'they do not pass a bridge that filters IPv6',
      change: `${ruleset('a', '')}; ${ruleset('br', 'table bridge f { chain c { type filter hook forward priority 0; icmpv6 type nd-neighbor-solicit drop; }; }')}`,
      ...ASK6,
      answered: false,
    },
  ]);
});
