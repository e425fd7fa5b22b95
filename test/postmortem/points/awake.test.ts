import { describe, expect, test } from 'vitest';
import { echo, echoReply, udp, words } from '../../helpers/packets.ts';
import { match, type Seen } from './at-points.ts';

const [A, B] = ['10.0.0.1', '10.0.0.2'] as const;
/** A request and its reply, 20 µs from point to point; the server has 64 for a TTL, the client's point is a hop away. */
function ping(at: number, sequence: number): { readonly near: readonly Seen[]; readonly far: readonly Seen[] } {
  return {
    near: [
      [at, echo(A, B, sequence, { ttl: 64, id: sequence })],
      [at + 60, echoReply(B, A, sequence, { ttl: 63, id: 1000 + sequence })],
    ],
    far: [
      [at + 20, echo(A, B, sequence, { ttl: 63, id: sequence })],
      [at + 40, echoReply(B, A, sequence, { ttl: 64, id: 1000 + sequence })],
    ],
  };
}
/** Answered by nobody. */
const datagram = (at: number): Seen => [at, udp(A, B, 40_000, 9, words(at & 0xffff), { ttl: 64, id: at & 0xffff })];
const arrived = ([at, frame]: Seen): Seen => [at + 20, frame.map((byte, place) => (place === 22 ? 63 : byte))];

const PINGS = [10_000, 20_000, 30_000, 40_000].map((at, sequence) => ping(at, sequence + 1));
const DATAGRAMS = [11_000, 21_000, 31_000, 41_000].map(datagram);

/** Both at both points, but that the far one saw nothing before or behind some moment. */
function matched(isSeen: (at: number) => boolean, answers = true) {
  const byTime = (seen: readonly Seen[]) => seen.toSorted(([a], [b]) => a - b);
  const near = PINGS.flatMap((each) =>
    answers ? each.near : each.near.filter(([at]) => at % 1000 === 0 || isSeen(at)),
  );
  const far = [...PINGS.flatMap((each) => each.far), ...DATAGRAMS.map(arrived)].filter(([at]) => isSeen(at));
  return match({ name: 'a', seen: byTime([...near, ...DATAGRAMS]) }, { name: 'b', seen: byTime(far) }).analysis;
}

describe('matchPoints() takes for no loss what a capture missed that', () => {
  test.each<[string, (at: number) => boolean]>([
    ['ended before others', (at) => at < 25_000],
    ['began behind others', (at) => at > 25_000],
  ])('%s', (_, isSeen) => {
    const { losses, doubts, findings } = matched(isSeen);

    expect(losses).toEqual([]);
    expect([...doubts]).toEqual([['asleep', 4]]);
    expect(findings).toMatchObject([{ severity: 'note', count: 4 }]);
    expect(findings[0]?.why).toContain('b did not capture then');
  });

  test('but where nothing more came back, the way may have broken', () => {
    const { losses } = matched((at) => at < 25_000, false);

    expect(losses).toMatchObject([{ packets: 4 }]);
  });
});
