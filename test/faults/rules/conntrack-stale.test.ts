import { expect, test } from 'vitest';
import { findFaults } from '../../../src/diagnosis/find.ts';
import { conntrackStale } from '../../../src/faults/rules/conntrack-stale.ts';
import type { Host } from '../../../src/host/host.ts';
import type { TrackedConnection } from '../../../src/host/tracked-connection.ts';
import { lastJourney } from '../../../src/journey/journey.ts';
import { walkRoundTrip } from '../../../src/walk/round-trip.ts';
import { ask } from '../../helpers/ask.ts';
import { addr, port } from '../../helpers/iproute-text.ts';
import { after, commandsFor } from '../diagnose.ts';
import { iptables } from '../rulesets.ts';
import { behindBridge } from '../worlds.ts';

/** Began before port 53 was published: it leads to the host itself. */
const OLD: TrackedConnection = {
  protocol: 'udp',
  original: { source: addr('203.0.113.2'), destination: addr('203.0.113.1'), sourcePort: 5000, destPort: 53 },
  reply: { source: addr('203.0.113.1'), destination: addr('203.0.113.2'), sourcePort: 53, destPort: 5000 },
  isAnswered: false,
  mark: 0,
  secondsLeft: 29,
  text: 'ipv4 2 udp 17 29 src=203.0.113.2 dst=203.0.113.1 sport=5000 dport=53 [UNREPLIED] src=203.0.113.1 ...',
};

function publishing(...connections: readonly TrackedConnection[]): Host {
  const lead = '-A PREROUTING -p udp -m udp --dport 53 -j DNAT --to-destination 192.168.10.11:53';
  return behindBridge({
    host: {
      ruleset: iptables('nat', ':PREROUTING ACCEPT [0:0]', lead),
      sysctls: { 'net/ipv4/ip_forward': 1 },
      connections,
    },
    ns1: { sockets: ['udp 0.0.0.0:53'] },
  });
}

function contextOf(host: Host, sourcePort: number | undefined) {
  const question = {
    ...ask('wan', '203.0.113.1', { to: 'udp/53' }),
    sourcePort: sourcePort === undefined ? undefined : port(sourcePort),
  };
  const trip = walkRoundTrip(host, question);
  return { host, question, trip, journey: lastJourney(trip) };
}

test('conntrack-stale names the old connection that leads elsewhere, and has it forgotten', () => {
  const host = publishing(OLD);
  const context = contextOf(host, 5000);
  expect(context.journey.fate).toMatchObject({ kind: 'dropped', netns: 'host', reason: { kind: 'no-socket' } });
  const [finding] = conntrackStale.find(context);
  expect(finding).toMatchObject({ code: 'conntrack-stale', netns: 'host', leg: 'request' });
  expect(finding?.what).toContain('UDP 203.0.113.2:5000 > 203.0.113.1:53, which leads to 203.0.113.1:53');
  expect(commandsFor(host, finding)).toEqual([
    'conntrack -D -p udp -s 203.0.113.2 -d 203.0.113.1 --sport 5000 --dport 53',
  ]);
  expect(contextOf(after(host, finding?.repairs[0]), 5000).journey.fate.kind).toBe('delivered');
  expect(findFaults(context).map(({ code }) => code)).toEqual(['conntrack-stale']);
});

test('conntrack-stale is silent about another port, and where the old connection leads nowhere else than the rules', () => {
  expect(contextOf(publishing(OLD), 5001).journey.fate.kind).toBe('delivered');
  expect(contextOf(publishing(OLD), undefined).journey.fate.kind).toBe('delivered');
  const right = { ...OLD, reply: { ...OLD.reply, source: addr('192.168.10.11') } };
  expect(contextOf(publishing(right), 5000).journey.fate.kind).toBe('delivered');
  const unheard = contextOf(
    behindBridge({ host: { connections: [OLD], ruleset: iptables('nat', ':PREROUTING ACCEPT [0:0]') } }),
    5000,
  );
  expect(unheard.journey.fate.kind).toBe('dropped');
  expect(conntrackStale.find(unheard)).toEqual([]);
});
