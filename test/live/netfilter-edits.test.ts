/**
 * Edits of rulesets, run: an accept put exactly where the model says that the packet dies lets it pass, and the ruleset
 * that is then collected is the one that the model made of it.
 */

import { expect } from 'vitest';
import { applyEdit } from '../../src/host/apply.ts';
import { commandsOf } from '../../src/host/commands.ts';
import type { Edit, TrafficSelector } from '../../src/host/edit.ts';
import { findNetns, type Host } from '../../src/host/host.ts';
import type { DeviceName, NetnsName } from '../../src/host/link.ts';
import type { FilterRule, RuleRef, Ruleset } from '../../src/host/ruleset.ts';
import { lastJourney } from '../../src/journey/journey.ts';
import type { Address } from '../../src/net/address.ts';
import { parsePrefix } from '../../src/net/prefix.ts';
import type { Argv } from '../../src/system/run.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { buildTrials, predict, probeAll, type RulesetTrial } from '../helpers/ruleset-judge.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

function prefix(text: string) {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

const FROM_C: TrafficSelector = {
  family: 'inet',
  source: prefix('10.0.1.2'),
  destination: prefix('10.0.2.0/24'),
  inDevice: 're1' as DeviceName,
  outDevice: 're2' as DeviceName,
  protocol: 'icmp',
};
const WEB: TrafficSelector = { family: 'inet', source: prefix('10.0.1.0/24'), protocol: 'tcp', destPort: 80 };
const FROM_C6: TrafficSelector = { family: 'inet6', source: prefix('fd01::2'), protocol: 'icmpv6' };

function drop(rules: string, policy = 'accept', family = 'ip'): string {
  return `table ${family} t {\nchain f {\ntype filter hook forward priority 0; policy ${policy};\n${rules}\n}\n}`;
}

/** Dropped on the way there; what is to be accepted, and, where the answer is dropped too, it as well. */
const BLOCKED: readonly (RulesetTrial & { readonly traffic: TrafficSelector })[] = [
  { claim: 'an nft rule', r: drop('counter\nicmp type echo-request drop'), traffic: FROM_C },
  { claim: 'an nft policy', r: drop('icmp type echo-reply accept', 'drop'), traffic: FROM_C },
  {
    claim: 'an nft policy of an inet table',
    r: drop('icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, echo-reply } accept', 'drop', 'inet'),
    to: 'fd02::2',
    traffic: FROM_C6,
  },
  {
    claim: 'a called nft chain',
    r: `table inet t {\nchain u {\ntcp flags syn / syn,ack counter reject\n}\nchain f {\ntype filter hook forward priority 0\niifname "re1" jump u\n}\n}`,
    port: 'tcp/80',
    traffic: WEB,
  },
  {
    claim: 'an nft chain of a device',
    r: 'table netdev t {\nchain c {\ntype filter hook ingress device "re1" priority 0\nicmp type echo-request drop\n}\n}',
    traffic: { family: 'inet', source: prefix('10.0.1.2'), destination: prefix('10.0.2.0/24'), protocol: 'icmp' },
  },
  {
    claim: 'an iptables rule',
    r: 'iptables -A FORWARD -j ACCEPT -p udp\niptables -A FORWARD -i re1 -j DROP',
    traffic: FROM_C,
  },
  {
    claim: 'an iptables policy',
    r: 'iptables -P FORWARD DROP\niptables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT',
    port: 'tcp/80',
    traffic: WEB,
  },
  {
    claim: 'an iptables chain of its own',
    r: 'iptables -N OWN\niptables -A FORWARD -i re1 -j OWN\niptables -A OWN -j LOG\niptables -A OWN -j REJECT',
    traffic: FROM_C,
  },
  { claim: 'mangle', r: 'iptables -t mangle -A PREROUTING -p tcp --dport 80 -j DROP', port: 'tcp/80', traffic: WEB },
  {
    claim: 'ip6tables',
    r: 'ip6tables -A FORWARD -p icmpv6 --icmpv6-type echo-request -j REJECT',
    to: 'fd02::2',
    traffic: FROM_C6,
  },
  {
    claim: 'iptables-legacy beside iptables-nft',
    r: 'iptables-nft -A FORWARD -j ACCEPT\niptables-legacy -A FORWARD -s 10.0.1.2 -j REJECT',
    traffic: FROM_C,
  },
  {
    claim: 'iptables-nft beside iptables-legacy',
    r: 'iptables-legacy -A FORWARD -j ACCEPT\niptables-nft -A FORWARD -s 10.0.1.2 -j REJECT',
    traffic: FROM_C,
  },
  {
    claim: 'what nft wrote into a table of iptables',
    r: 'iptables -A FORWARD -p udp -j ACCEPT\nnft add rule ip filter FORWARD icmp type echo-request drop',
    traffic: FROM_C,
  },
];

liveTest('an accept ahead of what drops a packet lets it pass, and makes the ruleset that the model says', async () => {
  await runEdits(BLOCKED, (host, trial, n) => {
    const { fate } = lastJourney(predict(host, trial, n));
    if (fate.kind !== 'dropped' || fate.reason.kind !== 'filtered')
      throw new Error(`${trial.claim}: ${JSON.stringify(fate)}`);
    const { rule, hook } = fate.reason;
    return {
      netns: fate.netns,
      kind: 'filter-accept',
      place: { ...rule, hook, before: rule },
      traffic: BLOCKED[n]?.traffic ?? WEB,
    };
  });
});

const NO_WAY_BACK = 'ip route del default';
const LEAVING: TrafficSelector = { family: 'inet', source: prefix('10.0.1.0/24'), outDevice: 're2' as DeviceName };

const UNTRANSLATED: readonly (RulesetTrial & {
  readonly machinery: 'nft' | 'iptables-nft' | 'iptables-legacy';
  readonly chain?: string;
  readonly position?: number;
})[] = [
  { claim: 'nft, nothing there', s: NO_WAY_BACK, machinery: 'nft' },
  {
    claim: 'nft, a chain there',
    s: NO_WAY_BACK,
    machinery: 'nft',
    r: 'table inet n {\nchain post {\ntype nat hook postrouting priority 105\noifname "x" masquerade\n}\n}',
  },
  {
    claim: 'nft, accepted before',
    s: NO_WAY_BACK,
    machinery: 'nft',
    chain: 'post',
    position: 2,
    r: 'table ip n {\nchain post {\ntype nat hook postrouting priority 100\ncounter\naccept\n}\n}',
  },
  { claim: 'iptables, nothing there', s: NO_WAY_BACK, machinery: 'iptables-nft' },
  {
    claim: 'iptables, a wrong rule there',
    s: NO_WAY_BACK,
    machinery: 'iptables-nft',
    r: 'iptables -t nat -A POSTROUTING -o x -j MASQUERADE',
  },
  {
    claim: 'iptables, accepted before',
    s: NO_WAY_BACK,
    machinery: 'iptables-nft',
    chain: 'POSTROUTING',
    position: 1,
    r: 'iptables -t nat -A POSTROUTING -j ACCEPT',
  },
  {
    claim: 'iptables-legacy',
    s: NO_WAY_BACK,
    machinery: 'iptables-legacy',
    r: 'iptables-legacy -t nat -A POSTROUTING -o x -j MASQUERADE',
  },
];

liveTest('a masquerading rule brings the answer back, and makes the ruleset that the model says', async () => {
  await runEdits(UNTRANSLATED, (host, { claim }, n) => {
    const trial = UNTRANSLATED.find((each) => each.claim === claim);
    if (trial === undefined) throw new Error(claim);
    const before = trial.position === undefined ? undefined : ruleAt(host, `r${n}`, trial.chain ?? '', trial.position);
    return { netns: `r${n}` as NetnsName, kind: 'masquerade', machinery: trial.machinery, traffic: LEAVING, before };
  });
});

const PUBLISHED = { to: '10.0.9.9', port: 'tcp/8080' } as const;
const TO_WEB: TrafficSelector = {
  family: 'inet',
  destination: prefix('10.0.9.9'),
  inDevice: 're1' as DeviceName,
  protocol: 'tcp',
  destPort: 8080,
};
const WRONG = '-t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.0.2.77';

const UNPUBLISHED: readonly (RulesetTrial & {
  readonly machinery: 'nft' | 'iptables-nft' | 'iptables-legacy';
  readonly hook?: 'output';
  readonly chain?: string;
})[] = [
  { ...PUBLISHED, claim: 'nft, nothing there', machinery: 'nft' },
  {
    ...PUBLISHED,
    claim: 'nft, a chain there',
    machinery: 'nft',
    r: 'table inet n {\nchain pre {\ntype nat hook prerouting priority -110\nudp dport 8080 redirect\n}\n}',
  },
  { ...PUBLISHED, claim: 'nft, sent by itself', machinery: 'nft', hook: 'output', from: 'r' },
  { ...PUBLISHED, claim: 'iptables, nothing there', machinery: 'iptables-nft' },
  { ...PUBLISHED, claim: 'iptables, sent by itself', machinery: 'iptables-nft', hook: 'output', from: 'r' },
  {
    ...PUBLISHED,
    claim: 'iptables, ahead of a wrong one',
    machinery: 'iptables-nft',
    chain: 'PREROUTING',
    r: `iptables ${WRONG}`,
  },
  {
    ...PUBLISHED,
    claim: 'iptables-legacy, ahead of a wrong one',
    machinery: 'iptables-legacy',
    chain: 'PREROUTING',
    r: `iptables-legacy ${WRONG}`,
  },
];

liveTest('a rule that publishes a port leads there, and makes the ruleset that the model says', async () => {
  // What r sends itself needs a route before it is translated.
  const trials = UNPUBLISHED.map((trial) =>
    trial.hook === 'output' ? { ...trial, r: 'ip route add 10.0.9.0/24 dev re2' } : trial,
  );
  await runEdits(trials, (host, { claim }, n) => {
    const trial = UNPUBLISHED.find((each) => each.claim === claim);
    if (trial === undefined) throw new Error(claim);
    const { machinery, hook = 'prerouting', chain } = trial;
    const before = chain === undefined ? undefined : ruleAt(host, `r${n}`, chain, 1);
    const to = { address: '10.0.2.2' as Address, port: 80 };
    return { netns: `r${n}` as NetnsName, kind: 'dnat', machinery, hook, traffic: TO_WEB, to, before };
  });
});

liveTest('a deleted rule is gone, and comes back by the undo', async () => {
  const trials: readonly RulesetTrial[] = [
    { claim: 'nft', r: drop('counter\nip saddr 10.0.1.2 icmp type echo-request drop comment "gone"\naccept') },
    {
      claim: 'iptables',
      r: 'iptables -A FORWARD -p udp -j ACCEPT\niptables -A FORWARD -s 10.0.1.2 -m comment --comment "it\'s gone" -j DROP\niptables -A FORWARD -j ACCEPT',
    },
    {
      claim: 'iptables-legacy',
      r: 'iptables-legacy -A FORWARD -p udp -j ACCEPT\niptables-legacy -A FORWARD -s 10.0.1.2 -j DROP\niptables-legacy -A FORWARD -j ACCEPT',
    },
  ];
  const takenBack = await runEdits(trials, (host, trial, n) => {
    const { fate } = lastJourney(predict(host, trial, n));
    if (fate.kind !== 'dropped' || fate.reason.kind !== 'filtered') throw new Error(JSON.stringify(fate));
    return { netns: fate.netns, kind: 'filter-delete', rule: fate.reason.rule };
  });
  expect(takenBack).toBe(trials.length);
});

/**
 * Edit every network, compare what is then collected with the model, see that the packet passes, and take the edit back
 * where it can be.
 *
 * @returns How many were taken back.
 */
async function runEdits(
  trials: readonly RulesetTrial[],
  editOf: (host: Host, trial: RulesetTrial, n: number) => Edit,
): Promise<number> {
  return inWorld(async (world) => {
    await buildTrials(world, trials);
    const before = await collectIn(world);
    expect([...(await probeAll(world, trials))]).toEqual([]);
    const edits = trials.map((trial, n) => editOf(before, trial, n));

    for (const edit of edits) for (const { argv } of commandsOf(before, edit)) await succeed(world, argv);
    const after = await collectIn(world);
    for (const [n, edit] of edits.entries()) {
      const claim = trials[n]?.claim;
      expect({ claim, rules: rulesOf(after, n) }).toEqual({ claim, rules: rulesOf(applyEdit(before, edit), n) });
    }
    expect([...(await probeAll(world, trials))].sort((a, b) => a - b)).toEqual(trials.map((_, n) => n));

    const undos = edits.flatMap((edit) =>
      commandsOf(before, edit).flatMap(({ undo }) => (undo === undefined ? [] : [undo])),
    );
    for (const undo of undos) await succeed(world, undo);
    const again = await collectIn(world);
    for (const [n, edit] of edits.entries()) {
      const claim = trials[n]?.claim;
      const isUndone = commandsOf(before, edit).some(({ undo }) => undo !== undefined);
      if (isUndone) expect({ claim, rules: rulesOf(again, n) }).toEqual({ claim, rules: rulesOf(before, n) });
    }
    return undos.length;
  });
}

async function succeed(world: World, argv: readonly string[]): Promise<void> {
  const [program = '', ...args] = argv;
  const command: Argv = [program, ...args];
  const { exitCode, stderr } = await world.run(command);
  expect({ argv, exitCode, stderr }).toEqual({ argv, exitCode: 0, stderr: '' });
}

/** The rules by place and text; chains without rules, which some tools make and some do not, are nothing. */
function rulesOf(host: Host, n: number): readonly string[] {
  return allRules(host, `r${n}`)
    .map(({ ref }) => `${ref.machinery} ${ref.family} ${ref.table} ${ref.chain} ${ref.position}: ${ref.text}`)
    .sort();
}

function ruleAt(host: Host, netns: string, chain: string, position: number): RuleRef | undefined {
  return allRules(host, netns).find(({ ref }) => ref.chain === chain && ref.position === position)?.ref;
}

function allRules(host: Host, netns: string): readonly FilterRule[] {
  const ruleset = findNetns(host, netns)?.ruleset;
  if (!ruleset?.known) throw new Error(`the ruleset of ${netns} could not be read`);
  const { tables }: Ruleset = ruleset.value;
  return tables.flatMap(({ chains }) => chains.flatMap(({ rules }) => rules));
}
