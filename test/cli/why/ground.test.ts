import { expect, test } from 'vitest';
import { ask, type Ground } from '../../../src/cli/why/ground.ts';
import { parseRequest } from '../../../src/cli/why/request.ts';
import type { Observation } from '../../../src/journey/observation.ts';
import { type HostSpec, hostOf } from '../../helpers/build-host.ts';

const HEALTHY: HostSpec = {
  ns1: { links: { veth0: { peer: 'ns2:veth1', addresses: ['10.0.0.1/24'] } } },
  ns2: { links: { veth1: { addresses: ['10.0.0.2/24'] } } },
};
const BROKEN: HostSpec = { ...HEALTHY, ns2: { links: { veth1: { addresses: ['10.0.0.2/24'], up: false } } } };

function heard(received: number): Observation {
  return {
    command: ['ip', 'netns', 'exec', 'ns1', 'ping', '10.0.0.2'],
    sent: 2,
    received,
    refused: false,
    errors: [],
    sightings: [],
    watched: [],
    captureDrops: 0,
    notes: [],
  };
}

/** Ask where so many packets of each probe are answered, one probe after the other. */
async function asked(spec: HostSpec, received: readonly number[], settles: boolean) {
  let probes = 0;
  const ground: Ground = {
    look: async () => hostOf(spec),
    hear: async () => ({ observation: heard(received[probes++] ?? 0), routes: [], notes: [] }),
    settle: settles ? async () => undefined : undefined,
    leave: async () => undefined,
    inodeOf: () => undefined,
    hostsFile: () => new Map(),
    resolve: async () => ({ kind: 'not-asked', why: 'no name was asked for' }),
  };
  const { words } = parseRequest('ns1', '10.0.0.2', { probe: true, trace: true });
  const { diagnosis } = await ask(ground, words);
  return {
    probes,
    verdict: diagnosis.verdict,
    codes: diagnosis.causes.map(({ finding }) => finding.code),
    notes: diagnosis.notes,
  };
}

test('ask() sends a second probe after a loss that nothing explains, and says so when that is answered', async () => {
  const { notes, ...rest } = await asked(HEALTHY, [0, 1], true);
  expect(rest).toEqual({ probes: 2, verdict: 'reachable', codes: [] });
  expect(notes[0]).toMatch(/^The first 2 packets were lost, and a second later one was answered/);
});

test('ask() believes a loss that nothing explains when it is lost twice', async () => {
  const { notes, ...rest } = await asked(HEALTHY, [0, 0, 1], true);
  expect(rest).toEqual({ probes: 2, verdict: 'unreachable', codes: ['unexplained-loss'] });
  expect(notes.join()).not.toMatch(/were lost, and/);
});

test.each([
  ['a loss that the model foretold', BROKEN, true, ['link-down']],
  ['an answer', HEALTHY, true, []],
  ['a loss where nothing changes by itself', HEALTHY, false, ['unexplained-loss']],
])('ask() sends one probe for %s', async (_, spec, settles, codes) => {
  const received = codes.length === 0 ? 1 : 0;
  expect(await asked(spec, [received, 1], settles)).toMatchObject({ probes: 1, codes });
});
