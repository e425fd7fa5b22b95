/** Where a checksum that was left open explains a loss, and where it is only how a veth sends. */

import { expect, test } from 'vitest';
import { devicesInDoubt } from '../../src/diagnosis/bad-offload.ts';
import { conclude } from '../../src/diagnosis/conclude.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { predict } from '../../src/diagnosis/predict.ts';
import { applyEdit } from '../../src/host/apply.ts';
import { changeLink } from '../../src/host/change.ts';
import type { Host } from '../../src/host/host.ts';
import type { Link } from '../../src/host/link.ts';
import type { Leg } from '../../src/journey/journey.ts';
import type { KernelEvent } from '../../src/journey/kernel-trace.ts';
import type { Observation, Sighting } from '../../src/journey/observation.ts';
import { ask } from '../helpers/ask.ts';
import { deviceRef, hostOf } from '../helpers/build-host.ts';
import { addr } from '../helpers/iproute-text.ts';

const QUESTION = ask('ns1', '10.0.0.2', { to: 'tcp/80' });

const PAIR = hostOf({
  ns1: { links: { a: { peer: 'ns2:b', addresses: ['10.0.0.1/24'] } } },
  ns2: { links: { b: { addresses: ['10.0.0.2/24'] } }, sockets: ['tcp 0.0.0.0:80'] },
});

function told(a: Link['txChecksumming'], b: Link['txChecksumming']): Host {
  return Object.entries({ 'ns1:a': a, 'ns2:b': b }).reduce(
    (host, [place, state]) =>
      state === undefined ? host : changeLink(host, deviceRef(place), (link) => ({ ...link, txChecksumming: state })),
    PAIR,
  );
}

function seen(text: string, index: number): Sighting {
  const [place = '', direction, leg, checksum] = text.split(' ');
  const [source, destination] = leg === 'request' ? ['10.0.0.1', '10.0.0.2'] : ['10.0.0.2', '10.0.0.1'];
  return {
    ...deviceRef(place),
    direction: direction === 'out' ? 'out' : 'in',
    isForOtherHost: false,
    leg: leg as Leg,
    timestampNs: BigInt(index * 1000),
    source: addr(source),
    destination: addr(destination),
    sequence: 1,
    what: 'packet',
    checksum: checksum as 'open' | 'right' | 'wrong',
    text: 'TCP SYN',
  };
}

function dropped(place: string, leg: Leg, reason: string): KernelEvent {
  return { ...deviceRef(place), leg, kind: 'dropped', reason, location: 'tcp_v4_rcv' };
}

function lost(sightings: readonly string[], ...events: readonly KernelEvent[]): Observation {
  return {
    command: ['nc'],
    sent: 1,
    received: 0,
    refused: false,
    errors: [],
    sightings: sightings.map(seen),
    watched: [deviceRef('ns1:a').netns, deviceRef('ns2:b').netns],
    captureDrops: 0,
    notes: [],
    kernel: { events, heard: { tracefs: true, nft: [] }, obstacles: [] },
  };
}

const hear = (host: Host, observation: Observation): Diagnosis =>
  conclude(host, predict(host, QUESTION), { observation, routes: [], notes: [] });

const codes = ({ causes }: Diagnosis) => causes.map(({ finding }) => `${finding.code} ${finding.netns} ${finding.leg}`);
const commands = ({ causes }: Diagnosis) => causes.flatMap(({ fix }) => fix.map(({ argv }) => argv.join(' ')));

const THERE = ['ns1:a out request open', 'ns2:b in request open'];
const BACK = ['ns2:b out reply open', 'ns1:a in reply open'];
const AT_B = dropped('ns2:b', 'request', 'TCP_CSUM');

test('badOffload() blames the sender of a checksum that came open and was dropped for it, and the answer ahead', () => {
  const diagnosis = hear(told('on', 'on'), lost(THERE, AT_B));
  expect(codes(diagnosis)).toEqual(['bad-offload ns1 request', 'bad-offload ns2 reply']);
  expect(commands(diagnosis)).toEqual([
    'ip netns exec ns1 ethtool -K a tx off',
    'ip netns exec ns2 ethtool -K b tx off',
  ]);
  expect(diagnosis.causes.flatMap(({ fix }) => fix.map(({ undo }) => undo?.join(' ')))).toEqual([
    'ip netns exec ns1 ethtool -K a tx on',
    'ip netns exec ns2 ethtool -K b tx on',
  ]);
  // The model delivers as it is, and finished checksums change nothing in that.
  expect(diagnosis.proof).toEqual({ deliveredAfter: 2 });
  expect(diagnosis.causes[0]?.finding.evidence.map(({ witness }) => witness)).toEqual([
    'kernel',
    'wire',
    'kernel',
    'wire',
  ]);
});

test('badOffload() leaves an answerer alone that finishes its checksums', () => {
  const diagnosis = hear(told('on', 'off'), lost(THERE, AT_B));
  expect(commands(diagnosis)).toEqual(['ip netns exec ns1 ethtool -K a tx off']);
});

test('badOffload() blames who answers where the answer was dropped', () => {
  const diagnosis = hear(told('off', 'on'), lost([...THERE, ...BACK], dropped('ns1:a', 'reply', 'TCP_CSUM')));
  expect(codes(diagnosis)).toEqual(['bad-offload ns2 reply']);
  expect(commands(diagnosis)).toEqual(['ip netns exec ns2 ethtool -K b tx off']);
});

test('badOffload() takes a stateful firewall at its word about a request: to it, a wrong checksum is invalid', () => {
  const rule: KernelEvent = {
    ...deviceRef('ns2:b'),
    leg: 'request',
    kind: 'rule-took',
    family: 'ip',
    table: 'f',
    chain: 'c',
    handle: 2,
    text: 'ct state invalid drop',
    verdict: 'drop',
  };
  expect(codes(hear(told('on', 'off'), lost(THERE, rule)))).toEqual(['bad-offload ns1 request']);
  expect(devicesInDoubt(lost([...THERE, ...BACK], { ...rule, ...deviceRef('ns1:a'), leg: 'reply' }))).toEqual([]);
});

test.each<[string, Link['txChecksumming']]>([
  ['ethtool did not answer', undefined],
  ['the device cannot do otherwise', 'fixed'],
])('badOffload() prints no command where %s', (_, state) => {
  const diagnosis = hear(told(state, undefined), lost(THERE, AT_B));
  expect(codes(diagnosis)).toEqual(['bad-offload ns1 request']);
  expect(commands(diagnosis)).toEqual([]);
  expect(diagnosis.proof).toBeUndefined();
});

test.each<[string, Observation]>([
  ['is dropped for another reason', lost(THERE, dropped('ns2:b', 'request', 'NO_SOCKET'))],
  ['is not known to be dropped', lost(THERE)],
  ['is dropped elsewhere', lost(THERE, dropped('ns1:a', 'request', 'TCP_CSUM'))],
  ['came wrong, not open', lost(['ns1:a out request open', 'ns2:b in request wrong'], AT_B)],
  ['was answered', { ...lost([...THERE, ...BACK], AT_B), received: 1 }],
])('badOffload() finds nothing in an open checksum that %s', (_, observation) => {
  expect(devicesInDoubt(observation)).toEqual([]);
  expect(codes(hear(told('on', 'on'), observation)).filter((code) => code.startsWith('bad-offload'))).toEqual([]);
});

test('badOffload() has nothing to say once its own edits are in the model', () => {
  const host = told('on', 'on');
  const observation = lost(THERE, AT_B);
  const repaired = ['ns1:a', 'ns2:b'].reduce(
    (now, place) => applyEdit(now, { kind: 'link-checksum', ...deviceRef(place) }),
    host,
  );
  expect(hear(repaired, observation).causes.map(({ finding }) => finding.code)).toEqual(['unexplained-loss']);
});
