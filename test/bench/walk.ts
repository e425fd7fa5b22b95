/**
 * How many round trips a second the walk alone makes, on one core: every pair of 45 hosts behind five routers with a
 * firewall each, 50 namespaces in all.
 *
 * The host is indexed, as it is for all but the first of many questions (`matrix`); what the first round costs, indexes
 * and the compiling of the code included, is told beside it. Counted is the processor's time, so that a loaded machine
 * answers like an idle one.
 *
 * @module
 */

import type { Host } from '../../src/host/host.ts';
import { isRoundTripDelivered } from '../../src/journey/journey.ts';
import type { Question } from '../../src/walk/question.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { iptables } from '../faults/rulesets.ts';
import { ask } from '../helpers/ask.ts';
import { hostOf, type LinkSpec, type NetnsSpec } from '../helpers/build-host.ts';

/** Round trips a second of one core's time. */
export interface WalkRate {
  readonly namespaces: number;
  readonly pairs: number;
  /** The first time that each pair is asked. */
  readonly first: number;
  readonly steady: number;
}

const ROUTERS = 5;
const HOSTS_EACH = 9;
/** Long enough for the compiler to have done its work, and for the collector to take its share. */
const MEASURED_MS = 2000;

/** @throws Error when a round trip is not delivered: then it would not be the time of one. */
export function measureWalk(): WalkRate {
  const host = campus();
  const questions = everyPair();
  const first = rateOf(host, questions, 1);
  rateOf(host, questions, MEASURED_MS);
  return {
    namespaces: host.namespaces.length,
    pairs: questions.length,
    first,
    steady: rateOf(host, questions, MEASURED_MS),
  };
}

/** Ask every pair, again and again until the time is over. */
function rateOf(host: Host, questions: readonly Question[], forMs: number): number {
  const begin = processorMs();
  let walked = 0;
  do {
    for (const question of questions) {
      if (!isRoundTripDelivered(walkRoundTrip(host, question)))
        throw new Error('a walk of the bench was not delivered');
    }
    walked += questions.length;
  } while (processorMs() - begin < forMs);
  return walked / ((processorMs() - begin) / 1000);
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Router n has a bridge with nine hosts, and a wire to the router before and to the one behind it. */
function campus(): Host {
  const spec: Record<string, NetnsSpec> = {};
  for (const router of numbers(ROUTERS)) {
    spec[`r${router}`] = routerOf(router);
    for (const host of numbers(HOSTS_EACH)) {
      spec[hostName(router, host)] = {
        links: { eth0: { addresses: [`${addressOf(router, host)}/24`] } },
        routes: [`default via 10.${router}.0.1`],
      };
    }
  }
  return hostOf(spec);
}

function routerOf(router: number): NetnsSpec {
  const links: Record<string, LinkSpec> = {
    br0: { kind: 'bridge', addresses: [`10.${router}.0.1/24`] },
    ...(router > 0 && { west: { addresses: [`172.16.${router}.2/24`] } }),
    ...(router < ROUTERS - 1 && {
      east: { peer: `r${router + 1}:west`, addresses: [`172.16.${router + 1}.1/24`] },
    }),
  };
  for (const host of numbers(HOSTS_EACH)) {
    links[`p${host}`] = { master: 'br0', peer: `${hostName(router, host)}:eth0` };
  }
  const others = numbers(ROUTERS).filter((other) => other !== router);
  return {
    links,
    routes: others.map((other) => {
      const gateway = other > router ? `172.16.${router + 1}.2` : `172.16.${router}.1`;
      return `10.${other}.0.0/24 via ${gateway}`;
    }),
    sysctls: { 'net/ipv4/ip_forward': 1 },
    ruleset: iptables(
      'filter',
      ':FORWARD DROP [0:0]',
      '-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      '-A FORWARD -s 192.168.0.0/16 -j DROP',
      '-A FORWARD -i br0 -j ACCEPT',
      '-A FORWARD -d 10.0.0.0/8 -j ACCEPT',
    ),
  };
}

function everyPair(): readonly Question[] {
  const hosts = numbers(ROUTERS).flatMap((router) =>
    numbers(HOSTS_EACH).map((host) => ({ name: hostName(router, host), address: addressOf(router, host) })),
  );
  return hosts.flatMap((from) => hosts.filter((to) => to !== from).map((to) => ask(from.name, to.address)));
}

function hostName(router: number, host: number): string {
  return `h${router}-${host}`;
}

function addressOf(router: number, host: number): string {
  return `10.${router}.0.${10 + host}`;
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
