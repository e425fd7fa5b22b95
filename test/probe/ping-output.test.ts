import { expect, test } from 'vitest';
import { readPingLine } from '../../src/probe/ping-output.ts';

const local = (text: string) => ({ kind: 'error', error: { from: undefined, text } });

test.each([
  ['64 bytes from 10.0.2.2: icmp_seq=1 ttl=63 time=0.777 ms', { kind: 'answer', from: '10.0.2.2', isDuplicate: false }],
  ['8 bytes from 10.0.2.2: icmp_seq=1 ttl=63', { kind: 'answer', from: '10.0.2.2', isDuplicate: false }],
  [
    '64 bytes from fd00::2: icmp_seq=2 ttl=64 time=0.1 ms (DUP!)',
    { kind: 'answer', from: 'fd00::2', isDuplicate: true },
  ],
  [
    '64 bytes from fe80::1%eth0: icmp_seq=1 ttl=64 time=0.1 ms',
    { kind: 'answer', from: 'fe80::1', isDuplicate: false },
  ],
  [
    'From 10.0.1.1 icmp_seq=1 Destination Net Unreachable',
    { kind: 'error', error: { from: '10.0.1.1', text: 'Destination Net Unreachable' } },
  ],
  [
    'From fd00::2 icmp_seq=1 Destination unreachable: No route',
    { kind: 'error', error: { from: 'fd00::2', text: 'Destination unreachable: No route' } },
  ],
  ['From 10.0.1.1: icmp_seq=1 Redirect Host(New nexthop: 10.0.1.3)', { kind: 'redirect' }],
  ['From 10.0.1.1 icmp_seq=1 Redirect Host(New nexthop: 10.0.1.3)', { kind: 'redirect' }],
  ['ping: connect: Network is unreachable', local('Network is unreachable')],
  ['ping: bind: Cannot assign requested address', local('Cannot assign requested address')],
  ['ping: sendmsg: Operation not permitted', local('Operation not permitted')],
  ['ping: local error: message too long, mtu=1500', local('message too long, mtu=1500')],
  ['ping: sendto: Network is unreachable', local('Network is unreachable')],
  ['ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules', local('Permission denied')],
  ['2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 201ms', { kind: 'summary', sent: 2 }],
  ["ping: invalid option -- 'p'", { kind: 'complaint', text: "ping: invalid option -- 'p'" }],
  [
    'nsenter: cannot open /run/netns/x: No such file or directory',
    { kind: 'complaint', text: 'nsenter: cannot open /run/netns/x: No such file or directory' },
  ],
  ['PING 10.0.2.2 (10.0.2.2) 56(84) bytes of data.', { kind: 'other' }],
  ['PATTERN: 0x00112233', { kind: 'other' }],
  ['', { kind: 'other' }],
])('readPingLine() reads %j', (line, expected) => {
  expect(readPingLine(line)).toEqual(expected);
});
