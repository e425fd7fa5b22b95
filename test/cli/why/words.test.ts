import { expect, test } from 'vitest';
import { parseWords } from '../../../src/cli/why/words.ts';
import { Failure } from '../../../src/system/failure.ts';

test.each([
  ['nothing but names', {}, { proto: 'icmp', port: undefined, payloadBytes: 56, from: undefined }],
  ['a port alone, which means TCP', { port: '80' }, { proto: 'tcp', port: 80, payloadBytes: 0 }],
  ['UDP with a port', { proto: 'udp', port: '53' }, { proto: 'udp', port: 53, payloadBytes: 56 }],
  ['a size', { size: '1472' }, { proto: 'icmp', payloadBytes: 1472 }],
  ['no payload at all', { size: '0' }, { payloadBytes: 0 }],
  ['the largest payload', { size: '65507' }, { payloadBytes: 65507 }],
  ['a port to send from', { proto: 'udp', port: '53', sourcePort: '5000' }, { port: 53, sourcePort: 5000 }],
  ['an echo id', { sourcePort: '77' }, { proto: 'icmp', sourcePort: 77 }],
  ['a source in any form', { from: 'FD00:0::1' }, { from: 'fd00::1' }],
])('parseWords() takes %s', (_, options, words) => {
  expect(parseWords('ns1', '10.0.2.1', options)).toMatchObject({ netns: 'ns1', destination: '10.0.2.1', ...words });
});

test.each([
  ['an unknown protocol', { proto: 'sctp' }, /"sctp": it is none of icmp, tcp, udp/],
  ['tcp without a port', { proto: 'tcp' }, /no port was given/],
  ['icmp with a port', { proto: 'icmp', port: '80' }, /it has none/],
  ['port 0', { port: '0' }, /"0": it is no number from 1 to 65535/],
  ['port 65536', { port: '65536' }, /"65536"/],
  ['a port by name', { port: 'http' }, /"http"/],
  ['a port with a sign', { port: '+80' }, /"\+80"/],
  ['a negative size', { size: '-1' }, /"-1" bytes/],
  ['a size that no packet holds', { size: '65508' }, /"65508" bytes: it is no number from 0 to 65507/],
  ['a size that is no number', { size: '1e3' }, /"1e3"/],
  ['a size of tcp', { proto: 'tcp', port: '80', size: '100' }, /no data/],
  ['a source port by name', { sourcePort: 'ntp' }, /"ntp"/],
  ['a source that is no address', { from: 'eth0' }, /"eth0": it is no address/],
])('parseWords() refuses %s', (_, options, message) => {
  expect(() => parseWords('ns1', '10.0.2.1', options)).toThrow(message);
  expect(() => parseWords('ns1', '10.0.2.1', options)).toThrow(Failure);
});
