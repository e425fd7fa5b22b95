import { expect, test } from 'vitest';
import { nearNames } from '../../src/cli/near.ts';

test.each([
  ['ns11', ['ns1', 'router', 'ns12'], ['ns1', 'ns12']],
  ['roter', ['ns1', 'router'], ['router']],
  ['ruoter', ['ns1', 'router'], ['router']],
  ['cni-1', ['cni-12345678-aaaa', 'ns1'], ['cni-12345678-aaaa']],
  ['x', ['ns1', 'router'], []],
  ['', ['ns1'], []],
])('nearNames(%j) of %j is %j', (asked, candidates, near) => {
  expect(nearNames(asked, candidates)).toEqual(near);
});

test('nearNames() names five at most', () => {
  expect(nearNames('ns', ['ns1', 'ns2', 'ns3', 'ns4', 'ns5', 'ns6'])).toHaveLength(5);
});
