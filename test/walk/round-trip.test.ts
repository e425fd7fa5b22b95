/** The walk as a whole: both legs of a question through small hosts. */

import { describe, expect, test } from 'vitest';
import { isRoundTripDelivered } from '../../src/journey/journey.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import {
  addRoutes,
  forget,
  type HostSpec,
  hostOf,
  type NetnsSpec,
  tweakLink,
  tweakSysctl,
} from '../helpers/build-host.ts';
import { end, ROUTER, stepText } from './hosts.ts';
import { iptablesRules } from './netfilter/hook.ts';

describe('walkRoundTrip()', () => {
  test.each([
    ['10.0.2.1', '10.0.1.1'],
    ['fd02::1', 'fd01::1'],
  ])('takes every step of both legs to %s', (to, from) => {
    const trip = walkRoundTrip(hostOf(ROUTER), ask('a', to));
    expect(isRoundTripDelivered(trip)).toBe(true);
    const v6 = to.includes(':');
    const between = v6 ? ['forward-gate r:ra', 'route r:rb'] : ['forward-gate r:ra', 'route r:rb'];
    expect(trip.request.steps.map(stepText)).toEqual([
      'send a',
      'route a:va',
      'neighbor a:va',
      'egress a:va',
      'ingress r:ra',
      ...between,
      'neighbor r:rb',
      'egress r:rb',
      'ingress b:vb',
      'route b:lo',
      'deliver b:vb',
    ]);
    expect(trip.request.packet).toMatchObject({ source: from, destination: to, ttl: 64 });
    expect(trip.request.steps.at(-1)).toMatchObject({ packet: { ttl: 63 } });
    expect(trip.reply?.steps.at(-1)).toMatchObject({
      stage: 'deliver',
      netns: 'a',
      packet: { source: to, destination: from },
    });
  });

  test('dies where a route is missing, on the leg that misses it', () => {
    const { a, b } = ROUTER;
    expect(end(hostOf({ ...ROUTER, a: { ...a, routes: [] } }), 'a', '10.0.2.1')).toBe('request no-route at a');
    const back = walkRoundTrip(hostOf({ ...ROUTER, b: { ...b, routes: [] } }), ask('a', '10.0.2.1'));
    expect(back.request.fate).toEqual({ kind: 'delivered', netns: 'b' });
    expect(back.reply?.fate).toMatchObject({
      kind: 'dropped',
      netns: 'b',
      reason: { kind: 'no-route', lookup: { destination: '10.0.1.1', source: '10.0.2.1', inDevice: undefined } },
    });
  });

  test('reaches own addresses by lo, as long as it is up', () => {
    const host = hostOf(ROUTER);
    expect(walkRoundTrip(host, ask('a', '10.0.1.1')).request.steps.map(stepText)).toEqual([
      'send a',
      'route a:lo',
      'egress a:lo',
      'ingress a:lo',
      'deliver a:lo',
    ]);
    const down = tweakLink(host, 'a:lo', { up: false });
    expect(end(down, 'a', '10.0.1.1')).toBe('request egress-down at a:lo');
    expect(end(down, 'r', '10.0.1.1')).toBe('delivered');
  });

  test('takes the unspecified address for loopback', () => {
    expect(walkRoundTrip(hostOf(ROUTER), ask('a', '0.0.0.0')).request.packet?.destination).toBe('127.0.0.1');
    expect(end(hostOf(ROUTER), 'a', '::')).toBe('delivered');
  });

  test('is undecided behind a lo that is not modelled', () => {
    const host = tweakLink(hostOf(ROUTER), 'a:lo', { unmodelled: ['xdp'] });
    expect(end(host, 'a', '10.0.1.1')).toBe('request undecided: lo is not modelled (xdp)');
  });

  test('sends nothing by a device without carrier', () => {
    expect(end(tweakLink(hostOf(ROUTER), 'r:rb', { carrier: false }), 'a', '10.0.2.1')).toBe(
      'request no-carrier at r:rb',
    );
  });

  test.each(['blackhole', 'unreachable', 'prohibit'])('dies of a route of type %s on its way', (type) => {
    const host = addRoutes(hostOf(ROUTER), 'r', `${type} 10.0.2.1`);
    const { fate } = walkRoundTrip(host, ask('a', '10.0.2.1')).request;
    expect(fate).toMatchObject({ netns: 'r', device: 'ra', reason: { kind: 'route-type', type } });
  });

  test.each(['links', 'routes', 'rules', 'neighbors', 'ruleset'] as const)(
    'is undecided when the %s on the way could not be read',
    (fact) => {
      expect(end(forget(hostOf(ROUTER), 'r', fact, 'no permission'), 'a', '10.0.2.1')).toBe(
        'request undecided: no permission',
      );
    },
  );

  test('refuses to be asked for a namespace that is not there', () => {
    expect(() => walkRoundTrip(hostOf(ROUTER), ask('nowhere', '10.0.2.1'))).toThrow(/nowhere/);
  });
});

describe('walkRoundTrip() through several next hops', () => {
  const { a } = ROUTER;
  const spec: HostSpec = {
    ...ROUTER,
    a: {
      links: { ...a?.links, vz: { peer: 's:sa', addresses: ['10.0.3.1/24'] } },
      routes: ['default nexthop via 10.0.1.254 nexthop via 10.0.3.254'],
    },
    s: {
      links: { sa: { addresses: ['10.0.3.254/24'] }, sb: { peer: 'b:vs', addresses: ['10.0.4.254/24'] } },
      routes: ['10.0.2.1 via 10.0.4.1', '10.0.1.0/24 via 10.0.3.1'],
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    b: {
      links: { ...ROUTER['b']?.links, vs: { addresses: ['10.0.4.1/24'] } },
      routes: ['10.0.1.0/24 via 10.0.2.254', '10.0.3.0/24 via 10.0.4.254'],
    },
  };

  test('answers the first where all end alike', () => {
    expect(end(hostOf(spec), 'a', '10.0.2.1')).toBe('delivered');
  });

  test('is undecided where they do not', () => {
    const host = tweakSysctl(hostOf(spec), 's', 'net/ipv4/conf/sa/forwarding', 0);
    expect(end(host, 'a', '10.0.2.1')).toMatch(/^request undecided: several next hops/);
    const back = tweakSysctl(hostOf(spec), 's', 'net/ipv4/conf/sb/forwarding', 0);
    expect(end(back, 'a', '10.0.2.1')).toMatch(/^reply undecided: several next hops/);
  });

  test('answers every way where they do not end alike, and no ways where they do', () => {
    const host = tweakSysctl(hostOf(spec), 's', 'net/ipv4/conf/sa/forwarding', 0);
    const { ways } = walkRoundTrip(host, ask('a', '10.0.2.1'));
    expect(ways?.map(({ request }) => request.fate.kind)).toEqual(['delivered', 'dropped']);
    expect(walkRoundTrip(hostOf(spec), ask('a', '10.0.2.1')).ways).toBeUndefined();
  });
});

describe('ttlRunsOut()', () => {
  const circle: HostSpec = {
    a: { links: { va: { peer: 'r:ra', addresses: ['10.0.1.1/24'] } }, routes: ['default via 10.0.1.254'] },
    r: {
      links: { ra: { addresses: ['10.0.1.254/24'] }, rs: { peer: 's:sr', addresses: ['10.0.3.1/24'] } },
      routes: ['10.9.0.0/16 via 10.0.3.2'],
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    s: {
      links: { sr: { addresses: ['10.0.3.2/24'] } },
      routes: ['default via 10.0.3.1'],
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
  };

  test('counts where a packet that goes in circles ends', () => {
    const { fate, steps } = walkRoundTrip(hostOf(circle), ask('a', '10.9.0.1')).request;
    // TTL 64 at r, 63 at s, 62 at r again ... 1 at s, as test/live/kernel-ttl.test.ts saw it.
    expect(fate).toMatchObject({ netns: 's', device: 'sr', reason: { kind: 'ttl-exceeded' } });
    expect(fate).toMatchObject({
      reason: {
        visited: [
          { netns: 's', device: 'sr' },
          { netns: 'r', device: 'rs' },
        ],
      },
    });
    expect(steps.length).toBeLessThan(30);
  });
});

describe('forward()', () => {
  const DF = { dontFragment: true } as const;

  test.each([
    [{ 'r:rb': 1000 }, { payloadBytes: 972, ...DF }, 'delivered'],
    [{ 'r:rb': 1000 }, { payloadBytes: 973, ...DF }, 'request mtu-exceeded at r:rb'],
    // Its sender learns of the router, and sends it in pieces.
    [{ 'r:rb': 1000 }, { payloadBytes: 973 }, 'delivered'],
    // What is longer than the first device is cut up there, and may be cut again.
    [{ 'a:va': 1200, 'r:rb': 1000 }, { payloadBytes: 1400 }, 'delivered'],
    [{ 'a:va': 1200, 'r:rb': 1000 }, { payloadBytes: 1400, ...DF }, 'request mtu-exceeded at a:va'],
  ])('refuses what may not be cut and does not fit %o (%o)', (mtus, asked, expected) => {
    const host = Object.entries(mtus).reduce((each, [device, mtu]) => tweakLink(each, device, { mtu }), hostOf(ROUTER));
    expect(end(host, 'a', '10.0.2.1', asked)).toBe(expected);
  });

  test('lets echo replies be cut, which have no DF; other answers are sent in pieces once their sender is told', () => {
    const asked = { payloadBytes: 972, ...DF };
    const narrowBack = (b: Partial<NetnsSpec> = {}) =>
      addRoutes(
        hostOf({ ...ROUTER, b: { ...ROUTER['b'], sockets: ['udp 10.0.2.1:53'], ...b } }),
        'r',
        '10.0.1.1 dev ra mtu 900',
      );
    expect(end(narrowBack(), 'a', '10.0.2.1', asked)).toBe('delivered');
    expect(end(narrowBack(), 'a', '10.0.2.1', { ...asked, to: 'udp/53' })).toBe('delivered');
    const deaf = narrowBack({
      ruleset: iptablesRules('filter', ['-A INPUT -p icmp -m icmp --icmp-type 3/4 -j DROP']),
    });
    expect(end(deaf, 'a', '10.0.2.1', asked)).toBe('delivered');
    expect(end(deaf, 'a', '10.0.2.1', { ...asked, to: 'udp/53' })).toBe('reply mtu-exceeded at r:ra');
  });

  test('goes by the MTU of the route where it has one', () => {
    const host = addRoutes(hostOf(ROUTER), 'r', '10.0.2.1 dev rb mtu 1000');
    expect(end(host, 'a', '10.0.2.1', { payloadBytes: 973, ...DF })).toBe('request mtu-exceeded at r:rb');
  });
});
