import { expect, test } from 'vitest';
import { largePacketNotes } from '../../src/diagnosis/large-packets.ts';
import type { Host } from '../../src/host/host.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { iptables } from '../faults/rulesets.ts';
import { chain } from '../faults/worlds.ts';
import { type AskOptions, ask } from '../helpers/ask.ts';

const DEAF = { ruleset: iptables('filter', ':INPUT ACCEPT [0:0]', '-A INPUT -p icmp -m icmp --icmp-type 3 -j DROP') };

function notesFor(host: Host, options: AskOptions = {}): readonly string[] {
  const question = ask('ns1', '10.0.2.1', options);
  return largePacketNotes(host, question, walkRoundTrip(host, question));
}

test('largePacketNotes() says where large packets vanish though small ones pass', () => {
  const host = chain({ ns1: DEAF, r1b: { mtu: 1400 } });
  expect(notesFor(host)).toEqual([
    'Large packets are lost: a request of 1500 bytes dies at r1 b (MTU 1400), and the ICMP error that would tell ns1 is lost: connections open, and hang; ask: nsdiag why ns1 10.0.2.1 --size 1472',
  ]);
});

test('largePacketNotes() says so of TCP, and of a device that tells nobody', () => {
  const host = chain({ r2a: { mtu: 1400 }, ns2: { sockets: ['tcp 10.0.2.1:80'] } });
  expect(notesFor(host, { to: 'tcp/80', payloadBytes: 0 })[0]).toMatch(
    /^Large packets are lost: a request of 1500 bytes dies at r2 a \(MTU 1400\), in silence/,
  );
});

test.each([
  ['the sender is told', chain({ r1b: { mtu: 1400 } })],
  ['nothing is narrow', chain()],
  ['both ends have less themselves', chain({ ns1: DEAF, r1b: { mtu: 1400 }, e0: { mtu: 1400 } })],
  ['the answer does not come back at all', chain({ ns1: DEAF, r1b: { mtu: 1400 }, ns2: { routes: [] } })],
])('largePacketNotes() says nothing where %s', (_, host) => {
  expect(notesFor(host)).toEqual([]);
});

const CLAMP = '-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS';
const clamping = (rule: string) =>
  chain({
    ns1: DEAF,
    r1: {
      routes: ['10.0.2.0/24 via 10.0.12.2'],
      sysctls: { 'net/ipv4/ip_forward': 1 },
      ruleset: iptables('mangle', ':FORWARD ACCEPT [0:0]', rule),
    },
    r1b: { mtu: 1400 },
    ns2: { sockets: ['tcp 10.0.2.1:80'] },
  });
const TO_WEB = { to: 'tcp/80', payloadBytes: 0 } as const;

test.each([
  ['to the path', `${CLAMP} --clamp-mss-to-pmtu`],
  ['to what fits', `${CLAMP} --set-mss 1360`],
])('largePacketNotes() says nothing of TCP where a firewall lowers the segment size %s', (_, rule) => {
  expect(notesFor(clamping(rule), TO_WEB)).toEqual([]);
  expect(notesFor(clamping(rule))).toHaveLength(1);
});

test.each([
  ['too little', `${CLAMP} --set-mss 1440`, 1480],
  ['what is smaller, which is never raised', `${CLAMP} --set-mss 9000`, 1500],
  ['of what the asker tells alone', `${CLAMP.replace('FORWARD', 'FORWARD -i a')} --clamp-mss-to-pmtu`, 1500],
])('largePacketNotes() says of TCP what is lost where a firewall lowers %s', (_, rule, bytes) => {
  expect(notesFor(clamping(rule), TO_WEB)[0]).toContain(`a request of ${bytes} bytes dies at r1 b`);
});
