import { describe, expect, test } from 'vitest';
import { PACKET_TYPE } from '../../../src/wire/fields.ts';
import { LINK_TYPE } from '../../../src/wire/link-type.ts';
import { joined } from '../../helpers/hex.ts';
import { observe, type Seen } from '../../helpers/observe.ts';
import { arpReply, arpRequest, words } from '../../helpers/packets.ts';

const MAC = '02:00:00:00:00:77';
const OTHER = '02:00:00:00:00:88';
const IN = PACKET_TYPE.broadcast;
const OUT = PACKET_TYPE.outgoing;

/** Of a device: which one, which way, and who sends. */
type Sight = readonly [ifindex: number, packetType: number, mac: string, at: number, interfaceId?: number];

/** On all devices of a machine, or of several namespaces. */
function cooked(...sights: readonly Sight[]) {
  const seen = sights.map(([ifindex, packetType, mac, at, interfaceId = 0]): Seen => {
    const [high = 0, middle = 0, low = 0] = (mac.replaceAll(':', '').match(/..../g) ?? []).map((hex) =>
      Number(`0x${hex}`),
    );
    const header = words(0x0806, 0, 0, ifindex, 1, (packetType << 8) | 6, high, middle, low, 0);
    // A reply: nobody waits for an answer to it.
    return { frame: joined(header, arpReply('10.0.0.1', '10.0.0.2', mac).subarray(14)), at, interfaceId };
  });
  return observe(seen, { linkType: LINK_TYPE.linuxSll2 }).filter(({ code }) => code === 'mac-flapping');
}

/** At several interfaces of one file, which do not say which way a frame went. */
function passing(...sights: readonly (readonly [interfaceId: number, target: string, at: number, mac?: string])[]) {
  const seen = sights.map(
    ([interfaceId, target, at, mac = MAC]): Seen => ({ frame: arpRequest('10.0.0.1', target, mac), at, interfaceId }),
  );
  return observe(seen).filter(({ code }) => code === 'mac-flapping');
}

describe('mac-flapping, in a capture of all devices', () => {
  test('is a MAC whose frames go out by a device and come in there, in turn', () => {
    const [finding, ...others] = cooked([3, IN, MAC, 0], [3, OUT, MAC, 1], [3, IN, MAC, 2], [3, OUT, MAC, 3]);

    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'warning', count: 3, likely: ['duplicate-mac'] });
    expect(finding?.what).toContain(`${MAC} is now on one side and now on the other`);
    expect(finding?.what).toContain('go out by ifindex 3 and come in there, 3 times');
    expect(finding?.frames.map(({ number }) => number)).toEqual([2, 3, 4]);
  });

  test.each([
    ['a failover and its way back', cooked([3, IN, MAC, 0], [3, OUT, MAC, 1], [3, IN, MAC, 2])],
    [
      'a bridge: in by a port, up to the bridge, out by another port',
      cooked(
        ...[0, 1, 2, 3].flatMap(
          (at) =>
            [
              [3, IN, MAC, at],
              [9, IN, MAC, at],
              [4, OUT, MAC, at],
            ] as const,
        ),
      ),
    ],
    [
      'two MACs, one on each side',
      cooked([3, IN, MAC, 0], [3, OUT, OTHER, 1], [3, IN, MAC, 2], [3, OUT, OTHER, 3], [3, IN, MAC, 4]),
    ],
    [
      'a frame on its way between two namespaces, whose devices have the same index',
      cooked(
        ...[0, 1, 2, 3].flatMap(
          (at) =>
            [
              [2, OUT, MAC, at, 0],
              [2, IN, MAC, at, 1],
            ] as const,
        ),
      ),
    ],
    [
      'moves hours apart',
      cooked([3, IN, MAC, 0], [3, OUT, MAC, 7200], [3, IN, MAC, 14_400], [3, OUT, MAC, 21_600], [3, IN, MAC, 28_800]),
    ],
    [
      'no address at all, as on lo',
      cooked(...[0, 1, 2, 3, 4].map((at) => [1, at % 2 ? IN : OUT, '00:00:00:00:00:00', at] as const)),
    ],
    [
      'the first version of the header, which does not say the device',
      cooked([0, IN, MAC, 0], [0, OUT, MAC, 1], [0, IN, MAC, 2], [0, OUT, MAC, 3], [0, IN, MAC, 4]),
    ],
  ])('is not %s', (_, findings) => {
    expect(findings).toEqual([]);
  });
});

describe('mac-flapping, at several interfaces', () => {
  const US = 0.000_01;

  test('is a MAC whose frames pass from one to the other, and others of it back', () => {
    const [finding] = passing(
      ...[0, 1, 2, 3].flatMap((at) => {
        const [first, second] = at % 2 === 0 ? [0, 1] : [1, 0];
        return [
          [first, `10.0.0.${at}`, at],
          [second, `10.0.0.${at}`, at + US],
        ] as const;
      }),
    );

    expect(finding).toMatchObject({ count: 3 });
    expect(finding?.what).toMatch(/pass from interface \d to interface \d and from there to here, 3 times/);
  });

  test.each([
    [
      'every frame in one direction',
      passing(
        ...[0, 1, 2, 3].flatMap(
          (at) =>
            [
              [0, '10.0.0.9', at],
              [1, '10.0.0.9', at + US],
            ] as const,
        ),
      ),
    ],
    [
      'one MAC in two networks that are not joined',
      passing(...[0, 1, 2, 3, 4, 5].map((at) => [at % 2, `10.0.0.${at}`, at] as const)),
    ],
    [
      'stamps that do not tell which was first',
      passing(
        ...[0, 1, 2, 3].flatMap(
          (at) =>
            [
              [at % 2, `10.0.0.${at}`, at],
              [1 - (at % 2), `10.0.0.${at}`, at],
            ] as const,
        ),
      ),
    ],
  ])('is not %s', (_, findings) => {
    expect(findings).toEqual([]);
  });
});
