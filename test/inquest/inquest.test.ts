import { expect, test } from 'vitest';
import { type Answer, inquire } from '../../src/inquest/inquest.ts';
import type { Finding } from '../../src/postmortem/finding.ts';
import type { Traffic } from '../../src/postmortem/traffic.ts';
import { chain, pair } from '../faults/worlds.ts';
import { hostOf } from '../helpers/build-host.ts';
import { analysis, capture, finding } from '../report/example-analyses.ts';

const SNAPSHOT = { path: 's.json', takenAt: '2026-11-22T09:00:00.000Z' };
const ECHO: Traffic = { kind: 'icmp', source: '10.0.1.1', destination: '10.0.2.1', port: undefined };

function answerTo(
  host: Parameters<typeof inquire>[1],
  about: Traffic,
  different: Partial<Finding> = {},
): Answer | undefined {
  const { answers, analysis: named } = inquire(
    analysis({ findings: [finding({ about, ...different })] }),
    host,
    SNAPSHOT,
  );
  const [only] = named.findings;
  return only && answers.get(only);
}

function codes(answer: Answer | undefined): readonly string[] {
  return answer?.kind === 'explained' ? answer.diagnosis.causes.map(({ finding: { code } }) => code) : [];
}

test('inquire() asks the model who sent it, and answers with the cause and its proven fix', () => {
  const answer = answerTo(chain({ ns1: { routes: [] } }), ECHO);

  expect(codes(answer)).toEqual(['no-route']);
  expect(answer).toMatchObject({
    diagnosis: { question: { netns: 'ns1', from: '10.0.1.1' }, proof: { deliveredAfter: 1 } },
  });
});

test('inquire() names the addresses in what the findings say', () => {
  const { analysis: named } = inquire(analysis({ findings: [finding({ what: '10.0.1.1 asks' })] }), chain(), SNAPSHOT);

  expect(named.findings[0]?.what).toBe('10.0.1.1 (ns1 e0) asks');
});

test('inquire() says so when the model lets the packet pass', () => {
  expect(answerTo(chain(), ECHO)).toMatchObject({
    kind: 'open',
    why: expect.stringContaining('had passed when the snapshot'),
  });
});

test('inquire() takes for the cause of silence to ARP only what silences it', () => {
  const arp: Traffic = { kind: 'neighbour', source: '10.0.0.1', destination: '10.0.0.2', port: undefined };

  expect(codes(answerTo(pair({ veth1: { up: false } }), arp))).toEqual(['link-down']);
  const ignored = pair({ ns2: { sysctls: { 'net/ipv4/icmp_echo_ignore_all': 1 } } });
  expect(answerTo(ignored, arp)).toMatchObject({ kind: 'open', why: expect.stringContaining('something else') });
});

test('inquire() asks with the size that did not get through, and takes only a limit of size for its cause', () => {
  const large: Traffic = { ...ECHO, kind: 'tcp', port: 80, ipBytes: 1500 };

  expect(codes(answerTo(chain({ r2b: { mtu: 1400 } }), large))).toEqual(['mtu-exceeded']);
  const ignored = chain({ ns2: { sysctls: { 'net/ipv4/icmp_echo_ignore_all': 1 } } });
  expect(answerTo(ignored, large)).toMatchObject({ kind: 'open' });
});

test.each([
  ['the packet where the model lets it no more be', 'r1:b', 'request', 'the packet was seen at r1:b'],
  ['the packet in a namespace that it does not reach', 'ns2:e0', 'request', 'the packet was seen at ns2:e0'],
  ['an answer although no request arrives', 'r1:b', 'reply', 'an answer was seen at r1:b'],
] as const)('inquire() offers no cause that the wire contradicts, which saw %s', (_, place, leg, why) => {
  const stopped = chain({ r1: { sysctls: { 'net/ipv4/ip_forward': 0 } } });
  const answer = answerTo(stopped, ECHO, { code: 'lost-between', seenAt: { place, leg } });

  expect(answer).toMatchObject({ kind: 'open', why: expect.stringContaining(why) });
});

test.each([
  ['at the last place before it', { place: 'r1:a', leg: 'request' }],
  ['by a capture that names no device', { place: 'b.pcap', leg: 'request' }],
  ['at a device that is not there', { place: 'r1:gone', leg: 'request' }],
] as const)('inquire() keeps the cause when the packet was seen %s', (_, seenAt) => {
  const stopped = chain({ r1: { sysctls: { 'net/ipv4/ip_forward': 0 } } });

  expect(codes(answerTo(stopped, ECHO, { code: 'lost-between', seenAt }))).toEqual(['forwarding-off']);
});

test('inquire() keeps a cause on the way back when the request was seen all the way', () => {
  const seenAt = { place: 'ns2:e0', leg: 'request' } as const;

  expect(codes(answerTo(chain({ ns2: { routes: [] } }), ECHO, { seenAt }))).toEqual(['no-route']);
});

test('inquire() takes a capture of one device for the place where its packets were seen', () => {
  const interfaces = [{ name: 'ns1:e0', linkType: 1 }] as never;
  const asked = finding({ code: 'echo-unanswered', about: ECHO });
  const captured = analysis({ captures: [{ ...capture({}), interfaces }], findings: [asked] });
  const { answers } = inquire(captured, chain({ ns1: { routes: [] } }), SNAPSHOT);

  expect([...answers.values()]).toMatchObject([{ kind: 'open', why: expect.stringContaining('was seen at ns1:e0') }]);
});

test.each([
  [
    'nobody owns the source',
    { ...ECHO, source: '192.0.2.1' },
    'No namespace of the snapshot has the address 192.0.2.1',
  ],
  ['the source is not there yet', { ...ECHO, source: '0.0.0.0' }, 'no address yet'],
  ['it is meant for many', { ...ECHO, destination: '224.0.0.251' }, 'meant for many'],
])('inquire() asks nobody when %s', (_, about, why) => {
  expect(answerTo(chain(), about)).toEqual({ kind: 'not-asked', why: expect.stringContaining(why) });
});

test('inquire() takes that owner of an address in whose namespace was captured, and asks nobody when it cannot tell', () => {
  const owner = { links: { d: { kind: 'dummy', addresses: ['10.0.1.1/24'] } } };
  const twins = hostOf({ ns1: owner, ns2: owner });
  expect(answerTo(twins, ECHO)).toEqual({ kind: 'not-asked', why: expect.stringContaining('ns1, ns2') });

  const interfaces = [{ name: 'ns2:d', linkType: 1 }] as never;
  const captured = analysis({ captures: [{ ...capture({}), interfaces }], findings: [finding({ about: ECHO })] });
  const { answers } = inquire(captured, twins, SNAPSHOT);
  expect([...answers.values()]).toMatchObject([{ diagnosis: { question: { netns: 'ns2' } } }]);
});

test('inquire() asks nothing about notes, nor about findings without a packet', () => {
  expect(answerTo(chain({ ns1: { routes: [] } }), ECHO, { severity: 'note' })).toBeUndefined();
  expect(answerTo(chain(), ECHO, { about: undefined })).toBeUndefined();
});

test('inquire() bounds how often it asks, and says so', () => {
  const findings = Array.from({ length: 20 }, (_, at) => finding({ about: { ...ECHO, kind: 'tcp', port: at + 1 } }));
  const { answers, notes } = inquire(analysis({ findings }), chain({ ns1: { routes: [] } }), SNAPSHOT);

  expect(answers.size).toBe(16);
  expect(notes).toEqual(['The model was asked about 16 packets; 4 findings are about others']);
});
