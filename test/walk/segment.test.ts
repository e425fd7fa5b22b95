/** What crosses a segment: veth, bridges, and what is not modelled. */

import { describe, expect, test } from 'vitest';
import type { BridgePort } from '../../src/host/link.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { forget, type HostSpec, hostOf, tweakLink, tweakNetns } from '../helpers/build-host.ts';
import { fdbEntry, neighbor } from '../helpers/iproute-text.ts';
import { BRIDGE, end, stepText } from './hosts.ts';

const MAC_OF_B = '02:00:00:02:00:02';

function ports(pa: Partial<BridgePort>, pb: Partial<BridgePort>): HostSpec {
  return {
    ...BRIDGE,
    br: { links: { br0: { kind: 'bridge' }, pa: { master: 'br0', port: pa }, pb: { master: 'br0', port: pb } } },
  };
}

describe('searchSegment()', () => {
  test.each<[string, Partial<BridgePort>, Partial<BridgePort>, string, string]>([
    ['as built', {}, {}, '10.0.0.2', 'delivered'],
    ['one isolated', { isolated: true }, {}, '10.0.0.2', 'delivered'],
    ['both isolated', { isolated: true }, { isolated: true }, '10.0.0.2', 'br:pb port-isolated'],
    ['where it goes out: blocking', {}, { state: 'blocking' }, '10.0.0.2', 'br:pb port-not-forwarding'],
    ['where it comes in: listening', { state: 'listening' }, {}, '10.0.0.2', 'br:pa port-not-forwarding'],
    ['broadcast not flooded', {}, { broadcastFlood: false }, '10.0.0.2', 'br:pb no-flood'],
    ['broadcast not flooded, IPv6', {}, { broadcastFlood: false }, 'fd00::2', 'delivered'],
    ['multicast not flooded, IPv6', {}, { multicastFlood: false }, 'fd00::2', 'br:pb no-flood'],
    ['unknown not flooded, but learned', {}, { flood: false }, '10.0.0.2', 'delivered'],
  ])('passes ports, or says which does not: %s', (_, pa, pb, to, expected) => {
    const host = hostOf(ports(pa, pb));
    const { fate } = walkRoundTrip(host, ask('a', to)).request;
    const search =
      fate.kind === 'dropped' && fate.reason.kind === 'neighbor-unanswered' ? fate.reason.search : undefined;
    const [block] = search?.blocks ?? [];
    expect(block === undefined ? end(host, 'a', to) : `${block.at.netns}:${block.at.device} ${block.because}`).toBe(
      expected,
    );
  });

  test('says which link stands in the way', () => {
    const blocksOf = (host: ReturnType<typeof hostOf>) => {
      const { fate } = walkRoundTrip(host, ask('a', '10.0.0.2')).request;
      return fate.kind === 'dropped' && fate.reason.kind === 'neighbor-unanswered' ? fate.reason.search.blocks : fate;
    };
    expect(blocksOf(tweakLink(hostOf(BRIDGE), 'br:pb', { up: false }))).toEqual([
      { at: { netns: 'br', device: 'pb' }, because: 'link-down' },
    ]);
    expect(blocksOf(tweakLink(hostOf(BRIDGE), 'br:br0', { up: false }))).toEqual([
      { at: { netns: 'br', device: 'br0' }, because: 'link-down' },
    ]);
    const unseen = {
      ...BRIDGE,
      a: { links: { va: { peer: 'unseen', addresses: ['10.0.0.1/24'] } } },
      br: { links: { br0: { kind: 'bridge' }, pb: { master: 'br0' } } },
    };
    expect(blocksOf(hostOf(unseen))).toEqual([{ at: { netns: 'a', device: 'va' }, because: 'peer-unseen' }]);
  });

  test.each([
    [
      'another kind of device',
      (h: ReturnType<typeof hostOf>) => tweakLink(h, 'a:va', { detail: { kind: 'other', infoKind: 'ipvlan' } }),
      /a:va is a ipvlan, which is not modelled/,
    ],
    [
      'VLAN tables that nobody read',
      (h: ReturnType<typeof hostOf>) =>
        forget(
          tweakLink(h, 'br:br0', {
            detail: { kind: 'bridge', stp: false, vlanFiltering: true, nfCallIptables: false, nfCallIp6tables: false },
          }),
          'br',
          'bridgeVlans',
          'no permission',
        ),
      /no permission/,
    ],
    [
      'a program on the device',
      (h: ReturnType<typeof hostOf>) => tweakLink(h, 'b:vb', { unmodelled: ['xdp'] }),
      /b:vb is not modelled \(xdp\)/,
    ],
    [
      'a bond',
      (h: ReturnType<typeof hostOf>) => tweakLink(h, 'b:vb', { master: 'bond0' as never }),
      /b:vb is not modelled \(enslaved to bond0\)/,
    ],
  ])('is undecided behind %s', (_, change, because) => {
    expect(end(change(hostOf(BRIDGE)), 'a', '10.0.0.2')).toMatch(because);
  });

  test('is undecided where the FDB could not be read', () => {
    expect(end(forget(hostOf(BRIDGE), 'br', 'fdb', 'no permission'), 'a', '10.0.0.2')).toMatch(
      /^request undecided: .*no permission/,
    );
  });

  test.each([
    ['a static entry, once the ARP exchange has corrected it', 'static', undefined, 'delivered'],
    ['a static entry that nothing corrects', 'static', 'permanent', 'request frame-blocked at br:pa'],
    ['a learned entry', '', undefined, 'delivered'],
  ])('follows %s', (_, state, entry, expected) => {
    const fdb = {
      known: true,
      value: [fdbEntry(`${MAC_OF_B} dev pa master br0 ${state}`)],
      source: { command: [] },
    } as const;
    const host = tweakNetns(hostOf(BRIDGE), 'br', () => ({ fdb }));
    const neighbors = {
      known: true,
      value: [neighbor(`10.0.0.2 dev va lladdr ${MAC_OF_B}`)],
      source: { command: [] },
    } as const;
    const asked = entry === undefined ? host : tweakNetns(host, 'a', () => ({ neighbors }));
    expect(end(asked, 'a', '10.0.0.2')).toBe(expected);
  });

  test('follows a sticky entry, wrong as it is', () => {
    const sticky = { ...fdbEntry(`${MAC_OF_B} dev pa master br0 static`), flags: ['sticky'] };
    const host = tweakNetns(hostOf(BRIDGE), 'br', () => ({
      fdb: { known: true, value: [sticky], source: { command: [] } },
    }));
    expect(end(host, 'a', '10.0.0.2')).not.toBe('delivered');
  });
});

describe('carryFrame()', () => {
  test('shows a bridged frame on both ports, and one for the bridge itself on the bridge too', () => {
    const spec = {
      ...BRIDGE,
      br: { links: { ...BRIDGE['br']?.links, br0: { kind: 'bridge', addresses: ['10.0.0.254/24'] } } },
    };
    const seen = (from: string, to: string) =>
      walkRoundTrip(hostOf(spec), ask(from, to))
        .request.steps.filter(({ stage }) => ['egress', 'ingress', 'bridge'].includes(stage))
        .map(stepText);
    expect(seen('a', '10.0.0.2')).toEqual([
      'egress a:va',
      'ingress br:pa',
      'bridge br:br0',
      'egress br:pb',
      'ingress b:vb',
    ]);
    expect(seen('a', '10.0.0.254')).toEqual(['egress a:va', 'ingress br:pa', 'bridge br:br0', 'ingress br:br0']);
    expect(seen('br', '10.0.0.1')).toEqual(['egress br:br0', 'bridge br:br0', 'egress br:pa', 'ingress a:va']);
  });

  test.each([
    ['a wire', 'b:vb', 976, 'delivered'],
    ['a wire', 'b:vb', 977, 'request mtu-exceeded at b:vb'],
    ['a bridge port', 'br:pb', 976, 'delivered'],
    ['a bridge port', 'br:pb', 977, 'request mtu-exceeded at br:pb'],
  ])('grants a VLAN tag beyond the MTU of %s (%s, %i bytes)', (_, device, payloadBytes, expected) => {
    const host = tweakLink(hostOf(BRIDGE), device, { mtu: 1000 });
    // What b answers is cut to its own MTU.
    expect(end(host, 'a', '10.0.0.2', { payloadBytes })).toBe(expected);
  });
});

test('resolveNeighbor() is undecided about an address on a device that takes frames in its own way', () => {
  const ipvlan = { links: { iv0: { kind: 'ipvlan', addresses: ['10.0.0.9/24'] } } };
  const host = hostOf({ ...BRIDGE, m: ipvlan });
  expect(end(host, 'a', '10.0.0.9')).toBe('request undecided: 10.0.0.9 is on m:iv0, a ipvlan, which is not modelled');
});

test('searchSegment() takes a tun for the outside', () => {
  const host = hostOf({ a: { links: { t0: { kind: 'tun', addresses: ['10.0.0.1/24'] } } } });
  expect(end(host, 'a', '10.0.0.2')).toBe('request left-host at a:t0');
  expect(end(tweakLink(host, 'a:t0', { mac: undefined }), 'a', '10.0.0.2')).toBe('request left-host at a:t0');
  expect(end(tweakLink(host, 'a:t0', { carrier: false }), 'a', '10.0.0.2')).toBe('request no-carrier at a:t0');
});
