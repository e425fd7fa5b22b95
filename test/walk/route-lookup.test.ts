/** Policy rules, tables, prefixes, metrics. */

import { describe, expect, test } from 'vitest';
import type { DeviceName } from '../../src/host/link.ts';
import { indexNetns } from '../../src/walk/netns-index.ts';
import { lookupRoute, type RouteAnswer, type Selectors } from '../../src/walk/route-lookup.ts';
import { hostOf, type NetnsSpec } from '../helpers/build-host.ts';
import { addr, port } from '../helpers/iproute-text.ts';

interface Asked extends Selectors {
  readonly from?: string;
  readonly inDevice?: string;
  readonly mark?: number;
  readonly pick?: number;
}

const LINKS = {
  e0: { kind: 'physical', addresses: ['10.0.0.1/24', 'fd00::1/64'] },
  e1: { kind: 'physical', addresses: ['10.0.1.1/24', 'fd01::1/64'] },
};

function look(spec: NetnsSpec, destination: string, asked: Asked = {}): string {
  const [netns] = hostOf({ x: { links: LINKS, ...spec } }).namespaces;
  if (netns === undefined) throw new Error('no namespace');
  const lookup = {
    destination: addr(destination),
    source: asked.from === undefined ? undefined : addr(asked.from),
    inDevice: asked.inDevice as DeviceName | undefined,
    mark: asked.mark ?? 0,
  };
  return text(lookupRoute(indexNetns(netns), lookup, asked, asked.pick ?? 0));
}

function text(answer: RouteAnswer): string {
  switch (answer.kind) {
    case 'route':
      return `${answer.route.type} ${answer.nexthop?.via ?? '-'} ${answer.nexthop?.device} of ${answer.choices}`;
    case 'route-type':
      return answer.type;
    case 'rule-action':
      return `rule ${answer.action}`;
    case 'none':
      return 'none';
    case 'unknown':
      return `unknown: ${answer.because.join()}`;
  }
}

const DEFAULT = 'unicast 10.0.0.9 e0 of 1';
const OTHER = 'unicast 10.0.1.9 e1 of 1';

describe('lookupRoute()', () => {
  test.each<[string, NetnsSpec, string]>([
    ['finds nothing', {}, 'none'],
    ['takes the default', { routes: ['default via 10.0.0.9'] }, DEFAULT],
    ['takes the longest prefix', { routes: ['default via 10.0.0.9', '10.9.0.0/16 via 10.0.1.9 metric 900'] }, OTHER],
    [
      'takes the lowest metric',
      { routes: ['default via 10.0.0.9 metric 20', 'default via 10.0.1.9 metric 10'] },
      OTHER,
    ],
    ['takes the first of equals', { routes: ['default via 10.0.0.9', 'default via 10.0.1.9'] }, DEFAULT],
    ['passes over a type of service', { routes: ['default via 10.0.0.9', 'default via 10.0.1.9 tos 16'] }, DEFAULT],
    ['ends at a blackhole', { routes: ['default via 10.0.0.9', 'blackhole 10.9.0.0/16'] }, 'blackhole'],
    ['says throw when nothing follows', { routes: ['throw 10.9.0.0/16'] }, 'throw'],
    [
      'goes on with the next rule after a throw',
      { routes: ['default via 10.0.0.9', 'throw 10.9.0.0/16 table 7'], rules: ['100: from all lookup 7'] },
      DEFAULT,
    ],
    ['passes over dead next hops', { routes: ['10.9.0.0/16 via 10.0.1.9 dead', 'default via 10.0.0.9'] }, DEFAULT],
    [
      'keeps next hops without carrier',
      { routes: ['10.9.0.0/16 via 10.0.1.9 linkdown', 'default via 10.0.0.9'] },
      OTHER,
    ],
    [
      'leaves them out where it is told to',
      {
        routes: ['10.9.0.0/16 via 10.0.1.9 linkdown', 'default via 10.0.0.9'],
        sysctls: { 'net/ipv4/conf/all/ignore_routes_with_linkdown': 1 },
      },
      DEFAULT,
    ],
    [
      'says what a route has that is not modelled',
      { routes: ['default via 10.0.0.9 nhid 5'] },
      'unknown: a route of x has nhid 5, not modelled',
    ],
  ])('%s', (_, spec, expected) => {
    expect(look(spec, '10.9.9.9')).toBe(expected);
  });

  test('answers each of several next hops, and how many there are', () => {
    const spec = { routes: ['default nexthop via 10.0.0.9 nexthop via 10.0.1.9 nexthop via 10.0.1.8 dev e1 dead'] };
    expect([0, 1, 2].map((pick) => look(spec, '10.9.9.9', { pick }))).toEqual([
      'unicast 10.0.0.9 e0 of 2',
      'unicast 10.0.1.9 e1 of 2',
      'unicast 10.0.0.9 e0 of 2',
    ]);
  });

  const tcp = { protocol: 'tcp', sourcePort: port(40000), destPort: port(80), flags: 'syn' } as const;
  test.each<[string, string, Asked, boolean]>([
    ['from a net', 'from 10.0.0.0/8', { from: '10.0.0.1' }, true],
    ['from a net, of a source not chosen yet', 'from 10.0.0.0/8', {}, false],
    ['to a net', 'from all to 10.9.0.0/16', {}, true],
    ['by ingress device', 'from all iif e1', { inDevice: 'e1' }, true],
    ['by another', 'from all iif e1', { inDevice: 'e0' }, false],
    ['sent here', 'from all iif lo', {}, true],
    ['by egress device', 'from all oif e1', { outDevice: 'e1' as DeviceName }, true],
    ['by mark', 'from all fwmark 0x1/0xf', { mark: 0x11 }, true],
    ['by another mark', 'from all fwmark 0x1/0xf', { mark: 0x12 }, false],
    ['inverted', 'not from all fwmark 0x1/0xf', { mark: 0x12 }, true],
    ['that are all, inverted', 'not from all', {}, false],
    ['by protocol', 'from all ipproto tcp', { transport: tcp }, true],
    ['by another protocol', 'from all ipproto udp', { transport: tcp }, false],
    ['by port', 'from all dport 80', { transport: tcp }, true],
    ['by ports', 'from all sport 1-1023', { transport: tcp }, false],
    ['by port, asked without one', 'from all dport 80', {}, false],
    ['with a type of service', 'from all tos 16', {}, false],
  ])('matches rules %s', (_, words, asked, matches) => {
    const spec = {
      routes: ['default via 10.0.0.9', 'default via 10.0.1.9 table 7'],
      rules: [`100: ${words} lookup 7`],
    };
    const expected = matches ? OTHER : DEFAULT;
    expect(
      look(spec, '10.9.9.9', { ...asked, ...(asked.outDevice === undefined ? {} : { outDevice: asked.outDevice }) }),
    ).toBe(expected);
  });

  test.each([
    ['prohibits', ['100: from all to 10.9.0.0/16 prohibit'], 'rule prohibit'],
    ['goes to a later rule', ['100: from all goto 32766', '200: from all blackhole'], DEFAULT],
    [
      'goes nowhere when there is no such rule',
      ['100: from all goto 300', '200: from all blackhole'],
      'rule blackhole',
    ],
    ['does nothing', ['100: from all nop'], DEFAULT],
    [
      'suppresses short prefixes',
      ['100: from all lookup main suppress_prefixlength 0', '200: from all lookup 7'],
      OTHER,
    ],
    [
      'has selectors that are not modelled',
      ['100: from all uidrange 0-0 lookup 7'],
      'unknown: policy rule 100 of x has uidrange 0-0, not modelled',
    ],
    ['has them, and does not match anyway', ['100: from all iif e1 uidrange 0-0 lookup 7'], DEFAULT],
    ['names a table that does not exist', ['100: from all lookup 99'], DEFAULT],
  ])('obeys a rule that %s', (_, rules, expected) => {
    expect(look({ rules, routes: ['default via 10.0.0.9', 'default via 10.0.1.9 table 7'] }, '10.9.9.9')).toBe(
      expected,
    );
  });

  test('is the same for IPv6, where a route may ask for the source', () => {
    const spec = {
      routes: ['-6 default via fd00::9', 'fd09::/16 via fd01::9', 'fd09::/16 from fd01::/64 via fd00::8 metric 1'],
    };
    expect(look(spec, 'fd08::1')).toBe('unicast fd00::9 e0 of 1');
    expect(look(spec, 'fd09::1')).toBe('unicast fd01::9 e1 of 1');
    expect(look(spec, 'fd09::1', { from: 'fd01::1' })).toBe('unicast fd00::8 e0 of 1');
    expect(look(spec, 'fd00::1')).toBe('local - e0 of 1');
  });

  test('asks local and main as one table, until the rules are touched', () => {
    const spec = {
      routes: ['local 10.8.0.0/15 dev lo', '10.9.0.0/16 via 10.0.1.9', '10.9.9.0/24 via 10.0.0.9 table 7'],
    };
    expect(look(spec, '10.8.1.1')).toBe('local - lo of 1');
    expect(look(spec, '10.9.9.9')).toBe(OTHER);
    expect(look({ ...spec, rules: ['100: from all lookup 9'] }, '10.9.9.9')).toBe('local - lo of 1');
  });

  test('names the rule that leads to the table of the route', () => {
    const [netns] = hostOf({ x: { links: LINKS } }).namespaces;
    if (netns === undefined) throw new Error('no namespace');
    const priorities = ['10.0.0.1', '10.0.0.9'].map((to) => {
      const answer = lookupRoute(
        indexNetns(netns),
        { destination: addr(to), source: undefined, inDevice: undefined, mark: 0 },
        {},
        0,
      );
      return answer.kind === 'route' ? answer.rule.priority : undefined;
    });
    expect(priorities).toEqual([0, 32766]);
  });
});
