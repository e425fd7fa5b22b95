import { expect, test } from 'vitest';
import { duplicateAddress } from '../../../src/faults/rules/duplicate-address.ts';
import type { Host } from '../../../src/host/host.ts';
import { hostOf, type NetnsSpec } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';

/** a 10.0.0.1, b 10.0.0.2 and c 10.0.0.3 on one bridge. */
function threeOnBridge(change: {
  b?: readonly string[];
  c?: readonly string[];
  netnsB?: Partial<NetnsSpec>;
  cUp?: boolean;
}): Host {
  return hostOf({
    a: { links: { eth0: { peer: 'sw:p1', addresses: ['10.0.0.1/24', 'fd00::1/64'] } } },
    b: { links: { eth0: { peer: 'sw:p2', addresses: change.b ?? ['10.0.0.2/24'] } }, ...change.netnsB },
    c: {
      links: {
        eth0: { peer: 'sw:p3', addresses: change.c ?? ['10.0.0.3/24'], ...(change.cUp === false ? { up: false } : {}) },
      },
    },
    sw: { links: { br0: { kind: 'bridge' }, p1: { master: 'br0' }, p2: { master: 'br0' }, p3: { master: 'br0' } } },
  });
}

test('duplicate-address takes the address from who refuses what its rightful owner sends', () => {
  const host = threeOnBridge({ b: ['10.0.0.2/24', '10.0.0.1/24 secondary'] });
  const findings = findBy(duplicateAddress, host, 'a 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'duplicate-address', netns: 'b', device: 'eth0', leg: 'request' }]);
  expect(findings[0]?.evidence).toHaveLength(2);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n b addr del 10.0.0.1/24 dev eth0']);
  expect(endOf(after(host, findings[0]?.repairs[0]), 'a 10.0.0.2')).toBe('answered');
  expect(codesOf(host, 'a 10.0.0.2')).toEqual(['duplicate-address']);
});

test('duplicate-address leaves the address to the one that serves it', () => {
  const host = threeOnBridge({ c: ['10.0.0.2/24'], netnsB: { sockets: ['tcp 0.0.0.0:80'] } });
  expect(endOf(host, 'a tcp 10.0.0.2 80')).toBe('request: undecided');
  const findings = findBy(duplicateAddress, host, 'a tcp 10.0.0.2 80');
  expect(commandsFor(host, findings[0])).toEqual(['ip -n c addr del 10.0.0.2/24 dev eth0']);
  expect(findings[0]?.repairs).toHaveLength(1);
});

test('duplicate-address finds who answers itself for an IPv6 address that it has, too', () => {
  const host = threeOnBridge({ b: ['fd00::2/64', 'fd00::1/64'] });
  expect(findBy(duplicateAddress, host, 'a fd00::2')).toMatchObject([{ netns: 'b', device: 'eth0', leg: 'reply' }]);
});

test('duplicate-address is silent about a second owner that is down', () => {
  const host = threeOnBridge({ c: ['10.0.0.2/24'], cUp: false, netnsB: { sockets: [] } });
  expect(endOf(host, 'a tcp 10.0.0.2 80')).toBe('request: no-socket in b');
  expect(findBy(duplicateAddress, host, 'a tcp 10.0.0.2 80')).toEqual([]);
});

test('duplicate-address is silent about a second owner that does not answer either', () => {
  const host = threeOnBridge({ c: ['10.0.0.2/24'] });
  expect(codesOf(host, 'a tcp 10.0.0.2 80')).not.toContain('duplicate-address');
  expect(findBy(duplicateAddress, host, 'a tcp 10.0.0.2 80')).toEqual([]);
});
