import { expect, test } from 'vitest';
import { ruleText } from '../../src/host/route-text.ts';
import { rule } from '../helpers/iproute-text.ts';

test.each([
  '32766: from all lookup main',
  '100: not from all fwmark 0xca6c lookup 51820',
  '101: from all lookup main suppress_prefixlength 0',
  '102: from 10.0.0.0/24 to 10.1.0.0/16 fwmark 0x65/0xff iif eth0 lookup 7',
  '103: from all ipproto tcp sport 80 dport 1024-65535 prohibit',
])('ruleText() tells a rule as ip rule does: %s', (text) => {
  expect(ruleText(rule(text))).toBe(text);
});
