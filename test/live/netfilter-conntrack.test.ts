/** What conntrack makes of packets: states, marks, directions; judged by the kernel. */

import { judgeRulesets } from '../helpers/ruleset-judge.ts';
import { liveTest } from '../helpers/world.ts';

function chain(
  hook: string,
  rules: string,
  options: { readonly priority?: string; readonly policy?: string; readonly type?: string } = {},
): string {
  const { priority = '0', policy = 'accept', type = 'filter' } = options;
  return `type ${type} hook ${hook} priority ${priority}; policy ${policy};\n${rules}`;
}

function table(...chains: readonly string[]): string {
  return `table inet t {\n${chains.map((each, index) => `chain c${index} {\n${each}\n}`).join('\n')}\n}`;
}

liveTest('the question is new, the answer is established, in every namespace', async () => {
  const stateful = table(
    chain('forward', 'iifname "re1" ct state new accept\nct state established accept', { policy: 'drop' }),
  );
  await judgeRulesets([
    { claim: 'a stateful firewall', r: stateful, answered: true },
    { claim: 'a stateful firewall, TCP', r: stateful, port: 'tcp/80', answered: true },
    { claim: 'a stateful firewall, UDP over IPv6', r: stateful, port: 'udp/80', to: 'fd02::2', answered: true },
    { claim: 'from the wrong side', r: stateful, from: 's', to: '10.0.1.2', answered: false },
    {
      claim: 'without established',
      r: table(chain('forward', 'ct state new accept', { policy: 'drop' })),
      answered: false,
    },
    {
      claim: 'a host that answers nobody but itself',
      c: table(chain('input', 'ct state established,related accept', { policy: 'drop' })),
      answered: true,
    },
    {
      claim: 'and is asked',
      c: table(chain('input', 'ct state established,related accept', { policy: 'drop' })),
      from: 's',
      to: '10.0.1.2',
      answered: false,
    },
    {
      claim: 'by lo it is new at input still',
      c: table(chain('input', 'ct state new drop')),
      to: '10.0.1.2',
      answered: false,
    },
    {
      claim: 'by lo it is new ahead of conntrack too',
      c: table(chain('prerouting', 'iif "lo" ct state new drop', { priority: '-300' })),
      to: '10.0.1.2',
      answered: false,
    },
    {
      claim: 'ahead of conntrack everything else is invalid',
      r: table(chain('prerouting', 'ct state invalid drop', { priority: '-300' })),
      answered: false,
    },
    {
      claim: 'behind it nothing is',
      r: table(chain('prerouting', 'ct state invalid drop', { priority: '-190' })),
      answered: true,
    },
    {
      claim: 'invalid is not "new"',
      r: table(chain('prerouting', 'ct state new drop', { priority: '-300' })),
      answered: true,
    },
    {
      claim: 'notrack, established only',
      r: table(chain('prerouting', 'notrack', { priority: '-300' }), chain('forward', 'ct state != untracked drop')),
      answered: true,
    },
    {
      claim: 'notrack behind conntrack is too late',
      r: table(chain('prerouting', 'notrack', { priority: '-150' }), chain('forward', 'ct state untracked drop')),
      answered: true,
    },
    {
      claim: 'iptables-legacy NOTRACK',
      r: 'iptables-legacy -t raw -A PREROUTING -j NOTRACK\niptables-legacy -A FORWARD -m conntrack --ctstate UNTRACKED -j DROP',
      answered: false,
    },
    {
      claim: 'no direction without a connection',
      r: table(
        chain('prerouting', 'notrack', { priority: '-300' }),
        chain('forward', 'ct direction original drop\nct direction reply drop'),
      ),
      answered: true,
    },
  ]);
});

liveTest('an answer to what conntrack has not seen is invalid, unless it is UDP', async () => {
  // The question goes by re1 as usual; what conntrack of s sees is the answer alone, because the question is untracked.
  const deaf = (rules: string) => table(chain('prerouting', 'notrack', { priority: '-300' }), chain('output', rules));
  await judgeRulesets([
    { claim: 'echo reply', s: deaf('icmp type echo-reply ct state invalid drop'), answered: false },
    { claim: 'echo reply is not new', s: deaf('ct state new drop'), answered: true },
    {
      claim: 'IPv6 echo reply',
      s: deaf('icmpv6 type echo-reply ct state invalid drop'),
      to: 'fd02::2',
      answered: false,
    },
    {
      claim: 'TCP',
      s: deaf('tcp flags & (syn | ack) == (syn | ack) ct state invalid drop'),
      port: 'tcp/80',
      answered: false,
    },
    { claim: 'UDP', s: deaf('udp sport 80 ct state new drop'), port: 'udp/80', answered: false },
    { claim: 'UDP is not invalid', s: deaf('ct state invalid drop'), port: 'udp/80', answered: true },
  ]);
});

liveTest('marks last through a namespace, connection marks through a connection', async () => {
  const marked = chain('prerouting', 'iifname "re1" meta mark set 5', { priority: '-150' });
  await judgeRulesets([
    { claim: 'set and seen', r: table(marked, chain('forward', 'meta mark 5 drop')), answered: false },
    { claim: 'on this leg only', r: table(marked, chain('forward', 'oifname "re1" meta mark 5 drop')), answered: true },
    {
      claim: 'lost in the next namespace',
      r: table(marked),
      s: table(chain('input', 'meta mark 5 drop')),
      answered: true,
    },
    {
      claim: 'or-ed',
      r: table(
        chain('prerouting', 'meta mark set 8\nmeta mark set meta mark | 3', { priority: '-150' }),
        chain('forward', 'meta mark 11 drop'),
      ),
      answered: false,
    },
    {
      claim: 'and-ed',
      r: table(
        chain('prerouting', 'meta mark set 0xff\nmeta mark set meta mark & 0xf0', { priority: '-150' }),
        chain('forward', 'meta mark 0xf0 drop'),
      ),
      answered: false,
    },
    {
      claim: 'the connection remembers',
      r: table(
        chain('prerouting', 'iifname "re1" ct mark set 7', { priority: '-150' }),
        chain('forward', 'iifname "re2" ct mark 7 drop'),
      ),
      answered: false,
    },
    {
      claim: 'saved and restored',
      r: `iptables -t mangle -A PREROUTING -i re1 -j MARK --set-mark 0x12
          iptables -t mangle -A PREROUTING -i re1 -j CONNMARK --save-mark --mask 0xf0
          iptables -t mangle -A PREROUTING -i re2 -j CONNMARK --restore-mark
          iptables -A FORWARD -i re2 -m mark --mark 0x10 -j DROP`,
      answered: false,
    },
    {
      claim: 'xmark',
      r: 'iptables-legacy -t mangle -A PREROUTING -j MARK --set-xmark 0x4000/0x4000\niptables-legacy -A FORWARD -m mark --mark 0x4000/0x4000 -j DROP',
      answered: false,
    },
    {
      claim: 'a mark set before the last condition stays set',
      r: table(
        chain('prerouting', 'meta mark set 5 ip saddr 192.0.2.1 drop', { priority: '-150' }),
        chain('forward', 'meta mark 5 drop'),
      ),
      answered: false,
    },
    {
      claim: 'mangle OUTPUT makes the kernel route anew',
      c: 'ip rule add fwmark 5 lookup 100\nip route add unreachable default table 100\niptables -t mangle -A OUTPUT -j MARK --set-mark 5',
      answered: false,
    },
    {
      claim: 'a filter chain in output does not',
      c: 'ip rule add fwmark 5 lookup 100\nip route add unreachable default table 100\nnft add table ip t\nnft add chain ip t o "{ type filter hook output priority -150 ; }"\nnft add rule ip t o meta mark set 5',
      answered: true,
    },
    {
      claim: 'prerouting marks before routing',
      r: 'ip rule add fwmark 5 lookup 100\nip route add blackhole default table 100\niptables -t mangle -A PREROUTING -i re1 -j MARK --set-mark 5',
      answered: false,
    },
  ]);
});
