/** Who takes what has come to where it was going, and what it answers. */

import { describe, expect, test } from 'vitest';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { forget, type HostSpec, hostOf, tweakNetns, tweakSysctl } from '../helpers/build-host.ts';
import { end } from './hosts.ts';

const PAIR: HostSpec = {
  a: { links: { va: { peer: 'b:vb', addresses: ['10.0.1.1/24', 'fd01::1/64'] } } },
  b: { links: { vb: { addresses: ['10.0.1.2/24', '10.0.1.3/24 secondary', 'fd01::2/64'] } } },
};

function listening(...sockets: readonly string[]): ReturnType<typeof hostOf> {
  return hostOf({ ...PAIR, b: { ...PAIR['b'], sockets } });
}

describe('deliverRequest()', () => {
  const [v4, other, v6] = ['10.0.1.2', '10.0.1.3', 'fd01::2'];
  const refused = 'request no-socket at b:vb';

  test.each([
    ['tcp 0.0.0.0:80', ['delivered', 'delivered', refused]],
    ['tcp 10.0.1.2:80', ['delivered', refused, refused]],
    ['tcp *:80', ['delivered', 'delivered', 'delivered']],
    ['tcp [::]:80 v6only', [refused, refused, 'delivered']],
    ['tcp 127.0.0.1:80', [refused, refused, refused]],
    ['tcp 10.0.1.2%vb:80', ['delivered', refused, refused]],
    ['tcp 10.0.1.2%eth9:80', [refused, refused, refused]],
    ['tcp 0.0.0.0:81', [refused, refused, refused]],
    ['udp 0.0.0.0:80', [refused, refused, refused]],
  ])('finds who listens on %s', (socket, expected) => {
    expect([v4, other, v6].map((to) => end(listening(socket), 'a', to, { to: 'tcp/80' }))).toEqual(expected);
  });

  test('names who listens on that port elsewhere', () => {
    const { fate } = walkRoundTrip(
      listening('tcp 127.0.0.1:80', 'tcp 0.0.0.0:81'),
      ask('a', '10.0.1.2', { to: 'tcp/80' }),
    ).request;
    expect(fate).toMatchObject({ reason: { protocol: 'tcp', port: 80, others: [{ address: '127.0.0.1' }] } });
  });

  test('is undecided when the sockets could not be read, or not whether one takes IPv4', () => {
    expect(end(forget(listening(), 'b', 'sockets', 'no permission'), 'a', '10.0.1.2', { to: 'tcp/80' })).toBe(
      'request undecided: no permission',
    );
    const unclear = tweakNetns(listening('tcp *:80'), 'b', ({ sockets }) => ({
      sockets: sockets.known
        ? { ...sockets, value: sockets.value.map((each) => ({ ...each, v6only: undefined })) }
        : sockets,
    }));
    expect(end(unclear, 'a', '10.0.1.2', { to: 'tcp/80' })).toMatch(
      /^request undecided: whether a socket on \[::\]:80 takes IPv4/,
    );
    expect(end(unclear, 'a', 'fd01::2', { to: 'tcp/80' })).toBe('delivered');
  });

  test.each([
    ['10.0.1.2', 'net/ipv4/icmp_echo_ignore_all', 1, 'request echo-ignored at b:vb'],
    ['fd01::2', 'net/ipv4/icmp_echo_ignore_all', 1, 'delivered'],
    ['fd01::2', 'net/ipv6/icmp/echo_ignore_all', 1, 'request echo-ignored at b:vb'],
    [
      '10.0.1.2',
      'net/ipv4/icmp_echo_ignore_all',
      undefined,
      'request undecided: net/ipv4/icmp_echo_ignore_all could not be read',
    ],
  ])('lets %s be pinged as %s = %s says', (to, key, value, expected) => {
    expect(end(tweakSysctl(hostOf(PAIR), 'b', key, value), 'a', to)).toBe(expected);
  });

  test('refuses IPv6 on a device where it is disabled', () => {
    const host = tweakSysctl(hostOf(PAIR), 'b', 'net/ipv6/conf/vb/disable_ipv6', 1);
    expect(end(host, 'a', 'fd01::2')).toBe('request family-disabled at b:vb');
  });
});

describe('answerTo()', () => {
  test('lets a UDP server that is bound to all addresses answer from another one', () => {
    expect(end(listening('udp 0.0.0.0:53'), 'a', '10.0.1.2', { to: 'udp/53' })).toBe('delivered');
    expect(end(listening('udp 0.0.0.0:53'), 'a', '10.0.1.3', { to: 'udp/53' })).toBe(
      'reply reply-not-recognised at a:va',
    );
    expect(end(listening('udp 10.0.1.3:53'), 'a', '10.0.1.3', { to: 'udp/53' })).toBe('delivered');
    expect(end(listening('tcp 0.0.0.0:53'), 'a', '10.0.1.3', { to: 'tcp/53' })).toBe('delivered');
  });
});
