/** Who has the next hop: entries, ARP, neighbour discovery. */

import { describe, expect, test } from 'vitest';
import type { Host } from '../../src/host/host.ts';
import type { DropReason } from '../../src/journey/fate.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { type AskOptions, ask } from '../helpers/ask.ts';
import { addRoutes, forget, type HostSpec, hostOf, tweakLink, tweakNetns, tweakSysctl } from '../helpers/build-host.ts';
import { neighbor } from '../helpers/iproute-text.ts';
import { BRIDGE, end } from './hosts.ts';

const PAIR: HostSpec = {
  a: { links: { va: { peer: 'b:vb', addresses: ['10.0.1.1/24', 'fd01::1/64'] } } },
  b: {
    links: {
      vb: { addresses: ['10.0.1.2/24', 'fd01::2/64'] },
      d0: { kind: 'dummy', addresses: ['10.0.7.7/32', 'fd07::7/128'] },
    },
  },
};

function withNeighbor(host: Host, netns: string, text: string): Host {
  return tweakNetns(host, netns, () => ({
    neighbors: { known: true, value: [neighbor(text)], source: { command: ['ip', 'neigh'] } },
  }));
}

function reasonOf(host: Host, from: string, to: string, options?: AskOptions): DropReason | undefined {
  const { request, reply } = walkRoundTrip(host, ask(from, to, options));
  const { fate } = reply ?? request;
  return fate.kind === 'dropped' ? fate.reason : undefined;
}

describe('answersArp()', () => {
  const elsewhere = addRoutes(hostOf(PAIR), 'a', '10.0.7.7 dev va');

  test('answers for an address of another device', () => {
    expect(end(elsewhere, 'a', '10.0.7.7')).toBe('delivered');
  });

  test.each<[string, number, string, string]>([
    ['arp_ignore', 1, '10.0.7.7', 'arp-ignore'],
    ['arp_ignore', 1, '10.0.1.2', 'delivered'],
    ['arp_ignore', 2, '10.0.1.2', 'delivered'],
    ['arp_ignore', 3, '10.0.7.7', 'delivered'],
    ['arp_ignore', 8, '10.0.1.2', 'arp-ignore'],
  ])('obeys %s %i when asked for %s', (name, value, to, expected) => {
    const host = tweakSysctl(elsewhere, 'b', `net/ipv4/conf/all/${name}`, value);
    const reason = reasonOf(host, 'a', to);
    expect(reason?.kind === 'neighbor-unanswered' ? reason.silence?.kind : end(host, 'a', to)).toBe(expected);
  });

  test('is unknown when arp_ignore could not be read', () => {
    const host = tweakSysctl(hostOf(PAIR), 'b', 'net/ipv4/conf/vb/arp_ignore', undefined);
    expect(end(host, 'a', '10.0.1.2')).toBe('request undecided: arp_ignore of b could not be read');
  });

  test('keeps silent towards an asker that source validation refuses', () => {
    const spec = { ...PAIR, a: { links: { va: { peer: 'b:vb', addresses: ['10.0.1.1/24', '10.9.9.9/32'] } } } };
    const strict = tweakSysctl(hostOf(spec), 'b', 'net/ipv4/conf/vb/rp_filter', 1);
    expect(reasonOf(strict, 'a', '10.0.1.2', { from: '10.9.9.9' })).toMatchObject({
      kind: 'neighbor-unanswered',
      silence: { kind: 'rp-filter', owner: { netns: 'b', device: 'vb' } },
    });
    const announcing = tweakSysctl(strict, 'a', 'net/ipv4/conf/va/arp_announce', 2);
    expect(reasonOf(announcing, 'a', '10.0.1.2', { from: '10.9.9.9' })?.kind).toBe('rp-filter');
  });

  test('keeps silent towards its own address', () => {
    const host = hostOf({ ...PAIR, a: { links: { va: { peer: 'b:vb', addresses: ['10.0.7.7/16'] } } } });
    expect(reasonOf(host, 'a', '10.0.1.2')).toMatchObject({ silence: { kind: 'asker-is-us', sender: '10.0.7.7' } });
  });

  test('filters by the way back with arp_filter', () => {
    const filtering = tweakSysctl(hostOf(PAIR), 'b', 'net/ipv4/conf/vb/arp_filter', 1);
    expect(end(filtering, 'a', '10.0.1.2')).toBe('delivered');
    expect(reasonOf(addRoutes(filtering, 'b', '10.0.1.1 dev d0'), 'a', '10.0.1.2')).toMatchObject({
      silence: { kind: 'arp-filter' },
    });
  });

  test('does not answer without ARP, in either family', () => {
    const host = tweakLink(hostOf(PAIR), 'b:vb', { noArp: true });
    for (const to of ['10.0.1.2', 'fd01::2']) {
      expect(reasonOf(host, 'a', to)).toMatchObject({ silence: { kind: 'noarp', owner: { device: 'vb' } } });
    }
  });

  test('answers as a proxy for what it would forward by another device', () => {
    const spec: HostSpec = {
      a: { links: { va: { peer: 'r:ra', addresses: ['10.0.1.1/24'] } } },
      r: {
        links: { ra: { addresses: ['10.0.1.254/24'] }, rb: { peer: 'b:vb' } },
        routes: ['10.0.1.77 dev rb'],
        sysctls: { 'net/ipv4/ip_forward': 1 },
      },
      b: { links: { vb: { addresses: ['10.0.1.77/32'] } }, routes: ['default dev vb'] },
    };
    expect(end(hostOf(spec), 'a', '10.0.1.77')).toBe('request neighbor-unanswered at a:va');
    const proxy = { 'net/ipv4/conf/ra/proxy_arp': 1, 'net/ipv4/conf/rb/proxy_arp': 1 };
    const r = { ...spec['r'], sysctls: { 'net/ipv4/ip_forward': 1, ...proxy } };
    expect(end(hostOf({ ...spec, r }), 'a', '10.0.1.77')).toBe('delivered');
    const deaf = { ...spec['r'], sysctls: proxy };
    expect(end(hostOf({ ...spec, r: deaf }), 'a', '10.0.1.77')).toBe('request not-forwarding at r:ra');
  });

  test.each([
    ['has no route on', [], {}, 'no-route'],
    ['has a route that refuses', ['prohibit 10.0.1.77'], {}, 'route-type'],
    [
      'does not expect the asker there',
      ['10.0.1.77 dev rb', '10.0.1.1 dev rb'],
      { 'net/ipv4/conf/all/rp_filter': 1 },
      'rp-filter',
    ],
  ])('is refused by a proxy that %s, without a word of it on the wire', (_, routes, sysctls, reason) => {
    const trip = walkRoundTrip(
      hostOf({
        a: { links: { va: { peer: 'r:ra', addresses: ['10.0.1.1/24'] } } },
        r: {
          links: { ra: {}, rb: { peer: 'b:vb' } },
          routes,
          sysctls: { 'net/ipv4/ip_forward': 1, 'net/ipv4/conf/ra/proxy_arp': 1, ...sysctls },
        },
        b: { links: { vb: { addresses: ['10.0.1.77/32'] } }, routes: ['default dev vb'] },
      }),
      ask('a', '10.0.1.77'),
    );

    expect(trip.request.fate).toMatchObject({ kind: 'dropped', netns: 'r', device: 'ra', reason: { kind: reason } });
    expect(trip.request.steps.filter(({ netns, isInquiry }) => netns === 'r' && !isInquiry)).toEqual([]);
  });
});

describe('answersSolicitation()', () => {
  test('answers for addresses of the device alone', () => {
    const host = addRoutes(hostOf(PAIR), 'a', 'fd07::7 dev va');
    expect(end(host, 'a', 'fd07::7')).toBe('request neighbor-unanswered at a:va');
    expect(end(addRoutes(hostOf(PAIR), 'a', 'fd07::7 via fd01::2'), 'a', 'fd07::7')).toBe('delivered');
  });

  test.each(['tentative', 'dadfailed'])('does not answer for an address that is %s', (flag) => {
    const host = hostOf({ ...PAIR, b: { links: { vb: { addresses: [`fd01::2/64 ${flag}`] } } } });
    expect(reasonOf(host, 'a', 'fd01::2')).toMatchObject({ silence: { kind: 'address-not-ready', flag } });
  });
});

describe('resolveNeighbor()', () => {
  const wrong = 'lladdr 02:11:22:33:44:55';

  test.each([
    ['permanent', 'mac-unowned'],
    ['reachable', 'mac-unowned'],
    ['stale', 'delivered'],
    ['failed', 'delivered'],
  ])('takes a wrong entry that is %s', (state, expected) => {
    const host = withNeighbor(hostOf(PAIR), 'a', `10.0.1.2 dev va ${wrong} ${state}`);
    expect(reasonOf(host, 'a', '10.0.1.2')?.kind ?? end(host, 'a', '10.0.1.2')).toBe(expected);
  });

  test('says which entry misleads', () => {
    const host = withNeighbor(hostOf(PAIR), 'a', `10.0.1.2 dev va ${wrong} permanent`);
    expect(reasonOf(host, 'a', '10.0.1.2')).toMatchObject({ mac: '02:11:22:33:44:55', entry: { state: 'permanent' } });
  });

  test.each([
    ['permanent', 'mac-unowned'],
    ['reachable', 'neighbor-unanswered'],
  ])(
    'asks nobody for an address of nobody while the entry is %s, and in the end for one that was learned',
    (state, reason) => {
      const host = withNeighbor(hostOf(PAIR), 'a', `10.0.1.9 dev va ${wrong} ${state}`);
      expect(reasonOf(host, 'a', '10.0.1.9')?.kind).toBe(reason);
    },
  );

  test('shows how far the frame comes: on both ends of the wire', () => {
    const host = withNeighbor(hostOf(PAIR), 'a', `10.0.1.2 dev va ${wrong} permanent`);
    const { steps, fate } = walkRoundTrip(host, ask('a', '10.0.1.2')).request;
    expect(steps.slice(-2)).toMatchObject([
      { stage: 'egress', netns: 'a', device: 'va' },
      { stage: 'ingress', netns: 'b', device: 'vb' },
    ]);
    expect(fate).toMatchObject({ netns: 'a', device: 'va' });
  });

  test('asks for the destination itself where the gateway is an own address', () => {
    const host = addRoutes(hostOf(PAIR), 'a', '10.0.7.7 via 10.0.1.1 dev va');
    expect(end(host, 'a', '10.0.7.7')).toBe('delivered');
  });

  test('is undecided when the entries could not be read', () => {
    expect(end(forget(hostOf(PAIR), 'a', 'neighbors', 'no permission'), 'a', '10.0.1.2')).toBe(
      'request undecided: no permission',
    );
  });

  test('leaves for the outside where nobody of ours has the address', () => {
    const uplink = { ...BRIDGE, br: { links: { ...BRIDGE['br']?.links, eth0: { kind: 'physical', master: 'br0' } } } };
    const trip = walkRoundTrip(hostOf(uplink), ask('a', '10.0.0.99'));
    expect(trip.request.fate).toEqual({ kind: 'left-host', netns: 'br', device: 'eth0' });
    expect(trip.request.steps.at(-1)).toMatchObject({ stage: 'egress', netns: 'br', device: 'eth0' });
    const down = tweakLink(hostOf(uplink), 'br:pb', { up: false });
    expect(end(down, 'a', '10.0.0.2')).toBe('request neighbor-unanswered at a:va');
  });

  test('wants the answer to come back to the device that asked, not to its bridge', () => {
    const host = hostOf({
      a: { links: { va: { peer: 'br:pa', addresses: ['10.0.0.1/24'] } } },
      br: { links: { br0: { kind: 'bridge' }, pa: { master: 'br0', addresses: ['10.0.0.2/24'] } } },
    });
    expect(end(host, 'a', '10.0.0.2')).toBe('reply neighbor-unanswered at br:pa');
    expect(end(host, 'br', '10.0.0.1')).toBe('request neighbor-unanswered at br:pa');
  });

  test('is undecided between two namespaces that answer, unless both lead to the same end', () => {
    const c = { links: { vc: { peer: 'br:pc', addresses: ['10.0.0.2/24'] } } };
    const br = { links: { ...BRIDGE['br']?.links, pc: { master: 'br0' } } };
    const host = hostOf({ ...BRIDGE, br, c });
    expect(end(host, 'a', '10.0.0.2')).toBe('delivered');
    expect(end(tweakSysctl(host, 'c', 'net/ipv4/icmp_echo_ignore_all', 1), 'a', '10.0.0.2')).toMatch(
      /^request undecided: several/,
    );
  });
});

test('resolveNeighbor() follows a frame for nobody into a bridge that has no other port for it', () => {
  const host = hostOf({
    a: {
      links: { va: { peer: 'r:pa', addresses: ['10.0.1.1/24'] } },
      neighbors: ['10.0.1.254 dev va lladdr 02:11:22:33:44:55 permanent'],
    },
    r: { links: { br0: { kind: 'bridge', addresses: ['10.0.1.254/24'] }, pa: { master: 'br0' } } },
  });
  const { steps, fate } = walkRoundTrip(host, ask('a', '10.0.1.254')).request;
  expect(fate).toMatchObject({ netns: 'a', reason: { kind: 'mac-unowned' } });
  expect(steps.at(-1)).toMatchObject({ stage: 'ingress', netns: 'r', device: 'pa' });
});
