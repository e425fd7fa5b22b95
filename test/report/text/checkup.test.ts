import { expect, test } from 'vitest';
import { type Check, checkupText } from '../../../src/report/text/checkup.ts';
import { styleOf } from '../../../src/report/text/style.ts';

const PING: Check = { name: 'ping', found: 'iputils', isThere: true, costs: 'the wire', remedy: 'install it' };
const NFT: Check = {
  name: 'nft',
  found: 'not installed',
  isThere: false,
  costs: 'nft rules',
  remedy: 'apt-get install nftables',
};

test('checkupText() says in one line that nothing is missing, and what was looked at below', () => {
  expect(checkupText([PING, PING], styleOf(false, 80))).toBe(
    '✓ This machine has all 2 things that nsdiag uses\n\n✓ ping    iputils\n✓ ping    iputils\n',
  );
});

test('checkupText() tells what is missing first, with its cost and remedy', () => {
  expect(checkupText([PING, NFT], styleOf(false, 80)).split('\n')).toEqual([
    '✗ 1 of the 2 things that nsdiag uses are missing here',
    '',
    '✗ nft     not installed',
    '  costs   nft rules',
    '  remedy  apt-get install nftables',
    '',
    '✓ ping    iputils',
    '',
  ]);
});
