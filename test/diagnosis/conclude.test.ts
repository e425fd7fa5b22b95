import { expect, test } from 'vitest';
import { conclude } from '../../src/diagnosis/conclude.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { predict } from '../../src/diagnosis/predict.ts';
import { mapFact } from '../../src/host/fact.ts';
import type { Host } from '../../src/host/host.ts';
import type { ListeningSocket } from '../../src/host/socket.ts';
import type { Leg } from '../../src/journey/journey.ts';
import type { Observation, Sighting } from '../../src/journey/observation.ts';
import type { Port } from '../../src/net/port.ts';
import type { Question } from '../../src/walk/question.ts';
import { iptables } from '../faults/rulesets.ts';
import { deviceRef, hostOf, netnsName, tweakNetns } from '../helpers/build-host.ts';
import { addr, port } from '../helpers/iproute-text.ts';

/** ns2 and ns3 on one bridge have 10.0.0.2, and ns2 alone serves port 80. */
function twoOwners(): Host {
  return hostOf({
    ns1: { links: { a: { peer: 'sw:p1', addresses: ['10.0.0.1/24'] } } },
    ns2: { links: { b: { peer: 'sw:p2', addresses: ['10.0.0.2/24'] } }, sockets: ['tcp 0.0.0.0:80'] },
    ns3: { links: { b: { peer: 'sw:p3', addresses: ['10.0.0.2/24'] } } },
    sw: { links: { br0: { kind: 'bridge' }, p1: { master: 'br0' }, p2: { master: 'br0' }, p3: { master: 'br0' } } },
  });
}

const QUESTION: Question = {
  netns: netnsName('ns1'),
  destination: addr('10.0.0.2'),
  proto: 'icmp',
  port: undefined,
  from: undefined,
  payloadBytes: 56,
};

function pair(lo: 'echo answered' | 'echo ignored' = 'echo answered'): Host {
  return hostOf({
    ns1: { links: { a: { peer: 'ns2:b', addresses: ['10.0.0.1/24'] } } },
    ns2: {
      links: { b: { addresses: ['10.0.0.2/24'] } },
      sysctls: { 'net/ipv4/icmp_echo_ignore_all': lo === 'echo ignored' ? 1 : 0 },
    },
  });
}

/** `ns1:a out request` ... in the order of time, a microsecond apart. */
function wire(received: number, ...seen: readonly string[]): Observation {
  return {
    command: ['ip', 'netns', 'exec', 'ns1', 'ping', '10.0.0.2'],
    sent: 1,
    received,
    refused: false,
    errors: [],
    sightings: seen.map(sighting),
    watched: [netnsName('ns1'), netnsName('ns2')],
    captureDrops: 0,
    notes: [],
  };
}

function sighting(text: string, index: number): Sighting {
  const [place = '', direction, leg] = text.split(' ');
  return {
    ...deviceRef(place),
    direction: direction === 'out' ? 'out' : 'in',
    isForOtherHost: false,
    leg: leg as Leg,
    timestampNs: BigInt(index * 1000),
    source: addr('10.0.0.1'),
    destination: addr('10.0.0.2'),
    sequence: 1,
    what: 'packet',
    text: '',
  };
}

function hear(host: Host, observation: Observation | undefined): Diagnosis {
  return conclude(host, predict(host, QUESTION), { observation, routes: [], notes: [] });
}

const THERE = ['ns1:a out request', 'ns2:b in request'] as const;
const BACK = ['ns2:b out reply', 'ns1:a in reply'] as const;

test('conclude() says reachable when the wire answered, and shows when each hop saw it', () => {
  const diagnosis = hear(pair(), wire(1, ...THERE, ...BACK));

  expect(diagnosis).toMatchObject({ verdict: 'reachable', causes: [], proof: undefined, notes: [] });
  const seen = [...diagnosis.hops.request, ...diagnosis.hops.reply].flatMap(({ netns, device, seen, afterNs }) =>
    seen === undefined ? [] : [[`${netns}:${device}`, seen, afterNs]],
  );
  expect(seen).toEqual([
    ['ns1:a', true, 0n],
    ['ns2:b', true, 1000n],
    ['ns2:b', true, 2000n],
    ['ns1:a', true, 3000n],
  ]);
});

test('conclude() believes the wire that answered against a model that expected otherwise, and says so', () => {
  const diagnosis = hear(pair('echo ignored'), wire(1, ...THERE, ...BACK));

  expect(diagnosis).toMatchObject({
    verdict: 'reachable',
    causes: [],
    notes: [expect.stringContaining('icmp-ignored')],
  });
});

test('conclude() keeps the cause of the model when the wire died in the same place, with the wire as a witness', () => {
  const diagnosis = hear(pair('echo ignored'), wire(0, ...THERE));

  expect(diagnosis).toMatchObject({
    verdict: 'unreachable',
    proof: { deliveredAfter: 1 },
    wire: { lastSeen: { netns: 'ns2', device: 'b', leg: 'request' } },
  });
  expect(diagnosis.causes.map(({ finding }) => finding.code)).toEqual(['icmp-ignored']);
  expect(diagnosis.causes[0]?.finding.evidence).toContainEqual(
    expect.objectContaining({ witness: 'wire', text: '0 of 1 answered; last seen: the request at ns2 b' }),
  );
});

test('conclude() calls a loss that the model does not know unexplained, where it was last seen', () => {
  const diagnosis = hear(pair(), wire(0, ...THERE));

  expect(diagnosis).toMatchObject({ verdict: 'unreachable', proof: undefined });
  expect(diagnosis.causes.map(({ finding }) => [finding.code, finding.netns, finding.device])).toEqual([
    ['unexplained-loss', 'ns2', 'b'],
  ]);
});

test('conclude() puts a loss that came earlier before the cause that the model expected later', () => {
  const diagnosis = hear(pair('echo ignored'), wire(0, 'ns1:a out request'));

  expect(diagnosis.causes.map(({ finding }) => [finding.code, finding.netns])).toEqual([
    ['unexplained-loss', 'ns1'],
    ['icmp-ignored', 'ns2'],
  ]);
});

test('conclude() drops the cause of the model when the wire went further', () => {
  const diagnosis = hear(pair('echo ignored'), wire(0, ...THERE, 'ns2:b out reply'));

  expect(diagnosis.causes.map(({ finding }) => [finding.code, finding.leg])).toEqual([['unexplained-loss', 'reply']]);
  expect(diagnosis.notes).toEqual([expect.stringContaining('icmp-ignored')]);
});

test('conclude() takes absence for no proof when tcpdump itself lost packets', () => {
  const diagnosis = hear(pair('echo ignored'), { ...wire(0, 'ns1:a out request'), captureDrops: 3 });

  expect(diagnosis.causes.map(({ finding }) => finding.code)).toEqual(['icmp-ignored']);
});

test('conclude() does not say "never seen" where nobody listened', () => {
  const heard = (observation: Observation) =>
    hear(pair('echo ignored'), observation).causes[0]?.finding.evidence.at(-1)?.text;

  expect(heard({ ...wire(0), watched: [] })).toBe('0 of 1 answered; no tcpdump listened');
  expect(heard(wire(0))).toBe('0 of 1 answered; never seen on any device');
});

test('conclude() answers from the model alone when nothing was sent', () => {
  expect(hear(pair('echo ignored'), undefined)).toMatchObject({ verdict: 'unreachable', wire: undefined });
  expect(hear(pair('echo ignored'), { ...wire(0), sent: 0, notes: ['ping is not installed'] })).toMatchObject({
    verdict: 'unreachable',
    notes: ['ping is not installed'],
  });
  expect(hear(pair(), undefined).verdict).toBe('reachable');
});

test('conclude() notes where ip route get says otherwise than the model', () => {
  const host = pair();
  const prediction = predict(host, QUESTION);
  const route = prediction.trip.request.steps.find((step) => step.stage === 'route');
  if (route?.stage !== 'route') throw new Error('no routing step');
  const command = ['ip', '-n', 'ns1', 'route', 'get', '10.0.0.2'];
  const witness = { netns: route.netns, lookup: route.lookup, leg: 'request' as const, command };

  const hearing = (answer: 'error' | 'route') =>
    conclude(host, prediction, {
      observation: wire(1, ...THERE, ...BACK),
      routes: [
        answer === 'error'
          ? { ...witness, answer: { kind: 'error', text: 'Network is unreachable' } }
          : {
              ...witness,
              answer: {
                kind: 'route',
                type: 'unicast',
                device: route.device,
                via: undefined,
                source: undefined,
                table: undefined,
              },
            },
      ],
      notes: [],
    }).notes;

  expect(hearing('route')).toEqual([]);
  expect(hearing('error')).toEqual([expect.stringContaining('Network is unreachable')]);
});

test('conclude() takes a frame that a bridge floods past its destination for no arrival', () => {
  const host = hostOf({
    ns1: { links: { a: { peer: 'sw:pa', addresses: ['10.0.0.1/24'] } } },
    sw: { links: { br: { kind: 'bridge' }, pa: { master: 'br' }, pb: { master: 'br' }, pc: { master: 'br' } } },
    ns2: {
      links: { b: { peer: 'sw:pb', addresses: ['10.0.0.2/24'] } },
      sysctls: { 'net/ipv4/icmp_echo_ignore_all': 1 },
    },
    ns3: { links: { c: { peer: 'sw:pc', addresses: ['10.0.0.3/24'] } } },
  });
  const observation = wire(0, ...THERE, 'ns3:c in request');
  const flooded = observation.sightings.map((seen) => ({ ...seen, isForOtherHost: seen.netns === 'ns3' }));

  const codes = (heard: Observation) => hear(host, heard).causes.map(({ finding }) => finding.code);

  expect(codes({ ...observation, sightings: flooded })).toEqual(['icmp-ignored']);
  expect(codes(observation)).toEqual(['unexplained-loss']);
});

test.each([
  ['that it dies where no tcpdump sees it', [], 'unreachable', ['route-blackhole']],
  ['that it dies further on, where it was not seen: the service keeps silent', ['forward'], 'reachable', []],
  ['that it dies further on, and it was seen on the way', ['forward', 'seen'], 'unreachable', ['firewall-drop']],
])('conclude() weighs a silent UDP service when the model says of its answer %s', (_, words, verdict, causes) => {
  const diesLater = words.includes('forward');
  const host = hostOf({
    ns1: {
      links: { a: { peer: 'ns2:b', addresses: ['10.0.0.1/24'] } },
      ...(diesLater
        ? { ruleset: iptables('filter', ':INPUT ACCEPT [0:0]', '-A INPUT -p udp -m udp --sport 53 -j DROP') }
        : {}),
    },
    ns2: {
      links: { b: { addresses: ['10.0.0.2/24'] } },
      ...(diesLater ? {} : { routes: ['blackhole 10.0.0.1/32'] }),
      sockets: ['udp 0.0.0.0:53'],
    },
  });
  const question: Question = { ...QUESTION, proto: 'udp', port: 53 as Port };
  const observation = wire(0, ...THERE, ...(words.includes('seen') ? BACK : []));
  const diagnosis = conclude(host, predict(host, question), { observation, routes: [], notes: [] });

  expect([diagnosis.verdict, diagnosis.causes.map(({ finding }) => finding.code)]).toEqual([verdict, causes]);
});

test('conclude() takes a loss for explained that the model leaves open and a repair settles', () => {
  const host = twoOwners();
  const prediction = predict(host, { ...QUESTION, proto: 'tcp', port: 80 as Port });
  const witnesses = (received: number) => ({
    observation: wire(received, 'ns1:a out request', 'ns3:b in request'),
    routes: [],
    notes: [],
  });
  const lost = conclude(host, prediction, witnesses(0));
  expect(lost.verdict).toBe('unreachable');
  expect(lost.causes.map(({ finding }) => finding.code)).toEqual(['duplicate-address']);
  expect(lost.proof).toEqual({ deliveredAfter: 1 });
  expect(conclude(host, prediction, witnesses(1))).toMatchObject({ verdict: 'reachable', causes: [] });
});

/** ns1 has two next hops to ns2, of which `far` does not forward. */
function twoNextHops(): Host {
  const sysctls = (forward: number) => ({ 'net/ipv4/ip_forward': forward });
  const router = (n: number, forward: number) => ({
    links: { in: { addresses: [`10.0.${n}.9/24`] }, out: { peer: `ns2:b${n}`, addresses: [`10.1.${n}.9/24`] } },
    routes: [`10.2.0.2 via 10.1.${n}.2`],
    sysctls: sysctls(forward),
  });
  return hostOf({
    ns1: {
      links: {
        a1: { peer: 'near:in', addresses: ['10.0.1.1/24'] },
        a2: { peer: 'far:in', addresses: ['10.0.2.1/24'] },
      },
      routes: ['default nexthop via 10.0.1.9 nexthop via 10.0.2.9'],
    },
    near: router(1, 1),
    far: router(2, 0),
    ns2: {
      links: { b1: { addresses: ['10.1.1.2/24', '10.2.0.2/32'] }, b2: { addresses: ['10.1.2.2/24'] } },
      routes: ['10.0.1.0/24 via 10.1.1.9', '10.0.2.0/24 via 10.1.2.9'],
    },
  });
}

const TO_BOTH: Question = { ...QUESTION, destination: addr('10.2.0.2') };

test('conclude() names the fault on the next hop that the wire shows to be taken, and repairs it', () => {
  const host = twoNextHops();
  const observation = wire(0, 'ns1:a2 out request', 'far:in in request');
  const watched = [...observation.watched, netnsName('near'), netnsName('far')];
  const diagnosis = conclude(host, predict(host, TO_BOTH), {
    observation: { ...observation, watched },
    routes: [],
    notes: [],
  });
  expect(diagnosis).toMatchObject({ verdict: 'unreachable', proof: { deliveredAfter: 1 } });
  expect(diagnosis.causes.map(({ finding }) => `${finding.code} ${finding.netns}`)).toEqual(['forwarding-off far']);
  expect(diagnosis.hops.request.map(({ netns }) => netns)).toContain('far');
});

test('conclude() warns of the other next hop where the one that was taken answers', () => {
  const host = twoNextHops();
  const { verdict, causes, notes } = conclude(host, predict(host, TO_BOTH), {
    observation: wire(1, 'ns1:a1 out request', 'near:in in request'),
    routes: [],
    notes: [],
  });
  expect([verdict, causes]).toEqual(['reachable', []]);
  expect(notes).toEqual([expect.stringMatching(/^Routing chooses among 2 next hops .*forwarding-off in far/)]);
});

test('conclude() tells an answer that was never sent from a place where the request was lost', () => {
  const { causes } = hear(pair(), wire(0, ...THERE));
  expect(causes[0]?.finding).toMatchObject({
    leg: 'reply',
    what: 'the request is last seen at ns2 b, and no reply at ns2 b, where it should come next',
  });
});

test('conclude() takes a macvlan for a later place than the device that it stands on, at the same nanosecond', () => {
  const observation = wire(0, 'ns1:a out request', 'ns2:b in request', 'ns2:trunk in request');
  const sightings = observation.sightings.map((seen) =>
    seen.direction === 'in' ? { ...seen, timestampNs: 5000n, isForOtherHost: seen.device === 'trunk' } : seen,
  );

  for (const inOrder of [sightings, sightings.toReversed()]) {
    const { wire: heard } = hear(pair('echo ignored'), { ...observation, sightings: inOrder });
    expect(heard?.lastSeen).toEqual({ netns: 'ns2', device: 'b', leg: 'request' });
  }
});

test.each([
  ['ns2', 'ns1 reaches ns2 (10.0.0.2, icmp): 1 of 1 answered, but by ns3, which has the address as well'],
  ['ns3', 'ns1 reaches ns3 (10.0.0.2, icmp): 1 of 1 answered'],
  [undefined, 'ns1 reaches 10.0.0.2 (icmp): 1 of 1 answered'],
])('conclude() says who answered where %s was asked for', (name, summary) => {
  const host = twoOwners();
  const question = name === undefined ? QUESTION : { ...QUESTION, name };
  const observation = wire(1, 'ns1:a out request', 'ns3:b in request', 'ns3:b out reply', 'ns1:a in reply');
  const diagnosis = conclude(host, predict(host, question), { observation, routes: [], notes: [] });
  expect(diagnosis.summary).toBe(summary);
  expect(diagnosis.notes).toContain('10.0.0.2 is an address of ns2, ns3; ns3 answered');
});

test('conclude() says of a loss at a listener that its queue is full', () => {
  const listening = hostOf({
    ns1: { links: { a: { peer: 'ns2:b', addresses: ['10.0.0.1/24'] } } },
    ns2: { links: { b: { addresses: ['10.0.0.2/24'] } }, sockets: ['tcp 0.0.0.0:80'] },
  });
  const overflow = { waiting: 6, room: 5 };
  const full = (socket: ListeningSocket) => ({ ...socket, process: 'web (pid 7)', overflow });
  const host = tweakNetns(listening, 'ns2', ({ sockets }) => ({ sockets: mapFact(sockets, (all) => all.map(full)) }));
  const question: Question = { ...QUESTION, proto: 'tcp', port: port(80) };
  const { causes } = conclude(host, predict(host, question), { observation: wire(0, ...THERE), routes: [], notes: [] });
  expect(causes[0]?.finding.why).toContain('tcp port 80, of web (pid 7), is full (6 wait to be accepted, room for 5)');
});

test('conclude() says of a loss behind a limit that it may be used up', () => {
  const limit = '-A INPUT -p icmp -m limit --limit 1/min --limit-burst 1 -j ACCEPT';
  const ruleset = iptables('filter', ':INPUT DROP [0:0]', limit);
  const host = hostOf({
    ns1: { links: { a: { peer: 'ns2:b', addresses: ['10.0.0.1/24'] } } },
    ns2: { links: { b: { addresses: ['10.0.0.2/24'] } }, ruleset },
  });
  const { causes } = hear(host, wire(0, ...THERE));
  expect(causes[0]?.finding.why).toMatch(/^Taken for granted there, which need not hold: ".*limit .*" is not used up/);
});

test.each([
  [
    '10.0.0.3',
    '10.0.0.3',
    'ns1 asked 10.0.0.2 and is answered by 10.0.0.3: what listens in ns2 answers from that address',
  ],
  [
    '10.0.0.2',
    '10.0.0.3',
    /^ns1 asked 10.0.0.2 and is answered by 10.0.0.3; ns2 sent it from 10.0.0.2, which was translated/,
  ],
  ['10.0.0.2', '10.0.0.2', /^the reply is last seen at ns1 a/],
])('conclude() knows an answer sent from %s that arrives from %s', (sent, arrived, what) => {
  const seen = wire(0, ...THERE, 'ns2:b out reply', 'ns1:a in reply');
  const sources = ['10.0.0.1', '10.0.0.1', sent, arrived].map(addr);
  const sightings = seen.sightings.map((each, index) => ({ ...each, source: sources[index] ?? each.source }));
  const { causes } = hear(pair(), { ...seen, sightings });
  expect(causes.map(({ finding }) => finding.what)).toEqual([
    typeof what === 'string' ? what : expect.stringMatching(what),
  ]);
});
