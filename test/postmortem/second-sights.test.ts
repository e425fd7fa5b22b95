import { expect, test } from 'vitest';
import { SecondSights } from '../../src/postmortem/second-sights.ts';
import { dissect } from '../../src/wire/dissect.ts';
import { PACKET_TYPE, PacketFields, TCP_FLAG } from '../../src/wire/fields.ts';
import { LINK_TYPE } from '../../src/wire/link-type.ts';
import { joined } from '../helpers/hex.ts';
import { tcp, words } from '../helpers/packets.ts';

interface Sight {
  readonly type: number;
  readonly at?: number;
  readonly ttl?: number;
  readonly id?: number;
}

const IN: Sight = { type: PACKET_TYPE.host };
const OUT: Sight = { type: PACKET_TYPE.outgoing };

/** Of each sight, whether the packet was seen already. */
function again(...sights: readonly Sight[]): readonly boolean[] {
  const seconds = new SecondSights();
  const fields = new PacketFields();
  return sights.map(({ type, at = 0, ttl = 64, id = 7 }) => {
    const ethernet = tcp('10.0.0.1', '10.0.2.1', 40_000, 80, { flags: TCP_FLAG.ack }, { ttl, id });
    const frame = joined(words(type, 1, 6, 0x0200, 0, 1, 0, 0x0800), ethernet.subarray(14));
    fields.bytes = frame;
    fields.view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    fields.start = 0;
    fields.capturedBytes = frame.length;
    fields.originalBytes = frame.length;
    fields.seconds = 1000 + Math.floor(at);
    fields.nanoseconds = Math.round((at % 1) * 1e9);
    dissect(fields, LINK_TYPE.linuxSll);
    return seconds.isAgain(fields);
  });
}

test.each([
  ['what a router passes on', [IN, { ...OUT, ttl: 63 }], [false, true]],
  ['what a bridge hands up and passes on', [{ type: PACKET_TYPE.otherHost }, IN, OUT], [false, true, true]],
  ['not what comes in anew', [IN, { ...OUT, ttl: 63 }, IN, { ...OUT, ttl: 63 }], [false, true, false, true]],
  [
    'not what goes round, a router later each time',
    [IN, { ...OUT, ttl: 63 }, { ...IN, ttl: 62 }],
    [false, true, false],
  ],
  ['not what is sent later', [IN, { ...OUT, at: 0.2 }], [false, false]],
  ['not another packet of the flow', [IN, { ...OUT, id: 8 }], [false, false]],
] as const)('SecondSights takes for seen %s', (_, sights, expected) => {
  expect(again(...sights)).toEqual(expected);
});
