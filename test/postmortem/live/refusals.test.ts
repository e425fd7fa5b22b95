import { expect, test } from 'vitest';
import { FlowReader } from '../../../src/postmortem/live/flow-reader.ts';
import type { LostGroup } from '../../../src/postmortem/live/journey.ts';
import { isIcmpError, quoteIn, Refusals, refusalText } from '../../../src/postmortem/live/refusals.ts';
import { dissect } from '../../../src/wire/dissect.ts';
import { PacketFields } from '../../../src/wire/fields.ts';
import { LINK_TYPE } from '../../../src/wire/link-type.ts';
import { joined } from '../../helpers/hex.ts';
import { arpRequest, echo, icmp, icmpv6, tcp, udp, words } from '../../helpers/packets.ts';

const [A, B, ROUTER] = ['10.0.1.1', '10.0.2.1', '10.0.1.254'];
const ETHERNET_BYTES = 14;
const flows = new FlowReader();

function fieldsOf(frame: Uint8Array, capturedBytes = frame.length): PacketFields {
  const fields = new PacketFields();
  fields.bytes = frame;
  fields.view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  fields.capturedBytes = capturedBytes;
  fields.originalBytes = frame.length;
  dissect(fields, LINK_TYPE.ethernet);
  return fields;
}

/** The flow of a frame, as it is known when it is lost. */
function flowOf(frame: Uint8Array) {
  return flows.flowOf(
    { bytes: frame, start: 0, capturedBytes: frame.length, originalBytes: frame.length },
    LINK_TYPE.ethernet,
  );
}

function unreachable(lost: Uint8Array): Uint8Array {
  return icmp(ROUTER, A, 3, 1, joined(words(0, 0), lost.subarray(ETHERNET_BYTES)));
}

function group(): LostGroup {
  return { text: 'one of them', lastSeen: 'ns1:a', where: undefined, packets: 1 };
}

/** An error, heard as a capture hears it. */
function hear(refusals: Refusals, error: Uint8Array, atNs: number): void {
  const fields = fieldsOf(error);
  expect(isIcmpError(fields)).toBe(true);
  refusals.hear(flows.flowOf(quoteIn(fields), LINK_TYPE.raw), atNs, () => refusalText(error, LINK_TYPE.ethernet));
}

test.each([
  ['an echo request', echo(A, B, 1)],
  ['a segment', tcp(A, B, 4000, 80, { flags: 2, seq: 3e9 })],
  ['a datagram', udp(A, B, 4000, 53)],
])('Refusals says who refused %s, whether it is told as lost before or after', (_, lost) => {
  const [before, after] = [group(), group()];
  const early = new Refusals();
  hear(early, unreachable(lost), 0);
  early.ask([flowOf(lost)], before, 200e6);
  const late = new Refusals();
  late.ask([flowOf(lost)], after, 200e6);
  expect(after.said).toBeUndefined();
  hear(late, unreachable(lost), 3e9);
  const said = `${ROUTER} says: Destination Host Unreachable`;
  expect([before.said, after.said]).toEqual([said, said]);
});

test('Refusals takes no error for one about another flow, and none of long ago', () => {
  const refusals = new Refusals();
  hear(refusals, unreachable(tcp(A, B, 4000, 80, { flags: 2 })), 0);
  const [other, later] = [group(), group()];
  refusals.ask([flowOf(tcp(A, B, 4001, 80, { flags: 2 })), flowOf(tcp(B, A, 80, 4000, { flags: 2 }))], other, 0);
  refusals.ask([flowOf(tcp(A, B, 4000, 80, { flags: 2 }))], later, 6e9);
  expect([other.said, later.said]).toEqual([undefined, undefined]);
});

test('Refusals is told in words what is too large for a wire', () => {
  const lost = echo(A, B, 1);
  const error = icmp(ROUTER, A, 3, 4, joined(words(0, 1400), lost.subarray(ETHERNET_BYTES)));
  expect(refusalText(error, LINK_TYPE.ethernet)).toBe(`${ROUTER} says: Frag needed and DF set (mtu = 1400)`);
  const quoted = udp('2001:db8::1', '2001:db8::2', 1, 2).subarray(ETHERNET_BYTES);
  const tooBig = icmpv6('2001:db8::ff', '2001:db8::1', 2, joined(words(0, 1280), quoted));
  expect(isIcmpError(fieldsOf(tooBig))).toBe(true);
  expect(refusalText(tooBig, LINK_TYPE.ethernet)).toBe('2001:db8::ff says: Packet too big: mtu=1280');
  expect(flows.flowOf(quoteIn(fieldsOf(tooBig)), LINK_TYPE.raw)).toEqual(
    flowOf(udp('2001:db8::1', '2001:db8::2', 1, 2)),
  );
});

test('isIcmpError() is about nothing but errors, and quoteIn() answers wherever one is cut', () => {
  for (const frame of [
    echo(A, B, 1),
    arpRequest(A, B),
    tcp(A, B, 1, 2, { flags: 2 }),
    icmpv6('fe80::1', 'ff02::1', 134, words(0, 0)),
  ])
    expect(isIcmpError(fieldsOf(frame))).toBe(false);
  const error = unreachable(tcp(A, B, 4000, 80, { flags: 2 }));
  for (let cut = 0; cut <= error.length; cut++) {
    const fields = fieldsOf(error, cut);
    if (isIcmpError(fields)) flows.flowOf(quoteIn(fields), LINK_TYPE.raw);
  }
});

test('Refusals keeps no endless list', () => {
  const refusals = new Refusals();
  const flow = flowOf(udp(A, B, 1, 2));
  let made = 0;
  for (let port = 0; port < 3_000; port++) {
    refusals.hear({ ...flow, sourcePort: port }, 0, () => {
      made++;
      return 'said';
    });
  }
  const groups = Array.from({ length: 3_000 }, group);
  for (const [port, each] of groups.entries()) refusals.ask([{ ...flow, sourcePort: port }], each, 0);
  expect(groups.filter(({ said }) => said !== undefined)).toHaveLength(1_024);
  expect(made).toBe(1_024);
});
