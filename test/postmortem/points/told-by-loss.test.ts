import { expect, test } from 'vitest';
import type { Finding } from '../../../src/postmortem/finding.ts';
import { withLosses } from '../../../src/postmortem/points/told-by-loss.ts';
import { echo, udp } from '../../helpers/packets.ts';
import { finding } from '../../report/example-analyses.ts';
import { match } from './at-points.ts';

const [A, B] = ['10.0.1.1', '10.0.2.1'] as const;
const query = (at: number, ttl = 64) => udp(A, B, 4000 + at, 53, new Uint8Array(20).fill(at), { id: 10 + at, ttl });

/** Two pings pass, four queries of a port each do not. */
const matched = match(
  {
    name: 'a',
    seen: [
      [0, echo(A, B, 1, { id: 1 })],
      ...[1, 2, 3, 4].map((at) => [at * 1000, query(at)] as const),
      [9000, echo(A, B, 2, { id: 2 })],
    ],
  },
  {
    name: 'b',
    seen: [
      [50, echo(A, B, 1, { id: 1, ttl: 63 })],
      [9050, echo(A, B, 2, { id: 2, ttl: 63 })],
    ],
  },
);

function unanswered(different: Partial<Finding>, ...numbers: readonly [number, ...number[]]): Finding {
  const [first, ...others] = numbers.map((number) => ({ capture: 0, number, timestampNs: 0n }));
  return finding({ code: 'dns-unanswered', count: 4, ...different, frames: [first ?? expect.fail(), ...others] });
}

test('withLosses() tells queries without a response with the loss of these queries, a port each', () => {
  expect(withLosses([unanswered({}, 2, 3, 4)], matched)).toMatchObject([
    { code: 'lost-between', severity: 'error', count: 4, echoes: [{ code: 'dns-unanswered' }] },
  ]);
});

test.each([
  ['is about packets that passed', unanswered({ code: 'echo-unanswered', count: 2 }, 1, 6)],
  ['is about many more than were lost', unanswered({ count: 40 }, 2, 3, 4)],
  ['is about packets of which most passed', unanswered({}, 1, 6, 2)],
  ['no loss looks like', unanswered({ code: 'connection-refused' }, 2, 3, 4)],
])('withLosses() leaves apart what %s', (_, other) => {
  const [own, loss, ...others] = withLosses([other], matched);

  expect(own).toBe(other);
  expect([loss, others]).toMatchObject([{ code: 'lost-between' }, []]);
  expect(loss).not.toHaveProperty('echoes');
});

test('withLosses() tells notes of segments sent again with the loss too', () => {
  const again = unanswered({ code: 'out-of-order', severity: 'note', count: 4 }, 2, 3, 4);

  expect(withLosses([again], matched)).toMatchObject([{ code: 'lost-between', echoes: [{ code: 'out-of-order' }] }]);
});

test('withLosses() is without effect where nothing was matched', () => {
  const findings = [unanswered({}, 2)];

  expect(withLosses(findings, undefined)).toBe(findings);
});
