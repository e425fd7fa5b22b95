import { expect, test } from 'vitest';
import { errorDocument } from '../../../src/cli/why/error-document.ts';

const NOTHING = { netns: null, destination: null, proto: 'icmp', port: null };

test.each([
  ['nothing', ['why', '--json'], NOTHING],
  ['one word', ['why', 'ns1', '--json'], { ...NOTHING, netns: 'ns1' }],
  [
    'options before the words',
    ['why', '--json', '--port', '80', 'ns1', 'ns2'],
    { netns: 'ns1', destination: 'ns2', proto: 'tcp', port: 80 },
  ],
  [
    '--port=53',
    ['why', 'ns1', 'ns2', '--port=53', '--proto=udp'],
    { netns: 'ns1', destination: 'ns2', proto: 'udp', port: 53 },
  ],
  [
    'the port that it would have been sent from',
    ['why', 'ns1', 'ns2', '--port', '80', '--source-port', '4711'],
    { netns: 'ns1', destination: 'ns2', proto: 'tcp', port: 80, sourcePort: 4711 },
  ],
  [
    'names like options behind --',
    ['why', '--json', '--', '-x', '--y'],
    { ...NOTHING, netns: '-x', destination: '--y' },
  ],
  [
    'what is no port and no protocol',
    ['why', 'a', 'b', '--port', '99999', '--proto', 'x'],
    { netns: 'a', destination: 'b', proto: null, port: null },
  ],
])('errorDocument() reads %s as far as it can', (_, words, question) => {
  const document = errorDocument({ message: 'Cannot', hint: 'Do' }, words);
  expect(document).toMatchObject({ schema: 'nsdiag.why/1', question, summary: 'Cannot', notes: ['Do'] });
});
