import { expect, test } from 'vitest';
import { PcapRecords } from '../../../src/capture/pcap-records.ts';
import { Places } from '../../../src/cli/capture/places.ts';
import { Tracking } from '../../../src/cli/capture/tracking.ts';
import { hostOf, netnsName } from '../../helpers/build-host.ts';
import { echo, echoReply } from '../../helpers/packets.ts';
import { cooked, record, streamHead } from '../../helpers/pcap-stream.ts';

const [A, B] = ['10.0.1.1', '10.0.1.2'];
const NS_PER_MS = 1e6;
const OUT = 4;
const IN = 0;

/** ns1 v1 --- v2 ns2, both listened in. */
function tracking(most?: number) {
  const host = hostOf({
    ns1: { links: { v1: { peer: 'ns2:v2', addresses: [`${A}/24`] } } },
    ns2: { links: { v2: { addresses: [`${B}/24`] } } },
  });
  const places = new Places(host);
  for (const [stream, name] of ['ns1', 'ns2'].entries()) {
    places.listen(stream, { netns: netnsName(name), devices: undefined });
  }
  const fates: string[] = [];
  const followed = new Tracking({
    places,
    near: new Set(),
    seed: 1,
    filter: '',
    most,
    whyMissed: () => undefined,
    onDoubt: () => undefined,
    onJourney: ({ kind }) => fates.push(kind),
  });
  const see = (stream: 0 | 1, packetType: typeof IN | typeof OUT, atMs: number, frame: Uint8Array) => {
    const records = new PcapRecords(0);
    records.push(Buffer.concat([streamHead(), record(atMs * NS_PER_MS, cooked(frame, 2, packetType))]));
    followed.see(stream, records);
  };
  return { followed, fates, see };
}

test('Tracking counts no packet as lost that was under way when the capture ended', () => {
  const { followed, fates, see } = tracking();
  see(0, OUT, 0, echo(A, B, 1));
  see(0, OUT, 150, echo(A, B, 2));
  see(0, OUT, 250, echo(A, B, 3));
  see(1, IN, 260, echo(A, B, 3));
  followed.finish(300 * NS_PER_MS, false);
  expect(fates).toEqual(['lost', 'arrived']);
  expect([followed.lost.total, followed.underWay, followed.followed]).toEqual([1, 1, 2]);
});

test('Tracking counts a question that was answered late as answered, and says how late', () => {
  const { followed, see } = tracking();
  for (const number of [1, 2]) {
    see(0, OUT, 0, echo(A, B, number));
    see(1, IN, 1, echo(A, B, number));
  }
  followed.advance(1_200 * NS_PER_MS);
  expect(followed.unanswered.all).toMatchObject([{ packets: 2, lastSeen: 'ns2:v2' }]);
  see(1, OUT, 1_500, echoReply(B, A, 1));
  expect(followed.unanswered.all).toMatchObject([{ packets: 1 }]);
  see(1, OUT, 1_800, echoReply(B, A, 2));
  expect([followed.unanswered.all, followed.unanswered.total]).toEqual([[], 0]);
  expect([followed.slowAnswers, followed.slowestAnswerNs]).toEqual([2, 1_800 * NS_PER_MS]);
});

test('Tracking tells of no more packets than it was asked for', () => {
  const { followed, fates, see } = tracking(2);
  for (const number of [1, 2, 3]) {
    see(0, OUT, number, echo(A, B, number));
    see(1, IN, number + 0.5, echo(A, B, number));
  }
  followed.advance(1_000 * NS_PER_MS);
  expect([fates, followed.followed]).toEqual([['arrived', 'arrived'], 2]);
});
