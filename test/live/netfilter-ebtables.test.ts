/** Rules of ebtables-nft, of which nft itself shows only that there is an extension; judged by the kernel. */

import { judgeRulesets, type RulesetTrial } from '../helpers/ruleset-judge.ts';
import { inWorld, liveTest } from '../helpers/world.ts';

type Trial = readonly [claim: string, rules: string, answered: boolean, more?: Partial<RulesetTrial>];

/** `FORWARD` stands for `ebtables-nft -A FORWARD`. */
async function judge(trials: readonly Trial[]): Promise<void> {
  await judgeRulesets(
    trials.map(([claim, rules, answered, more = {}]) => ({
      claim,
      network: 'bridge',
      r: rules.replace(/^ *(?=[A-Z]+ )/gm, 'ebtables-nft -A '),
      answered,
      ...more,
    })),
  );
}

const ebtablesTest = liveTest.extend<{ ebtables: undefined }>({
  ebtables: [
    async ({ skip }, use) => {
      const { missing } = await inWorld((world) => world.run(['ebtables-nft', '-V']));
      skip(missing, 'ebtables-nft is not installed');
      await use(undefined);
    },
    { auto: true },
  ],
});

const TCP = { port: 'tcp/80' } as const;

ebtablesTest('ebtables: what the extension for IPv4 asks for', async () => {
  await judge([
    ['a destination', 'FORWARD -p IPv4 --ip-dst 10.0.0.2 -j DROP', false],
    ['another destination', 'FORWARD -p IPv4 --ip-dst 10.0.0.3 -j DROP', true],
    ['not from that net', 'FORWARD -p IPv4 --ip-src ! 10.0.0.0/30 -j DROP', true],
    ['not from another net', 'FORWARD -p IPv4 --ip-src ! 10.0.1.0/24 -j DROP', false],
    ['a protocol', 'FORWARD -p IPv4 --ip-proto tcp -j DROP', true],
    ['a protocol, for TCP', 'FORWARD -p IPv4 --ip-proto tcp -j DROP', false, TCP],
    ['ports', 'FORWARD -p IPv4 --ip-proto tcp --ip-dport 79:81 -j DROP', false, TCP],
    ['other ports', 'FORWARD -p IPv4 --ip-proto tcp --ip-dport 81:82 -j DROP', true, TCP],
    ['the port of the answer', 'FORWARD -p IPv4 --ip-proto tcp --ip-sport 80 -j DROP', false, TCP],
    ['an ICMP type', 'FORWARD -p IPv4 --ip-proto icmp --ip-icmp-type echo-reply -j DROP', false],
    ['another ICMP type', 'FORWARD -p IPv4 --ip-proto icmp --ip-icmp-type 3/1 -j DROP', true],
    [
      'an accept ahead of a policy',
      `FORWARD -p ARP -j ACCEPT
       FORWARD -p IPv4 --ip-proto icmp -j ACCEPT
       ebtables-nft -P FORWARD DROP`,
      true,
    ],
    ['by the port that it comes in by', 'FORWARD -p IPv4 -i pa --ip-dst 10.0.0.2 -j DROP', false],
    ['by another port', 'FORWARD -p IPv4 -i pb --ip-dst 10.0.0.2 -j DROP', true],
  ]);
});

ebtablesTest('ebtables: chains of its user, marks, log and packet types', async () => {
  await judge([
    [
      'back from a chain',
      `ebtables-nft -N mine -P RETURN
       FORWARD -j mine
       FORWARD -p IPv4 --ip-dst 10.0.0.2 -j DROP
       ebtables-nft -A mine -p IPv4 --ip-src 10.0.0.9 -j DROP`,
      false,
    ],
    [
      'the policy of a chain accepts',
      `ebtables-nft -N mine
       FORWARD -j mine
       FORWARD -p IPv4 --ip-dst 10.0.0.2 -j DROP
       ebtables-nft -A mine -p IPv4 --ip-src 10.0.0.9 -j DROP`,
      true,
    ],
    [
      'a mark that was set',
      `FORWARD -p IPv4 --ip-dst 10.0.0.2 -j mark --mark-set 0x15 --mark-target CONTINUE
       FORWARD --mark 0x5/0xf -j DROP`,
      false,
    ],
    [
      'a mark of other bits',
      `FORWARD -p IPv4 --ip-dst 10.0.0.2 -j mark --mark-or 0x10 --mark-target CONTINUE
       FORWARD --mark /0x2f -j DROP`,
      true,
    ],
    [
      'a mark that accepts',
      `FORWARD -p IPv4 --ip-dst 10.0.0.2 -j mark --mark-set 1
       FORWARD -p IPv4 --ip-dst 10.0.0.2 -j DROP`,
      true,
    ],
    ['logged', 'FORWARD -p IPv4 --log-prefix "it is -j DROP" --log-ip -j CONTINUE', true],
    ['multicast', 'FORWARD --pkttype-type multicast -j DROP', true],
    ['broadcast, as requests of ARP are', 'FORWARD --pkttype-type broadcast -j DROP', false],
    ['no multicast', 'FORWARD -p IPv4 --pkttype-type ! multicast -j DROP', false],
  ]);
});

ebtablesTest('ebtables and nft: what they ask of ARP', async () => {
  await judge([
    ['requests', 'FORWARD -p ARP --arp-op Request -j DROP', false],
    ['answers', 'FORWARD -p ARP --arp-op Reply -j DROP', false],
    ['neither', 'FORWARD -p ARP --arp-op 3 -j DROP', true],
    ['for that address', 'FORWARD -p ARP --arp-op Request --arp-ip-dst 10.0.0.2 -j DROP', false],
    ['for another address', 'FORWARD -p ARP --arp-op Request --arp-ip-dst 10.0.0.3 -j DROP', true],
    ['for all but that', 'FORWARD -p ARP --arp-op Request --arp-ip-dst ! 10.0.0.2 -j DROP', true],
    ['by that address, which answers too', 'FORWARD -p ARP --arp-op Reply --arp-ip-src 10.0.0.2 -j DROP', false],
    [
      'in a chain of its user',
      `ebtables-nft -N spoof -P DROP
       FORWARD -p ARP -j spoof
       ebtables-nft -A spoof -p ARP --arp-ip-src 10.0.0.1 -j RETURN`,
      false,
    ],
    [
      'in a chain of its user that lets both ends pass',
      `ebtables-nft -N spoof -P DROP
       FORWARD -p ARP -j spoof
       ebtables-nft -A spoof -p ARP --arp-ip-src 10.0.0.0/30 -j RETURN`,
      true,
    ],
    ['gratuitous', 'FORWARD -p ARP --arp-gratuitous -j DROP', true],
    ['of IP over Ethernet', 'FORWARD -p ARP --arp-htype 1 --arp-ptype 0x800 -j DROP', false],
    ['against false senders', 'FORWARD -p ARP --arp-ip-src ! 10.0.0.0/24 -j DROP', true],
    [
      'nft, requests for that address',
      '',
      false,
      {
        r: 'table bridge t {\nchain c {\ntype filter hook forward priority 0\narp operation request arp daddr ip 10.0.0.2 drop\n}\n}',
      },
    ],
    [
      'nft, requests by others',
      '',
      true,
      {
        r: 'table bridge t {\nchain c {\ntype filter hook forward priority 0\narp operation request arp saddr ip != 10.0.0.0/24 drop\n}\n}',
      },
    ],
    [
      'nft of the arp family, where the request comes in',
      '',
      false,
      { s: 'table arp t {\nchain c {\ntype filter hook input priority 0\narp operation request drop\n}\n}' },
    ],
    [
      'nft of the arp family, other ways round',
      '',
      true,
      {
        s: 'table arp t {\nchain c {\ntype filter hook input priority 0\narp operation reply arp saddr ip 10.0.0.77 drop\n}\n}',
      },
    ],
  ]);
});
