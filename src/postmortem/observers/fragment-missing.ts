/**
 * fragment-missing: packets of which some fragments were seen and others never.
 *
 * Fragments are counted by their bytes, so that order does not matter; at each place of the capture alone. Not
 * distinguished: fragments that overlap.
 *
 * @module
 */

import type { PacketFields } from '../../wire/fields.ts';
import { ADDRESS_WORDS, addressText, writeDest, writeSource } from '../address-words.ts';
import { counted } from '../counted.ts';
import type { Finding } from '../finding.ts';
import type { Frame } from '../frame.ts';
import { FRAME_WORDS, readFrame, SHOWN_FRAMES, secondsBetween, writeFrame } from '../frame-words.ts';
import { NumberTable } from '../number-table.ts';
import type { EndOfCapture, Missed, Observer } from '../observer.ts';
import { Places } from './places.ts';

const MOST_PACKETS = 65_536;
/** Fragments of one packet leave together; a second later none comes any more. */
const PATIENCE_SECONDS = 1;
/** How long Linux keeps an id apart from the next packet with it (ipfrag_time). */
const ID_SECONDS = 30;

// The key: source, destination, id, protocol, place.
const ID = 2 * ADDRESS_WORDS;
const PROTOCOL = ID + 1;
const PLACE = ID + 2;
const KEY_WORDS = ID + 3;

// Bytes seen; bytes of the whole once the last fragment was seen, else 0; whether the first was; the last seen.
const SEEN = 0;
const WHOLE = 1;
const FIRST = 2;
const LAST = 3;
const VALUE_WORDS = LAST + FRAME_WORDS;

export class MissingFragments implements Observer {
  readonly #capture: number;
  readonly #packets: NumberTable;
  readonly #places = new Places();
  /** Then the first fragment of a tunnel's packet reads as what it carries. */
  #hasTunnels = false;

  constructor(capture: number, seed: number) {
    this.#capture = capture;
    this.#packets = new NumberTable(KEY_WORDS, VALUE_WORDS, MOST_PACKETS, seed);
  }

  see(fields: PacketFields, number: number, interfaceId: number): void {
    if (fields.fragmentOffsetBytes === 0 && !fields.moreFragments) {
      this.#hasTunnels = true;
      return;
    }
    const packets = this.#packets;
    writeSource(packets.key, 0, fields);
    writeDest(packets.key, ADDRESS_WORDS, fields);
    packets.key[ID] = fields.ipId | 0;
    packets.key[PROTOCOL] = fields.protocol;
    packets.key[PLACE] = this.#places.indexOf(fields, interfaceId);
    const at = packets.claim();
    if (at === -1) return;
    const { words } = packets;
    const isFirst = fields.fragmentOffsetBytes === 0;
    const bytes = isFirst ? Math.max(0, fields.ipEndAt - fields.transportAt) : fields.payloadBytes;
    const sinceSeconds = secondsBetween(words, at + LAST, fields.seconds, fields.nanoseconds);
    if (!packets.isNew && isComplete(words, at) && sinceSeconds > ID_SECONDS) words.fill(0, at, at + VALUE_WORDS);
    words[at + SEEN] = (words[at + SEEN] ?? 0) + bytes;
    if (isFirst) words[at + FIRST] = 1;
    if (!fields.moreFragments) words[at + WHOLE] = fields.fragmentOffsetBytes + bytes;
    writeFrame(words, at + LAST, number, fields);
  }

  missed(): readonly Missed[] {
    return [{ code: 'fragment-missing', packets: this.#packets.refused }];
  }

  conclude({ lastNs }: EndOfCapture): readonly Finding[] {
    if (lastNs === undefined) return [];
    const { words, size } = this.#packets;
    const pairs = new Map<string, Incomplete>();
    for (let index = 0; index < size; index++) {
      const at = this.#packets.entryAt(index);
      const values = at + KEY_WORDS;
      const key = `${addressText(words, at)} to ${addressText(words, at + ADDRESS_WORDS)}`;
      const pair = pairs.get(key) ?? { packets: 0, missing: 0, withFirst: 0, withLast: 0, frames: [] };
      pairs.set(key, pair);
      pair.packets++;
      const ageSeconds = secondsBetween(
        words,
        values + LAST,
        Number(lastNs / 1_000_000_000n),
        Number(lastNs % 1_000_000_000n),
      );
      const isFresh = ageSeconds <= PATIENCE_SECONDS && words[values + WHOLE] === 0;
      const hasFirst = words[values + FIRST] === 1;
      if (isComplete(words, values) || (isFresh && size > 1) || (!hasFirst && this.#hasTunnels)) continue;
      pair.missing++;
      if (hasFirst) pair.withFirst++;
      if (words[values + WHOLE] !== 0) pair.withLast++;
      if (pair.frames.length < SHOWN_FRAMES) pair.frames.push(readFrame(this.#capture, words, values + LAST));
    }
    return [...pairs].flatMap(([hosts, pair]) => finding(hosts, pair));
  }
}

interface Incomplete {
  packets: number;
  missing: number;
  withFirst: number;
  withLast: number;
  readonly frames: Frame[];
}

function isComplete(words: Int32Array, at: number): boolean {
  const whole = words[at + WHOLE] ?? 0;
  return whole > 0 && words[at + FIRST] === 1 && (words[at + SEEN] ?? 0) >= whole;
}

function finding(hosts: string, { packets, missing, withFirst, withLast, frames }: Incomplete): readonly Finding[] {
  const [first, ...others] = frames;
  if (first === undefined) return [];
  const always =
    withFirst === missing && withLast === 0
      ? ' Only first fragments came: whatever drops the others cannot see ports in them'
      : withFirst === 0
        ? ' The first fragments never came, which are the ones with ports and of full size'
        : '';
  return [
    {
      code: 'fragment-missing',
      severity: 'error',
      what: `${missing} of ${counted(packets, 'fragmented packet')} from ${hosts} never came whole`,
      why: `One lost fragment loses the whole packet: the receiver waits for it and throws the others away.${always}`,
      frames: [first, ...others],
      count: missing,
      subject: hosts,
      likely: ['firewall-drop', 'mtu-exceeded', 'mtu-blackhole', 'tc-drop'],
      confirm: 'Send the same in packets that fit: if they arrive, fragments are what is dropped',
      cannotTell: 'Whether the missing fragments were sent: capture at the sender',
    },
  ];
}
