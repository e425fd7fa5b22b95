import { expect, test } from 'vitest';
import { questionOf } from '../../src/inquest/question-of.ts';
import { pair } from '../faults/worlds.ts';

test.each([
  ['10.0.0.1', '10.0.0.2', 1472],
  ['fd00::1', 'fd00::2', 1452],
])(
  'questionOf() asks from %s to %s with what an IP packet of 1500 bytes carries',
  (source, destination, payloadBytes) => {
    const asked = questionOf(pair(), { kind: 'tcp', source, destination, port: 80, ipBytes: 1500 }, new Set());
    expect(asked).toMatchObject({ kind: 'question', question: { proto: 'icmp', payloadBytes, dontFragment: true } });
  },
);
