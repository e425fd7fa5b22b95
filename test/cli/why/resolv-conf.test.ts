import { expect, test } from 'vitest';
import { nameServersIn } from '../../../src/cli/why/resolv-conf.ts';

test.each([
  ['the servers in their order', 'nameserver 10.0.0.53\nnameserver fd00::53\n', ['10.0.0.53', 'fd00::53']],
  [
    'three and no more',
    [1, 2, 3, 4].map((n) => `nameserver 10.0.0.${n}`).join('\n'),
    ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
  ],
  [
    'no comments, no other keys, no second word',
    '# nameserver 9.9.9.9\nsearch example\nnameserver\t10.0.0.1 # one\n',
    ['10.0.0.1'],
  ],
  ['no server of a single link', 'nameserver fe80::1%eth0\nnameserver 10.0.0.1\n', ['10.0.0.1']],
  ['the own loopback where nobody is named', 'search example\n', ['127.0.0.1']],
  ['the own loopback where there is no file', '', ['127.0.0.1']],
])('nameServersIn() reads %s', (_, text, servers) => {
  expect(nameServersIn(text)).toEqual({ servers, isDefault: !/^nameserver\s+10/m.test(text) });
});
