import { expect, test } from 'vitest';
import { arpReply, arpRequest } from '../../helpers/packets.ts';
import { match, type Seen } from './at-points.ts';

const [ASKER, ADDRESS] = ['10.0.0.1', '10.0.0.2'] as const;
const MAC = { asker: '02:00:00:00:00:01', one: '02:00:00:00:00:0a', other: '02:00:00:00:00:0b' } as const;

const request: Seen = [0, arpRequest(ASKER, ADDRESS, MAC.asker)];
const answer = (microseconds: number, mac: string): Seen => [microseconds, arpReply(ADDRESS, ASKER, mac)];

function duplicates(a: readonly Seen[], b: readonly Seen[]) {
  const { findings } = match({ name: 'a', seen: a }, { name: 'b', seen: b }).analysis;
  return findings.filter(({ code }) => code === 'duplicate-address');
}

test('twoOwners() tells of one ARP request that another MAC answered at each of two points', () => {
  expect(duplicates([request, answer(50, MAC.one)], [request, answer(60, MAC.other)])).toMatchObject([
    {
      severity: 'error',
      what: `Two own ${ADDRESS}: ${ASKER} asked for it by ARP, and the answer at a is of another MAC than the answer at b`,
      frames: [
        { capture: 0, number: 2 },
        { capture: 1, number: 2 },
      ],
      subject: ADDRESS,
    },
  ]);
});

test.each<[string, readonly Seen[], readonly Seen[]]>([
  ['both points saw the same answer', [request, answer(50, MAC.one)], [request, answer(60, MAC.one)]],
  ['only one of them saw an answer', [request, answer(50, MAC.one)], [request]],
  [
    'another asked at the second point, as a router does that stands in for the owner',
    [request, answer(50, MAC.one)],
    [[10, arpRequest(ASKER, ADDRESS, MAC.one)], answer(60, MAC.other)],
  ],
  [
    'the second answer is to a later question, after a failover',
    [request, answer(50, MAC.one)],
    [request, [900_000, arpRequest(ASKER, ADDRESS, MAC.asker)], answer(900_050, MAC.other)],
  ],
])('twoOwners() is silent when %s', (_, a, b) => {
  expect(duplicates(a, b)).toEqual([]);
});
