/**
 * Diagnoses as the reports get them, made by hand: two subnets behind a router, ns1 (veth0 10.0.1.1) and ns2
 * (veth1 10.0.2.1), the router's r1 and r2 between them.
 *
 * @module
 */

import type { Cause, Diagnosis, Hop } from '../../src/diagnosis/diagnosis.ts';
import { hopsOf } from '../../src/diagnosis/hops.ts';
import type { Finding } from '../../src/faults/finding.ts';
import type { DeviceName, NetnsName } from '../../src/host/link.ts';
import type { PolicyRule, Route } from '../../src/host/route.ts';
import type { Fate } from '../../src/journey/fate.ts';
import type { Journey, Leg } from '../../src/journey/journey.ts';
import type { Observation, Sighting } from '../../src/journey/observation.ts';
import type { Packet } from '../../src/journey/packet.ts';
import type { Step } from '../../src/journey/step.ts';
import { type Address, parseAddress } from '../../src/net/address.ts';
import { defaultPrefix } from '../../src/net/prefix.ts';
import type { Question } from '../../src/walk/question.ts';

export const netns = (name: string): NetnsName => name as NetnsName;
export const device = (name: string): DeviceName => name as DeviceName;

export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  return parsed;
}

const [NS1, NS2] = [address('10.0.1.1'), address('10.0.2.1')];

export const QUESTION: Question = {
  netns: netns('ns1'),
  destination: NS2,
  proto: 'icmp',
  port: undefined,
  from: undefined,
  payloadBytes: 56,
};

function packet(leg: Leg): Packet {
  const [source, destination] = leg === 'request' ? [NS1, NS2] : [NS2, NS1];
  const message = leg === 'request' ? 'echo-request' : 'echo-reply';
  return {
    source,
    destination,
    transport: { protocol: 'icmp', message, id: 7 },
    lengthBytes: 84,
    dontFragment: true,
    ttl: 64,
    mark: 0,
  };
}

const MAIN_RULE: PolicyRule = {
  family: 'inet',
  priority: 32766,
  not: false,
  action: { kind: 'lookup', table: 254 },
  unmodelled: [],
};

function defaultRoute(via: string, out: string): Route {
  return {
    family: 'inet',
    type: 'unicast',
    table: 254,
    destination: defaultPrefix('inet'),
    metric: 0,
    nexthops: [{ via: address(via), device: device(out), weight: 1, flags: [] }],
    scope: 'global',
    protocol: 'boot',
    unmodelled: [],
  };
}

function routeStep(leg: Leg, from: string, out: string, via: string): Step {
  const route = defaultRoute(via, out);
  const { destination } = packet(leg);
  return {
    netns: netns(from),
    device: device(out),
    stage: 'route',
    lookup: { destination, source: undefined, inDevice: undefined, mark: 0 },
    rule: MAIN_RULE,
    route,
    nexthop: route.nexthops[0],
    source: undefined,
  };
}

const at = (leg: Leg, stage: 'egress' | 'ingress', place: string, name: string): Step => ({
  netns: netns(place),
  device: device(name),
  stage,
  packet: packet(leg),
});

const sent = (leg: Leg, place: string): Step => ({
  netns: netns(place),
  device: undefined,
  stage: 'send',
  packet: packet(leg),
});

const delivered = (leg: Leg, place: string): Step => ({
  netns: netns(place),
  device: undefined,
  stage: 'deliver',
  packet: packet(leg),
  to: 'the ICMP layer',
});

export const REQUEST_STEPS: readonly Step[] = [
  sent('request', 'ns1'),
  routeStep('request', 'ns1', 'veth0', '10.0.1.254'),
  at('request', 'egress', 'ns1', 'veth0'),
  at('request', 'ingress', 'router', 'r1'),
  at('request', 'egress', 'router', 'r2'),
  at('request', 'ingress', 'ns2', 'veth1'),
  delivered('request', 'ns2'),
];

const REPLY_STEPS: readonly Step[] = [
  sent('reply', 'ns2'),
  routeStep('reply', 'ns2', 'veth1', '10.0.2.254'),
  at('reply', 'egress', 'ns2', 'veth1'),
  at('reply', 'ingress', 'router', 'r2'),
  at('reply', 'egress', 'router', 'r1'),
  at('reply', 'ingress', 'ns1', 'veth0'),
  delivered('reply', 'ns1'),
];

export function journey(leg: Leg, steps: readonly Step[], fate: Fate): Journey {
  return { leg, packet: packet(leg), steps, fate };
}

const noRouteBack: Fate = {
  kind: 'dropped',
  netns: netns('ns2'),
  device: undefined,
  reason: { kind: 'no-route', lookup: { destination: NS1, source: NS2, inDevice: undefined, mark: 0 } },
};

/** What tcpdump everywhere would have seen of these steps, 12.3 µs apart. */
export function sightingsOf(journeys: readonly Journey[]): readonly Sighting[] {
  const seen = journeys.flatMap(({ leg, steps }) =>
    steps.flatMap((step) =>
      (step.stage === 'egress' || step.stage === 'ingress') && step.device !== undefined
        ? [{ leg, step, device: step.device }]
        : [],
    ),
  );
  return seen.map(({ leg, step, device: name }, index) => ({
    netns: step.netns,
    device: name,
    direction: step.stage === 'egress' ? 'out' : 'in',
    isForOtherHost: false,
    leg,
    timestampNs: 1_790_000_000_000_000_000n + BigInt(index) * 12_300n,
    source: packet(leg).source,
    destination: packet(leg).destination,
    sequence: 1,
    what: 'packet',
    text: '',
  }));
}

export function observation(over: Partial<Observation>): Observation {
  return {
    command: ['ip', 'netns', 'exec', 'ns1', 'ping', '-c', '3', '-W', '1', '10.0.2.1'],
    sent: 3,
    received: 0,
    refused: false,
    errors: [],
    sightings: [],
    watched: [netns('ns1'), netns('router'), netns('ns2')],
    captureDrops: 0,
    notes: [],
    ...over,
  };
}

export function finding(over: Partial<Finding>): Finding {
  return {
    code: 'no-route',
    title: 'No route to the destination',
    netns: netns('ns2'),
    device: undefined,
    leg: 'reply',
    what: 'ns2 has no route back to 10.0.1.1',
    why: 'Without a matching route in any table that the policy rules name, the kernel drops the packet (ENETUNREACH)',
    evidence: [
      {
        witness: 'model',
        command: ['ip', '-n', 'ns2', 'route', 'show', 'table', 'all'],
        text: 'no prefix in it holds 10.0.1.1',
      },
      { witness: 'kernel', command: ['ip', '-n', 'ns2', 'route', 'get', '10.0.1.1'], text: 'Network is unreachable' },
    ],
    repairs: [],
    ...over,
  };
}

export const NO_ROUTE: Cause = {
  finding: finding({}),
  fix: [
    {
      argv: ['ip', '-n', 'ns2', 'route', 'add', '10.0.1.0/24', 'via', '10.0.2.254', 'dev', 'veth1'],
      intent: 'Add a route back to 10.0.1.0/24',
      sideEffects: undefined,
      undo: ['ip', '-n', 'ns2', 'route', 'del', '10.0.1.0/24', 'via', '10.0.2.254', 'dev', 'veth1'],
    },
  ],
  alternatives: [
    {
      intent: 'Add a default route instead',
      fix: [
        {
          argv: ['ip', '-n', 'ns2', 'route', 'add', 'default', 'via', '10.0.2.254'],
          intent: 'Add a default route instead',
          sideEffects: 'all that ns2 sends elsewhere goes there too',
          undo: undefined,
        },
      ],
    },
  ],
};

const LINK_DOWN: Cause = {
  finding: finding({
    code: 'link-down',
    title: 'An interface is down',
    netns: netns('router'),
    device: device('r2'),
    leg: 'request',
    what: 'r2 in router is administratively down, and took the route 10.0.2.0/24 with it',
    why: 'A device that is down sends and receives nothing, and the kernel removes its connected routes',
    evidence: [
      {
        witness: 'model',
        command: ['ip', '-n', 'router', 'link', 'show', 'dev', 'r2'],
        text: '3: r2@if2: <BROADCAST,MULTICAST> mtu 1500 qdisc noqueue state DOWN mode DEFAULT group default qlen 1000',
      },
      {
        witness: 'wire',
        command: ['ip', 'netns', 'exec', 'ns1', 'ping', '-c', '3', '-W', '1', '10.0.2.1'],
        text: '0 of 3 answered; last seen: the request at router r1; Destination Net Unreachable (from 10.0.1.254)',
      },
    ],
  }),
  fix: [
    {
      argv: ['ip', '-n', 'router', 'link', 'set', 'dev', 'r2', 'up'],
      intent: 'Bring r2 up',
      sideEffects: undefined,
      undo: ['ip', '-n', 'router', 'link', 'set', 'dev', 'r2', 'down'],
    },
  ],
  alternatives: [],
};

const FORWARDING_OFF: Cause = {
  finding: finding({
    code: 'forwarding-off',
    title: 'The namespace does not forward',
    netns: netns('router'),
    device: device('r1'),
    leg: 'request',
    what: 'router does not forward what comes in by r1',
    why: 'Linux forwards a packet only if net/ipv4/conf/r1/forwarding of the device that it came in by is 1',
    evidence: [
      {
        witness: 'model',
        command: ['ip', 'netns', 'exec', 'router', 'sysctl', 'net/ipv4/conf/r1/forwarding'],
        text: 'net/ipv4/conf/r1/forwarding = 0',
      },
    ],
  }),
  fix: [
    {
      argv: ['ip', 'netns', 'exec', 'router', 'sysctl', '-w', 'net/ipv4/ip_forward=1'],
      intent: 'Let router forward IPv4',
      sideEffects: 'every device of router forwards',
      undo: ['ip', 'netns', 'exec', 'router', 'sysctl', '-w', 'net/ipv4/ip_forward=0'],
    },
  ],
  alternatives: [],
};

/** A whole diagnosis; what is left out is that of a reachable destination that the wire confirmed. */
export function diagnosis(over: Partial<Diagnosis> = {}): Diagnosis {
  const request = journey('request', REQUEST_STEPS, { kind: 'delivered', netns: netns('ns2') });
  const reply = journey('reply', REPLY_STEPS, { kind: 'delivered', netns: netns('ns1') });
  const seen = observation({ received: 3, sightings: sightingsOf([request, reply]) });
  return {
    question: QUESTION,
    verdict: 'reachable',
    summary: 'ns1 reaches 10.0.2.1 (icmp): 3 of 3 answered',
    causes: [],
    proof: undefined,
    trip: { request, reply },
    hops: { request: hopsOf(request, seen), reply: hopsOf(reply, seen) },
    wire: { observation: seen, lastSeen: { netns: netns('ns1'), device: device('veth0'), leg: 'reply' } },
    routeWitnesses: [],
    looked: {
      namespaces: 4,
      links: 9,
      routes: 22,
      rules: 24,
      filterRules: 0,
      sockets: 2,
      kernel: '6.18.0',
      uplinks: [],
    },
    notes: [],
    ...over,
  };
}

/** The return route is missing; the wire agrees. */
export function missingRouteBack(over: Partial<Diagnosis> = {}): Diagnosis {
  const request = journey('request', REQUEST_STEPS, { kind: 'delivered', netns: netns('ns2') });
  const reply = journey('reply', REPLY_STEPS.slice(0, 1), noRouteBack);
  const seen = observation({ sightings: sightingsOf([request]) });
  return diagnosis({
    verdict: 'unreachable',
    summary: 'ns1 cannot reach 10.0.2.1 (icmp): ns2 has no route back to 10.0.1.1',
    causes: [NO_ROUTE],
    proof: { deliveredAfter: 1 },
    trip: { request, reply },
    hops: { request: hopsOf(request, seen), reply: hopsOf(reply, seen) },
    wire: { observation: seen, lastSeen: { netns: netns('ns2'), device: device('veth1'), leg: 'request' } },
    ...over,
  });
}

/** r2 is down, the router does not forward, the return route is missing. */
export function threeFaults(): Diagnosis {
  const request = journey('request', REQUEST_STEPS.slice(0, 4), {
    kind: 'dropped',
    netns: netns('router'),
    device: undefined,
    reason: { kind: 'no-route', lookup: { destination: NS2, source: NS1, inDevice: device('r1'), mark: 0 } },
  });
  const seen = observation({ sightings: sightingsOf([request]) });
  return diagnosis({
    verdict: 'unreachable',
    summary:
      'ns1 cannot reach 10.0.2.1 (icmp): r2 in router is administratively down, and took the route 10.0.2.0/24 with it, and 2 more faults',
    causes: [LINK_DOWN, FORWARDING_OFF, NO_ROUTE],
    proof: { deliveredAfter: 3 },
    trip: { request, reply: undefined },
    hops: { request: hopsOf(request, seen), reply: [] },
    wire: { observation: seen, lastSeen: { netns: netns('router'), device: device('r1'), leg: 'request' } },
    notes: [
      'iptables-legacy of router could not be read: iptables-legacy-save is not installed (apt install iptables)',
    ],
  });
}

/** The model meets a match that it does not know, and nobody may send a probe. */
export function undecided(): Diagnosis {
  const request = journey('request', REQUEST_STEPS.slice(0, 4), {
    kind: 'undecided',
    netns: netns('router'),
    because: ['iptables-nft filter FORWARD rule 3 matches on "-m geoip --source-country DE", which is not modelled'],
  });
  const hops: readonly Hop[] = hopsOf(request, undefined);
  return diagnosis({
    verdict: 'undecided',
    summary:
      'Cannot tell whether ns1 reaches 10.0.2.1 (icmp): iptables-nft filter FORWARD rule 3 matches on "-m geoip --source-country DE", which is not modelled',
    trip: { request, reply: undefined },
    hops: { request: hops, reply: [] },
    wire: undefined,
    notes: ['The wire was not asked: a snapshot cannot be probed'],
  });
}

/** The model delivers; the wire shows a loss at the router. */
export function disagreement(): Diagnosis {
  const request = journey('request', REQUEST_STEPS, { kind: 'delivered', netns: netns('ns2') });
  const reply = journey('reply', REPLY_STEPS, { kind: 'delivered', netns: netns('ns1') });
  const seen = observation({ sightings: sightingsOf([request]).slice(0, 2) });
  const what = 'the request is last seen at router r1, and not at router r2, where it should come next';
  return diagnosis({
    verdict: 'unreachable',
    summary: `ns1 cannot reach 10.0.2.1 (icmp): ${what}`,
    causes: [
      {
        finding: finding({
          code: 'unexplained-loss',
          netns: netns('router'),
          device: device('r1'),
          leg: 'request',
          what,
          why: 'nsdiag does not model this there: r1: an XDP program is attached',
          evidence: [{ witness: 'wire', command: seen.command, text: '0 of 3 answered' }],
        }),
        fix: [],
        alternatives: [],
      },
    ],
    trip: { request, reply },
    hops: { request: hopsOf(request, seen), reply: hopsOf(reply, seen) },
    wire: { observation: seen, lastSeen: { netns: netns('router'), device: device('r1'), leg: 'request' } },
  });
}
