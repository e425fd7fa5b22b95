import { expect, test } from 'vitest';
import { oldFlows } from '../../src/diagnosis/old-flows.ts';
import { predict } from '../../src/diagnosis/predict.ts';
import type { Host } from '../../src/host/host.ts';
import type { TrackedConnection } from '../../src/host/tracked-connection.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { iptables } from '../faults/rulesets.ts';
import { behindBridge } from '../faults/worlds.ts';
import { ask } from '../helpers/ask.ts';
import { addr, port } from '../helpers/iproute-text.ts';

const QUESTION = ask('ns1', '203.0.113.2');

/** A ping that began untranslated. */
function ping(id: number, destination = '203.0.113.2'): TrackedConnection {
  const source = addr('192.168.10.11');
  const there = addr(destination);
  return {
    protocol: 'icmp',
    original: { source, destination: there, sourcePort: id, destPort: id },
    reply: { source: there, destination: source, sourcePort: id, destPort: id },
    isAnswered: false,
    mark: 0,
    secondsLeft: 20 + id,
    text: `ipv4 2 icmp 1 29 src=${source} dst=${there} id=${id}`,
  };
}

function masquerading(...connections: readonly TrackedConnection[]): Host {
  const ruleset = iptables('nat', ':POSTROUTING ACCEPT [0:0]', '-A POSTROUTING -o up0 -j MASQUERADE');
  return behindBridge({ host: { ruleset, sysctls: { 'net/ipv4/ip_forward': 1 }, connections } });
}

test('oldFlows() names the ping that was never stopped, and the command that lets it begin anew', () => {
  const host = masquerading(ping(7));
  expect(oldFlows(host, QUESTION, walkRoundTrip(host, QUESTION))).toEqual([
    'A new flow gets through, but a ping that began before (id 7) goes on as host remembers it, and does not: ' +
      'end it, or conntrack -D -p icmp -s 192.168.10.11 -d 203.0.113.2 --icmp-id 7',
  ]);
  expect(predict(host, QUESTION)).toMatchObject({ causes: [], oldFlows: [expect.stringContaining('id 7')] });
});

test('oldFlows() says of several in one note, the latest first', () => {
  const host = masquerading(ping(3), ping(9));
  const [note, ...more] = oldFlows(host, QUESTION, walkRoundTrip(host, QUESTION));
  expect(note).toContain('(id 9, 3)');
  expect(note).toMatch(/conntrack -D -p icmp -s 192\.168\.10\.11 -d 203\.0\.113\.2$/);
  expect(more).toEqual([]);
});

test('oldFlows() looks at the host as it is after the fix', () => {
  const ruleset = iptables('nat', ':POSTROUTING ACCEPT [0:0]', '-A POSTROUTING -o br0 -j MASQUERADE');
  const host = behindBridge({ host: { ruleset, sysctls: { 'net/ipv4/ip_forward': 1 }, connections: [ping(7)] } });
  const prediction = predict(host, QUESTION);
  expect(prediction.causes.map(({ finding }) => finding.code)).toEqual(['nat-wrong']);
  expect(prediction.oldFlows).toHaveLength(1);
});

test.each([
  ['another destination', masquerading(ping(7, '203.0.113.9')), QUESTION],
  ['none', masquerading(), QUESTION],
  ['a question with a port of its own', masquerading(ping(7)), { ...QUESTION, sourcePort: port(8) }],
])('oldFlows() says nothing of %s', (_, host, question) => {
  expect(oldFlows(host, question, walkRoundTrip(host, question))).toEqual([]);
});
