import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Netns } from '../../src/host/host.ts';
import type { RecordedNamespace, RecordedOutput, Recording } from '../../src/recording/recording.ts';
import { hostOf } from '../../src/recording/to-host.ts';
import { fixture, namespaceWith } from './recorded.ts';

const FIXTURES = (['odd-router', 'odd-names', 'three-firewalls'] as const).map(fixture);
const FACTS = ['links', 'routes', 'rules', 'neighbors', 'fdb', 'ruleset', 'sockets'] as const;

function recordingOf(...namespaces: Recording['namespaces']): Recording {
  return {
    schema: 'nsdiag.snapshot/1',
    takenAt: '2026-11-22T01:02:03.000Z',
    nsdiag: '0.1.0',
    kernel: '6.18.0',
    tools: { nft: true, conntrack: false },
    namespaces,
    notes: ['a note'],
  };
}

function unknownFacts(netns: Netns): readonly string[] {
  return FACTS.flatMap((fact) => (netns[fact].known ? [] : [fact]));
}

test('hostOf() knows every fact of a recording that was taken as root with all tools', () => {
  for (const recording of FIXTURES) {
    const { namespaces, notes } = hostOf(recording);

    expect(namespaces.flatMap(unknownFacts)).toEqual([]);
    expect(notes).toEqual([]);
  }
});

test('hostOf() names the way to see a fact again, in its namespace, as a person would type it', () => {
  const [router] = FIXTURES.flatMap((recording) => hostOf(recording).namespaces).filter(
    ({ name }) => name === 'router',
  );
  const command = (fact: (typeof FACTS)[number]) => router?.[fact].known && router[fact].source.command.join(' ');

  expect(command('links')).toBe('ip -n router addr show');
  expect(command('routes')).toBe('ip -n router -4 route show table all');
  expect(command('fdb')).toBe('bridge -n router fdb show');
  expect(command('ruleset')).toBe('ip netns exec router nft list ruleset');
});

test('hostOf() knows nothing of a namespace that could not be entered, and says why of each fact', () => {
  const [netns] = hostOf(recordingOf(namespaceWith({}, { obstacle: 'it takes root to enter it' }))).namespaces;

  for (const fact of FACTS) expect(netns?.[fact]).toEqual({ known: false, why: 'it takes root to enter it' });
  expect(netns?.sysctls.unreadable).toBe('it takes root to enter it');
});

test('hostOf() passes on tools, kernel and notes', () => {
  expect(hostOf(recordingOf())).toEqual({
    namespaces: [],
    tools: { nft: true, iptables: false, missing: ['conntrack'] },
    kernel: '6.18.0',
    notes: ['a note'],
  });
});

test('hostOf() notes what a program complained of though it succeeded, and that nobody looked at qdiscs', () => {
  const stderr = 'Dump was interrupted and may be inconsistent.\n';
  const { notes } = hostOf(recordingOf(namespaceWith({ route4: { stdout: '[]', stderr }, qdisc: { exitCode: null } })));

  expect(notes).toEqual([
    'a note',
    'ns1: "ip route4" said: Dump was interrupted and may be inconsistent.',
    'ns1: nobody looked for qdiscs and filters that drop packets: ip is not installed',
  ]);
});

test('hostOf() answers, never throws, however short any output was cut; what it then lacks is unknown', () => {
  for (const [namespace, key, output] of allOutputs()) {
    const step = Math.max(1, Math.floor(output.stdout.length / 8));
    for (let end = 0; end < output.stdout.length - 1; end += step) {
      const [netns] = hostOf(withOutput(namespace, key, { ...output, stdout: output.stdout.slice(0, end) })).namespaces;

      if (output.command.includes('-j')) expect(netns && isLess(netns)).toBe(true);
    }
  }
});

/** One of each kind, the longest: what is cut in it is cut in the others too. */
function allOutputs(): readonly (readonly [RecordedNamespace, string, RecordedOutput])[] {
  const longest = new Map<string, readonly [RecordedNamespace, string, RecordedOutput]>();
  for (const namespace of FIXTURES.flatMap(({ namespaces }) => namespaces)) {
    for (const [key, output] of Object.entries(namespace.outputs)) {
      if (output.stdout.length > (longest.get(key)?.[2].stdout.length ?? 0)) longest.set(key, [namespace, key, output]);
    }
  }
  return [...longest.values()];
}

function isLess(netns: Netns): boolean {
  return unknownFacts(netns).length > 0 || (netns.ruleset.known && netns.ruleset.value.unread.length > 0);
}

test('hostOf() answers, never throws, whatever the commands are said to have printed', () => {
  const json = fc.json().map((text) => `[${text}]`);
  const row = fc
    .dictionary(fc.constantFrom(...WORDS), fc.oneof(fc.constantFrom(...VALUES), fc.jsonValue()))
    .map((object) => JSON.stringify([object]));
  const printed = fc.oneof(json, row, fc.string({ unit: 'binary' }));
  const keys = allOutputs().map(([, key]) => key);
  expect(keys.length).toBeGreaterThan(15);
  fc.assert(
    fc.property(fc.constantFrom(...keys), printed, fc.constantFrom(0, 1, null), (key, stdout, exitCode) => {
      const output = { command: ['ip'], exitCode, stdout, stderr: '' };
      expect(hostOf(withOutput(namespaceWith({}), key, output)).namespaces).toHaveLength(1);
    }),
    { numRuns: 400 },
  );
});

/** What the parsers look for, so that random rows get past the first check. */
const WORDS = [
  ...['ifindex', 'ifname', 'flags', 'mtu', 'addr_info', 'linkinfo', 'link_netnsid', 'link_index', 'link', 'master'],
  ...['dst', 'dev', 'gateway', 'type', 'table', 'nexthops', 'metrics', 'src', 'srclen', 'fwmark', 'goto', 'action'],
  ...['mac', 'state', 'lladdr', 'nftables', 'port', '__proto__', 'constructor'],
];
const VALUES = [1, 2, -1, 1e300, 'eth0', 'default', '10.0.0.0/8', '10.0.0.1', 'all', '254', [], ['UP'], [{}], null];

function withOutput(namespace: RecordedNamespace, key: string, output: RecordedOutput): Recording {
  return recordingOf({ ...namespace, outputs: { ...namespace.outputs, [key]: output } });
}
