import { expect, test } from 'vitest';
import { socketsOf } from '../../src/recording/sockets.ts';
import { fixture, namespaceOf, namespaceWith, valueIn } from './recorded.ts';

const RECORDED = valueIn(socketsOf(namespaceOf(fixture('odd-router'), 'router')));

test.each([
  ['0.0.0.0:80', { protocol: 'tcp', address: '0.0.0.0', port: 80, v6only: undefined, device: undefined }],
  ['127.0.0.1:81', { protocol: 'tcp', address: '127.0.0.1', port: 81, v6only: undefined, device: undefined }],
  ['a wildcard for both families', { protocol: 'tcp', address: '::', port: 82, v6only: false, device: undefined }],
  ['a wildcard for IPv6 alone', { protocol: 'tcp', address: '::', port: 83, v6only: true, device: undefined }],
  [
    'an IPv4 address in IPv6',
    { protocol: 'tcp', address: '127.0.0.1', port: 84, v6only: undefined, device: undefined },
  ],
  ['one bound to a device', { protocol: 'tcp', address: '0.0.0.0', port: 85, v6only: undefined, device: 'l0' }],
  ['UDP for both families', { protocol: 'udp', address: '::', port: 91, v6only: false, device: undefined }],
  ['UDP on a device', { protocol: 'udp', address: '10.0.2.1', port: 94, v6only: undefined, device: 'r0' }],
])('socketsOf() reads %s', (_, socket) => {
  expect(RECORDED.filter(({ port }) => port === socket.port)).toEqual([
    { ...socket, process: expect.stringMatching(/^python3? \(pid \d+\)$/) },
  ]);
});

test('socketsOf() reads a device whose name looks like the rest of the line', () => {
  const stdout = 'tcp LISTEN 0 128 0.0.0.0%a]%b:80 0.0.0.0:* ino:1 sk:2 <->';

  expect(valueIn(socketsOf(namespaceWith({ sockets: stdout })))[0]).toMatchObject({ device: 'a]%b', port: 80 });
});

test('socketsOf() takes the zone of a link-local address for the device', () => {
  const stdout = 'tcp LISTEN 0 128 [fe80::2c44:42ff:feda:a9f7]%v2:88 [::]:* ino:57087 sk:e v6only:1 <->';

  expect(valueIn(socketsOf(namespaceWith({ sockets: stdout })))[0]).toMatchObject({
    address: 'fe80::2c44:42ff:feda:a9f7',
    device: 'v2',
    v6only: true,
  });
});

test('socketsOf() names the process as it calls itself, odd as that may be', () => {
  const stdout = 'udp UNCONN 0 0 0.0.0.0:90 0.0.0.0:* users:(("a b"c",pid=12,fd=3),("d",pid=13,fd=3)) ino:1 sk:1 <->';

  expect(valueIn(socketsOf(namespaceWith({ sockets: stdout })))[0]?.process).toBe('a b"c (pid 12)');
});

test('socketsOf() is unknown when ss prints a line that it cannot read, instead of leaving out a listener', () => {
  expect(socketsOf(namespaceWith({ sockets: 'tcp LISTEN 0 128 here:http *:*' }))).toEqual({
    known: false,
    why: 'ss printed a line that nsdiag cannot read: tcp LISTEN 0 128 here:http *:*',
  });
});

test('socketsOf() knows of no listener where ss printed nothing', () => {
  expect(valueIn(socketsOf(namespaceWith({ sockets: '' })))).toEqual([]);
});

test.each([
  ['2 1', { waiting: 2, room: 1 }],
  ['1 1', undefined],
  ['0 128', undefined],
])('socketsOf() reads of a TCP queue of %s whether more wait than there is room for', (queue, overflow) => {
  const stdout = `tcp LISTEN ${queue} 0.0.0.0:80 0.0.0.0:* ino:1 sk:2 <->`;
  expect(valueIn(socketsOf(namespaceWith({ sockets: stdout })))[0]?.overflow).toEqual(overflow);
});
