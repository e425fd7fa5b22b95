import { expect, test } from 'vitest';
import { parseCommandLine } from '../../src/lab/command-line.ts';

test.each([
  ['splits at blanks', '  ip  -n ns1 link ', ['ip', '-n', 'ns1', 'link']],
  ['keeps what stands in single quotes', "nft 'add rule ip f c drop'", ['nft', 'add rule ip f c drop']],
  [
    'lets a shell’s characters stand in quotes',
    "nft 'add chain ip f c { policy drop; }'",
    ['nft', 'add chain ip f c { policy drop; }'],
  ],
  ['keeps an empty word', "ip ''", ['ip', '']],
])('parseCommandLine() %s', (_, line, argv) => {
  expect(parseCommandLine(line)).toEqual({ ok: true, argv });
});

test.each([
  ['an empty line', '   ', 'must not be empty'],
  ['an open quote', "nft 'add rule", 'has a single quote that is not closed'],
  ['a pipe', 'ip link | grep eth0', 'has | outside single quotes: no shell reads this line'],
  ['a second command', 'ip link; rm -rf x', 'has ; outside single quotes: no shell reads this line'],
  ['a variable', 'ip link set dev $DEV up', 'has $ outside single quotes: no shell reads this line'],
  ['a comment', 'ip link # all', 'has # outside single quotes: no shell reads this line'],
])('parseCommandLine() refuses %s', (_, line, because) => {
  expect(parseCommandLine(line)).toEqual({ ok: false, because });
});
