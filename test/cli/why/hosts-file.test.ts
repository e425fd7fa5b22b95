import { expect, test } from 'vitest';
import { parseHostsFile } from '../../../src/cli/why/hosts-file.ts';

test('parseHostsFile() collects the addresses of each name, in the order of the file', () => {
  const hosts = parseHostsFile(
    '127.0.0.1 localhost\n\n# 10.0.0.9 web\n10.0.0.1\tWeb www # the first\n::1 localhost\n10.0.0.2 web\n',
  );
  expect(Object.fromEntries(hosts)).toEqual({
    localhost: ['127.0.0.1', '::1'],
    web: ['10.0.0.1', '10.0.0.2'],
    www: ['10.0.0.1'],
  });
});

test('parseHostsFile() passes over lines that begin with no address', () => {
  expect(parseHostsFile('nonsense here\n10.0.0 short\nfe80::1%eth0 zoned\n').size).toBe(0);
});
