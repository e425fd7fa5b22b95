import { expect, test } from 'vitest';
import { argvInNetns } from '../../src/system/enter-netns.ts';

test.each([
  [{ kind: 'here' }, ['ping', '-x']],
  [{ kind: 'named', name: 'ns1' }, ['nsenter', '--net=/run/netns/ns1', '--', 'ping', '-x']],
  [{ kind: 'pid', pid: 812 }, ['nsenter', '--net=/proc/812/ns/net', '--', 'ping', '-x']],
  [{ kind: 'path', path: '/run/docker/netns/a b' }, ['nsenter', '--net=/run/docker/netns/a b', '--', 'ping', '-x']],
] as const)('argvInNetns() enters %j', (entry, argv) => {
  expect(argvInNetns(entry, ['ping', '-x'])).toEqual(argv);
});
