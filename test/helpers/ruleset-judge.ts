/**
 * The kernel as the judge of rulesets, many at once: each trial gets a small network of its own in one private world,
 * all rulesets are loaded, the host is collected once, all probes are sent side by side, and for each of them the model
 * has to say what the kernel did.
 *
 * @module
 */

import { expect } from 'vitest';
import type { Host } from '../../src/host/host.ts';
import type { NetnsName } from '../../src/host/link.ts';
import { isRoundTripDelivered, lastJourney, type RoundTrip } from '../../src/journey/journey.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { type AskOptions, ask } from './ask.ts';
import { collectIn } from './collect-world.ts';
import { WORDS } from './judge.ts';
import { inWorld, until, type World } from './world.ts';

/**
 * `router`: c (10.0.1.2, fd01::2) - r (re1, re2) - s (10.0.2.2, fd02::2). r forwards, s answers on TCP and UDP port 80.
 * `bridge`: c (10.0.0.1) and s (10.0.0.2) on the ports pa and pb of br0 (10.0.0.254) in r, and u (10.1.0.2) behind r's
 * device up0. br_netfilter is on.
 */
export type NetworkName = 'router' | 'bridge';

/** One ruleset and one probe. */
export interface RulesetTrial {
  readonly claim: string;
  readonly network?: NetworkName;
  /** What is loaded into each namespace: nft's own text, or else shell commands to be run in it. */
  readonly c?: string;
  readonly r?: string;
  readonly s?: string;
  readonly from?: 'c' | 'r' | 's' | 'u';
  /** 10.0.2.2 (router) or 10.0.0.2 (bridge) unless given. */
  readonly to?: string;
  readonly port?: NonNullable<AskOptions['to']>;
  /** Whether an answer comes back. Left out where only the agreement is of interest. */
  readonly answered?: boolean;
}

/** What became of one trial. */
export interface Judged {
  readonly trial: RulesetTrial;
  readonly answered: boolean;
  readonly model: boolean | 'undecided';
  readonly trip: RoundTrip;
}

/** Hold the kernel to what the trials expect, and the model to the kernel. */
export async function judgeRulesets(trials: readonly RulesetTrial[]): Promise<void> {
  const judged = await tryRulesets(trials);
  const said = judged.map(({ trial: { claim }, answered, model, trip }) => ({
    claim,
    answered,
    model,
    why: whyOf(model, trip),
  }));
  const expected = judged.map(({ trial: { claim, answered } }, index) => ({
    claim,
    answered,
    model: answered,
    why: said[index]?.why,
  }));
  expect(said).toEqual(expected);
}

/** Build, load, collect, probe. */
export async function tryRulesets(trials: readonly RulesetTrial[]): Promise<readonly Judged[]> {
  return inWorld(async (world) => {
    await buildTrials(world, trials);
    const host = await collectIn(world);
    const answers = await probeAll(world, trials);
    const trips = trials.map((trial, index) => predict(host, trial, index));
    // A busy machine answers late: silence where the model expects an answer is asked about once more.
    const silent = trips.flatMap((trip, index) => (verdictOf(trip) === true && !answers.has(index) ? [index] : []));
    const late = await probeAll(world, trials, silent);
    return trials.map((trial, index) => {
      const trip = trips[index] ?? predict(host, trial, index);
      return { trial, answered: answers.has(index) || late.has(index), model: verdictOf(trip), trip };
    });
  });
}

/** Make the network of every trial, number 0 with namespaces c0, r0, s0, and load its rulesets. */
export async function buildTrials(world: World, trials: readonly RulesetTrial[]): Promise<void> {
  await world.sh(`${WORDS}\n${trials.map(networkScript).join('\n')}`);
  await serve(world, trials);
}

/** What a disagreement is explained with. */
export function whyOf(model: Judged['model'], trip: RoundTrip): unknown {
  return model === true ? 'delivered' : lastJourney(trip).fate;
}

const NETWORKS: Readonly<Record<NetworkName, (n: number) => string>> = {
  router: (n) => `
    namespaces c${n} r${n} s${n}
    wire c${n} ce r${n} re1
    wire s${n} se r${n} re2
    ip -n c${n} -batch - <<'END'
      addr add 10.0.1.2/24 dev ce
      addr add fd01::2/64 dev ce nodad
      route add default via 10.0.1.1
      route add default via fd01::1
END
    ip -n s${n} -batch - <<'END'
      addr add 10.0.2.2/24 dev se
      addr add fd02::2/64 dev se nodad
      route add default via 10.0.2.1
      route add default via fd02::1
END
    ip -n r${n} -batch - <<'END'
      addr add 10.0.1.1/24 dev re1
      addr add fd01::1/64 dev re1 nodad
      addr add 10.0.2.1/24 dev re2
      addr add fd02::1/64 dev re2 nodad
END
    sysctl_ r${n} net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1`,
  bridge: (n) => `
    namespaces c${n} r${n} s${n} u${n}
    wire c${n} ce r${n} pa
    wire s${n} se r${n} pb
    wire u${n} ue r${n} up0
    bridge_ r${n} br0 pa pb
    ip -n c${n} -batch - <<'END'
      addr add 10.0.0.1/24 dev ce
      route add default via 10.0.0.254
END
    ip -n s${n} -batch - <<'END'
      addr add 10.0.0.2/24 dev se
      route add default via 10.0.0.254
END
    ip -n u${n} -batch - <<'END'
      addr add 10.1.0.2/24 dev ue
      route add default via 10.1.0.1
END
    ip -n r${n} -batch - <<'END'
      addr add 10.0.0.254/24 dev br0
      addr add 10.1.0.1/24 dev up0
END
    sysctl_ r${n} net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1`,
};

function networkScript(trial: RulesetTrial, n: number): string {
  const loads = (['c', 'r', 's'] as const).map((name) => {
    const rules = trial[name];
    if (rules === undefined) return '';
    const inside = `ip netns exec ${name}${n}`;
    return rules.trimStart().startsWith('table')
      ? `${inside} nft -f - <<'END'\n${rules}\nEND`
      : `${inside} sh -eus <<'END'\n${rules}\nEND`;
  });
  return [NETWORKS[trial.network ?? 'router'](n), ...loads].join('\n');
}

/** Answers TCP and UDP on port 80 of both families. perl, because twenty of node take their time. */
const SERVER = `
  $| = 1;
  for ([AF_INET, pack_sockaddr_in(80, INADDR_ANY)], [AF_INET6, pack_sockaddr_in6(80, IN6ADDR_ANY)]) {
    my ($family, $address) = @$_;
    socket(my $udp, $family, SOCK_DGRAM, 0);
    socket(my $tcp, $family, SOCK_STREAM, 0);
    for ($udp, $tcp) {
      setsockopt($_, 41, 26, 1) if $family == AF_INET6; # IPV6_V6ONLY
      bind($_, $address) or die $!;
    }
    listen($tcp, 5) or die $!;
    push @listening, $tcp;
    next if fork;
    while (my $from = recv($udp, my $text, 2000, 0)) { send($udp, $text, 0, $from) }
  }
  print "listening\\n";
  sleep`;

/** Start the servers that are asked for, and wait until they listen. They end with the world. */
async function serve(world: World, trials: readonly RulesetTrial[]): Promise<void> {
  const servers = trials.flatMap(({ port }, n) =>
    port === undefined ? [] : [`ip netns exec s${n} perl -MSocket=:all -e ${quoted(SERVER)} &`],
  );
  if (servers.length === 0) return;
  const running = world.start(['sh', '-c', `${servers.join('\n')}\nwait`]);
  const listening = () => running.output.split('listening').length - 1;
  await until(() => listening() === servers.length, `${servers.length} servers: ${running.output}`);
}

function probeScript(trial: RulesetTrial): string {
  const to = destinationOf(trial);
  const [proto, port] = trial.port?.split('/') ?? [];
  const [family, pack] = to.includes(':') ? ['AF_INET6', 'pack_sockaddr_in6'] : ['AF_INET', 'pack_sockaddr_in'];
  const address = `${pack}(${port}, inet_pton(${family}, "${to}"))`;
  switch (proto) {
    case undefined:
      return `ping -n -c3 -i0.2 -W0.5 ${to} | grep -q ' [1-3] received'`;
    case 'tcp':
      return `timeout 1 perl -MSocket=:all -e 'socket($s, ${family}, SOCK_STREAM, 0); exit !connect($s, ${address})'`;
    // As long as the model's question, and the answer as long as that.
    default:
      return `timeout 1 perl -MSocket=:all -e 'socket($s, ${family}, SOCK_DGRAM, 0); connect($s, ${address});
        for (1..3) { send($s, "?" x 56, 0); vec($r, fileno($s), 1) = 1; select($r, undef, undef, 0.2) and exit !defined(recv($s, $t, 99, 0)) } exit 1'`;
  }
}

/**
 * Send everything at once.
 *
 * @param which Numbers of trials, all unless given.
 * @returns Those of them that were answered.
 */
export async function probeAll(
  world: World,
  trials: readonly RulesetTrial[],
  which: readonly number[] = trials.map((_, n) => n),
): Promise<ReadonlySet<number>> {
  const probes = which.flatMap((n) => {
    const trial = trials[n];
    if (trial === undefined) return [];
    const probe = `ip netns exec ${trial.from ?? 'c'}${n} sh -c ${quoted(probeScript(trial))}`;
    return [`( ${probe} >/dev/null 2>&1 && echo ${n} ) &`];
  });
  const answered = await world.sh(`set +e\n${probes.join('\n')}\nwait`);
  return new Set(answered.split('\n').filter(Boolean).map(Number));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function destinationOf({ to, network }: RulesetTrial): string {
  return to ?? (network === 'bridge' ? '10.0.0.2' : '10.0.2.2');
}

/** What the model says of the trial. */
export function predict(host: Host, trial: RulesetTrial, n: number): RoundTrip {
  const options: AskOptions = trial.port === undefined ? {} : { to: trial.port };
  return walkRoundTrip(host, {
    ...ask('', destinationOf(trial), options),
    netns: `${trial.from ?? 'c'}${n}` as NetnsName,
  });
}

function verdictOf(trip: RoundTrip): boolean | 'undecided' {
  if (isRoundTripDelivered(trip)) return true;
  return lastJourney(trip).fate.kind === 'undecided' ? 'undecided' : false;
}
