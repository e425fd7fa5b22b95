/** What the kernel's trace adds to a diagnosis, and what it must not do to one. */

import { expect, test } from 'vitest';
import { conclude } from '../../src/diagnosis/conclude.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { predict } from '../../src/diagnosis/predict.ts';
import type { Host } from '../../src/host/host.ts';
import type { KernelEvent } from '../../src/journey/kernel-trace.ts';
import { ask } from '../helpers/ask.ts';
import { deviceRef, hostOf } from '../helpers/build-host.ts';

function pair(isEchoIgnored: boolean): Host {
  return hostOf({
    ns1: { links: { a: { peer: 'ns2:b', addresses: ['10.0.0.1/24'] } } },
    ns2: {
      links: { b: { addresses: ['10.0.0.2/24'] } },
      sysctls: { 'net/ipv4/icmp_echo_ignore_all': isEchoIgnored ? 1 : 0 },
    },
  });
}

/** Nothing arrived, and nobody but the kernel saw anything. */
function silent(host: Host, ...events: readonly KernelEvent[]): Diagnosis {
  return conclude(host, predict(host, ask('ns1', '10.0.0.2')), {
    observation: {
      command: ['ping', '10.0.0.2'],
      sent: 1,
      received: 0,
      refused: false,
      errors: [],
      sightings: [],
      watched: [],
      captureDrops: 0,
      notes: [],
      kernel: { events, heard: { tracefs: true, nft: [] }, obstacles: [] },
    },
    routes: [],
    notes: [],
  });
}

function dropped(place: string, reason: string): KernelEvent {
  return { ...deviceRef(place), leg: 'request', kind: 'dropped', reason, location: 'f' };
}

const RULE: KernelEvent = {
  ...deviceRef('ns2:b'),
  leg: 'request',
  kind: 'rule-took',
  family: 'inet',
  table: 't',
  chain: 'c',
  handle: 5,
  text: 'drop',
  verdict: 'drop',
};

function kernelLines({ causes }: Diagnosis): readonly string[] {
  const evidence = causes[0]?.finding.evidence ?? [];
  return evidence.filter(({ witness }) => witness === 'kernel').map(({ text }) => text);
}

test('conclude() shows what the kernel did beside the cause, and a rule instead of the drop that it led to', () => {
  const diagnosis = silent(pair(false), RULE, dropped('ns2:b', 'NETFILTER_DROP'));
  expect(kernelLines(diagnosis)).toEqual([
    'ns2 ends the request behind b in inet t c handle 5: drop (nft monitor trace)',
  ]);
});

test('conclude() puts the drop reason and the place into a loss that the model cannot explain', () => {
  const diagnosis = silent(pair(false), dropped('ns2:b', 'TC_INGRESS'));
  expect(diagnosis.causes[0]?.finding).toMatchObject({
    code: 'unexplained-loss',
    why: 'Nothing that nsdiag models stops the packet there',
  });
  expect(kernelLines(diagnosis)).toEqual(['ns2 drops the request behind b: TC_INGRESS, in f() (skb:kfree_skb)']);
});

test('conclude() says with a reason that it is said of other faults too, and with none that there is none', () => {
  const diagnosis = silent(
    pair(false),
    dropped('ns1:a', 'BRIDGE_INGRESS_STP_STATE'),
    dropped('ns2:b', 'NOT_SPECIFIED'),
  );
  expect(kernelLines(diagnosis)).toEqual([
    'ns1 drops the request behind a: BRIDGE_INGRESS_STP_STATE (said of a bridge that is down as well), in f() (skb:kfree_skb)',
    'ns2 drops the request behind b: no reason given, in f() (skb:kfree_skb)',
  ]);
});

test.each<[string, KernelEvent, string]>([
  ['in another namespace', dropped('ns1:a', 'IP_INHDR'), 'ns1 drops the request behind a: IP_INHDR'],
  [
    'for a reason that cannot be the model’s',
    dropped('ns2:b', 'IP_RPFILTER'),
    'ns2 drops the request behind b: IP_RPFILTER',
  ],
  ['by a rule', RULE, 'ns2 ends the request behind b in inet t c handle 5'],
])('conclude() notes it when the kernel ends the packet %s, and keeps the model’s cause', (_, event, said) => {
  const diagnosis = silent(pair(true), event);
  expect(diagnosis.verdict).toBe('unreachable');
  expect(diagnosis.causes[0]?.finding.code).toBe('icmp-ignored');
  expect(kernelLines(diagnosis)).toEqual([]);
  const [note] = diagnosis.notes.filter((text) => text.startsWith('Model and kernel disagree: '));
  expect(note).toContain(said);
  expect(note).toMatch(/the model says echo-ignored in ns2$/);
});

test.each([
  ['that is none, wherever it is', dropped('ns1:a', 'NOT_SPECIFIED')],
  ['that is said of much', dropped('ns2:b', 'IP_INADDRERRORS')],
])('conclude() sees no dispute in a reason %s', (_, event) => {
  const diagnosis = silent(pair(true), event);
  expect(diagnosis.notes.filter((text) => text.includes('disagree'))).toEqual([]);
});
