/**
 * Random rulesets against the kernel: whatever stands at the hooks of nft, iptables-nft and iptables-legacy, an answer
 * comes back exactly when the model says so. The seeds are fixed; a disagreement is printed with its whole ruleset.
 *
 * NSDIAG_SEEDS=1,2,3 tries others.
 */

import { expect } from 'vitest';
import { type NetworkName, type RulesetTrial, tryRulesets, whyOf } from '../helpers/ruleset-judge.ts';
import { liveTest } from '../helpers/world.ts';

const SEEDS = (process.env['NSDIAG_SEEDS'] ?? '1,2').split(',').map(Number);
const TRIALS_PER_SEED = 30;
/** Conditions that are not modelled are sown thinly: where they decide, the model may shrug. */
const MAX_UNDECIDED = 0.1;

for (const seed of SEEDS) {
  liveTest(`random rulesets of seed ${seed} do in the model what they do in the kernel`, async () => {
    const random = new Random(seed);
    const trials = Array.from({ length: TRIALS_PER_SEED }, (_, index) => randomTrial(random, `${seed}.${index}`));
    const judged = await tryRulesets(trials);

    const wrong = judged.filter(({ answered, model }) => model !== 'undecided' && model !== answered);
    expect(
      wrong.map(({ trial, answered, model, trip }) => ({ trial, answered, model, why: whyOf(model, trip) })),
    ).toEqual([]);
    const undecided = judged.filter(({ model }) => model === 'undecided');
    expect(
      undecided.length,
      JSON.stringify(undecided.map(({ trip, model }) => whyOf(model, trip))),
    ).toBeLessThanOrEqual(MAX_UNDECIDED * TRIALS_PER_SEED);
    const answered = judged.filter((each) => each.answered).length;
    // Rulesets that let everything pass, or nothing, would prove nothing.
    expect(answered).toBeGreaterThan(TRIALS_PER_SEED / 8);
    expect(answered).toBeLessThan((TRIALS_PER_SEED * 7) / 8);
  });
}

/** mulberry32: small, seeded, the same everywhere. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  some<T>(most: number, make: () => T): readonly T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }
}

function randomTrial(random: Random, claim: string): RulesetTrial {
  const network: NetworkName = random.chance(75) ? 'router' : 'bridge';
  const port = random.pick([undefined, undefined, 'tcp/80', 'udp/80'] as const);
  const isIpv6 = network === 'router' && random.chance(25);
  const to =
    network === 'bridge'
      ? random.pick(['10.0.0.2', '10.0.0.2', '10.1.0.2', '10.0.0.254'])
      : isIpv6
        ? 'fd02::2'
        : '10.0.2.2';
  const words: Words = { random, network, isIpv6 };
  return {
    claim,
    network,
    to,
    ...(port !== undefined && to.endsWith('2') && to !== '10.1.0.2' && { port }),
    r: randomRules(words),
    ...(random.chance(20) && { s: randomRules(words) }),
    ...(random.chance(20) && { c: randomRules(words) }),
  };
}

interface Words {
  readonly random: Random;
  readonly network: NetworkName;
  readonly isIpv6: boolean;
}

function randomRules(words: Words): string {
  const { random } = words;
  switch (random.below(4)) {
    case 0:
      return nftTables(words);
    case 1:
      return iptablesCommands(words, '-nft');
    case 2:
      return iptablesCommands(words, '-legacy');
    default:
      return `${iptablesCommands(words, random.pick(['-nft', '-legacy']))}\nnft -f - <<X\n${nftTables(words)}\nX`;
  }
}

const DEVICES: Readonly<Record<NetworkName, readonly string[]>> = {
  router: ['re1', 're2', 'ce', 'se', 'lo'],
  bridge: ['br0', 'pa', 'pb', 'up0', 'ce', 'se'],
};

const ADDRESSES: Readonly<Record<NetworkName, readonly string[]>> = {
  router: ['10.0.1.2', '10.0.2.2', '10.0.1.0/24', '10.0.0.0/8', '192.0.2.0/24'],
  bridge: ['10.0.0.1', '10.0.0.2', '10.0.0.0/24', '10.0.0.254', '10.1.0.2'],
};

const ADDRESSES6 = ['fd01::2', 'fd02::2', 'fd01::/64', 'fd00::/8', '2001:db8::/32'];

function nftCondition({ random, network, isIpv6 }: Words): string {
  // What decides most rulesets that people write.
  if (random.chance(15))
    return `ct state ${random.pick(['new', 'established', 'established,related', '{ new, established }'])}`;
  if (random.chance(5)) return random.pick(['tcp flags syn', 'tcp flags & (syn | ack) == syn', 'tcp flags & ack == 0']);
  const ip = isIpv6 ? 'ip6' : 'ip';
  const address = () => random.pick(isIpv6 ? ADDRESSES6 : ADDRESSES[network]);
  const not = random.chance(20) ? '!= ' : '';
  switch (random.below(12)) {
    case 0:
      return `${ip} saddr ${not}${address()}`;
    case 1:
      return `${ip} daddr ${not}${address()}`;
    case 2:
      return `${ip} saddr ${not}{ ${random.pick(isIpv6 ? ADDRESSES6.slice(0, 2) : ADDRESSES[network].slice(0, 2))}, ${isIpv6 ? '2001:db8::1' : '192.0.2.7'} }`;
    case 3:
      return `iifname ${not}"${random.pick(DEVICES[network])}"`;
    case 4:
      return `oifname ${not}"${random.pick(DEVICES[network])}"`;
    case 5:
      return `meta l4proto ${not}{ ${random.pick(['tcp', 'udp', 'icmp', 'ipv6-icmp', 'tcp, udp', 'icmp, ipv6-icmp'])} }`;
    case 6:
      return `tcp ${random.pick(['dport', 'sport'])} ${not}${random.pick(['80', '1-1023', '{ 22, 80 }'])}`;
    case 7:
      return `udp ${random.pick(['dport', 'sport'])} ${not}${random.pick(['80', '1024-65535'])}`;
    case 8:
      return `ct state ${random.pick(['new', 'established', 'established,related', 'invalid'])}`;
    case 9:
      return `${isIpv6 ? 'icmpv6' : 'icmp'} type ${not}${random.pick(['echo-request', 'echo-reply'])}`;
    case 10:
      return random.pick([
        'meta mark 1',
        'ct direction reply',
        'fib daddr type local',
        'ct mark 3',
        'meta length > 80',
      ]);
    default:
      return random.pick([
        'limit rate 1000/second',
        'ct direction original',
        'ct status dnat',
        'ct status snat',
        'meta mark != 0',
      ]);
  }
}

function nftRule(words: Words, jumps: boolean): string {
  const { random } = words;
  const conditions = compatible(
    random.some(2, () => nftCondition(words)),
    /^(tcp|udp|icmp|meta l4proto)/,
  ).join(' ');
  const verdicts = [
    'accept',
    'accept',
    'drop',
    'drop',
    'return',
    'counter',
    'reject',
    'meta mark set 1',
    'ct mark set 3',
    'log',
  ];
  const verdict = random.pick(jumps ? [...verdicts, 'jump u', 'goto u', 'jump u'] : verdicts);
  return `${conditions} ${verdict}`;
}

/** nft and iptables refuse rules that name two protocols; of two conditions of that kind the first stays. */
function compatible(conditions: readonly string[], kind: RegExp): readonly string[] {
  const [first, ...others] = conditions;
  if (first === undefined) return [];
  return kind.test(first) ? [first, ...others.filter((each) => !kind.test(each))] : conditions;
}

const HOOKS = ['prerouting', 'input', 'forward', 'forward', 'forward', 'forward', 'output', 'postrouting'];

function nftTables(words: Words): string {
  const { random, isIpv6 } = words;
  const family = random.pick([isIpv6 ? 'ip6' : 'ip', 'inet']);
  const chains = [0, ...random.some(2, () => 0)].map((_, index) => {
    const hook = random.pick(HOOKS);
    const priority = random.pick([-350, -250, -120, 3, 7, 20, 120]) + index;
    const policy = random.chance(40) ? 'drop' : 'accept';
    const rules = random.some(4, () => nftRule(words, hook !== 'prerouting' && hook !== 'postrouting'));
    return `chain c${index} {\ntype filter hook ${hook} priority ${priority}; policy ${policy};\n${isIpv6 ? NEIGHBORS : ''}\n${rules.map((rule) => suited(rule, hook)).join('\n')}\n}`;
  });
  const u = random.some(3, () => suited(nftRule(words, false), 'forward')).join('\n');
  const nat = random.chance(35) ? [natChain(words)] : [];
  return `table ${family} t {\nchain u {\n${u}\n}\n${[...chains, ...nat].join('\n')}\n}`;
}

function natChain(words: Words): string {
  const { random, network, isIpv6 } = words;
  const condition = nftCondition(words);
  const ip = isIpv6 ? 'ip6' : 'ip';
  const served = isIpv6 ? 'fd02::2' : network === 'bridge' ? '10.0.0.2' : '10.0.2.2';
  switch (random.below(4)) {
    case 0:
      return `chain n {\ntype nat hook prerouting priority -100\n${condition} dnat ${ip} to ${served}\n}`;
    case 1:
      return `chain n {\ntype nat hook output priority -100\n${condition} dnat ${ip} to ${served}\n}`;
    case 2:
      return `chain n {\ntype nat hook prerouting priority -100\n${condition} redirect\n}`;
    default:
      return `chain n {\ntype nat hook postrouting priority 100\n${condition} masquerade\n}`;
  }
}

/** Without neighbour discovery nothing gets anywhere in IPv6, and what it is refused for is another test's. */
const NEIGHBORS = 'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept';

/** Rejecting answers from within prerouting and postrouting is not for every kernel. */
function suited(rule: string, hook: string): string {
  return hook === 'prerouting' || hook === 'postrouting' ? rule.replace(/reject$/, 'drop') : rule;
}

function iptablesCondition({ random, network, isIpv6 }: Words, chain: string): string {
  const not = random.chance(20) ? '! ' : '';
  const address = random.pick(isIpv6 ? ADDRESSES6 : ADDRESSES[network]);
  const hasIn = chain !== 'OUTPUT' && chain !== 'POSTROUTING';
  const hasOut = chain !== 'INPUT' && chain !== 'PREROUTING';
  if (random.chance(15))
    return `-m conntrack ${not}--ctstate ${random.pick(['NEW', 'RELATED,ESTABLISHED', 'ESTABLISHED,NEW'])}`;
  if (random.chance(5)) return `-p tcp ${not}--syn`;
  switch (random.below(9)) {
    case 0:
      return `${not}-s ${address}`;
    case 1:
      return `${not}-d ${address}`;
    case 2:
      return hasIn ? `${not}-i ${random.pick(DEVICES[network])}` : '';
    case 3:
      return hasOut ? `${not}-o ${random.pick(DEVICES[network])}` : '';
    case 4:
      return `-m conntrack ${not}--ctstate ${random.pick(['NEW', 'RELATED,ESTABLISHED', 'INVALID'])}`;
    case 5:
      return `-p ${random.pick(['tcp', 'udp', isIpv6 ? 'icmpv6' : 'icmp'])}`;
    case 6:
      return `-p tcp -m multiport ${not}--${random.pick(['dports', 'sports', 'ports'])} 22,80`;
    case 7:
      return network === 'bridge' && chain === 'FORWARD'
        ? `-m physdev ${not}--physdev-${random.pick(['in pa', 'in pb', 'is-bridged'])}`
        : `-m mark ${not}--mark 1`;
    default:
      return random.chance(10) ? '-m limit --limit 1000/s' : `-m addrtype ${not}--dst-type LOCAL`;
  }
}

function iptablesCommands(words: Words, variant: string): string {
  const { random, isIpv6 } = words;
  const program = `${isIpv6 ? 'ip6tables' : 'iptables'}${variant}`;
  const rules = [0, ...random.some(5, () => 0)].map(() => {
    const chain = random.pick(['INPUT', 'FORWARD', 'FORWARD', 'FORWARD', 'OUTPUT', 'U']);
    // A user chain may be called from anywhere.
    const conditions = compatible(
      random.some(2, () => iptablesCondition(words, chain)),
      /(^|^! )-[pmsdio]/,
    );
    const target = random.pick([
      'ACCEPT',
      'ACCEPT',
      'DROP',
      'DROP',
      'REJECT',
      'RETURN',
      'LOG',
      chain === 'U' ? 'ACCEPT' : 'U',
    ]);
    return `${program} -A ${chain} ${conditions.join(' ')} -j ${target}`;
  });
  const policy = random.chance(45)
    ? [`${program} -P ${random.pick(['FORWARD', 'FORWARD', 'INPUT', 'OUTPUT'])} DROP`]
    : [];
  const notrack = random.chance(8)
    ? [`${program} -t raw -A PREROUTING ${iptablesCondition(words, 'PREROUTING')} -j NOTRACK`]
    : [];
  const mark = random.chance(25)
    ? [`${program} -t mangle -A PREROUTING ${iptablesCondition(words, 'PREROUTING')} -j MARK --set-mark 1`]
    : [];
  const nat = random.chance(25)
    ? [`${program} -t nat -A POSTROUTING ${iptablesCondition(words, 'POSTROUTING')} -j MASQUERADE`]
    : [];
  const open = isIpv6
    ? [
        `${program} -A INPUT -p icmpv6 --icmpv6-type 135 -j ACCEPT`,
        `${program} -A INPUT -p icmpv6 --icmpv6-type 136 -j ACCEPT`,
        `${program} -A OUTPUT -p icmpv6 --icmpv6-type 135 -j ACCEPT`,
        `${program} -A OUTPUT -p icmpv6 --icmpv6-type 136 -j ACCEPT`,
      ]
    : [];
  return [`${program} -N U`, ...open, ...rules, ...policy, ...notrack, ...mark, ...nat].join('\n');
}
