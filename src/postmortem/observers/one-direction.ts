/**
 * capture-incomplete, one direction only: acknowledgements of data that the capture does not hold, and no packet at all
 * of the hosts that must have sent it.
 *
 * One connection that is seen both ways, and nothing is said. Then a connection of which one side is missing is a
 * finding about that connection.
 *
 * @module
 */

import { type PacketFields, TCP_FLAG } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { ADDRESS_WORDS, addressText, writeDest, writeSource } from '../address-words.ts';
import { counted } from '../counted.ts';
import type { Finding } from '../finding.ts';
import { FRAME_WORDS, keepFrame, readFrames, SHOWN_FRAMES } from '../frame-words.ts';
import { NumberTable } from '../number-table.ts';
import type { EndOfCapture, Observer } from '../observer.ts';

const MOST_CONNECTIONS = 1024;
/** A kept-alive connection acknowledges the same byte again; new acknowledgements are of new data. */
const LEAST_ADVANCES = 2;

const PORTS = 2 * ADDRESS_WORDS;
const KEY_WORDS = PORTS + 1;
const ACK = 0;
const ADVANCES = 1;
const FRAMES = 2;

export class OneDirection implements Observer {
  readonly #capture: number;
  readonly #connections: NumberTable;
  /** Both directions of a connection were seen: there is nothing more to look for. */
  areBoth = false;

  constructor(capture: number, seed: number) {
    this.#capture = capture;
    this.#connections = new NumberTable(KEY_WORDS, FRAMES + SHOWN_FRAMES * FRAME_WORDS, MOST_CONNECTIONS, seed);
  }

  see(fields: PacketFields, number: number): void {
    if (this.areBoth || fields.protocol !== IP_PROTOCOL.tcp || !fields.hasTransport) return;
    const connections = this.#connections;
    const { key } = connections;
    writeDest(key, 0, fields);
    writeSource(key, ADDRESS_WORDS, fields);
    key[PORTS] = (fields.destPort << 16) | fields.sourcePort;
    if (connections.find() !== -1) {
      this.areBoth = true;
      return;
    }
    if ((fields.tcpFlags & TCP_FLAG.ack) === 0) return;
    writeSource(key, 0, fields);
    writeDest(key, ADDRESS_WORDS, fields);
    key[PORTS] = (fields.sourcePort << 16) | fields.destPort;
    const at = connections.claim();
    if (at === -1) return;
    const { words } = connections;
    const before = words[at + ACK] ?? 0;
    const after = fields.tcpAck | 0;
    words[at + ACK] = after;
    if (connections.isNew || before === after) return;
    const advances = words[at + ADVANCES] ?? 0;
    keepFrame(words, at + FRAMES, advances, number, fields);
    words[at + ADVANCES] = advances + 1;
  }

  conclude(_end: EndOfCapture): readonly Finding[] {
    if (this.areBoth) return [];
    const { words, size } = this.#connections;
    let count = 0;
    let shown = -1;
    for (let index = 0; index < size; index++) {
      const at = this.#connections.entryAt(index);
      if ((words[at + KEY_WORDS + ADVANCES] ?? 0) < LEAST_ADVANCES) continue;
      if (shown === -1) shown = at;
      count++;
    }
    if (shown === -1) return [];
    const from = addressText(words, shown);
    const to = addressText(words, shown + ADDRESS_WORDS);
    const example = count === 1 ? `: from ${from} to ${to}` : `, for example from ${from} to ${to}`;
    return [
      {
        code: 'capture-incomplete',
        severity: 'warning',
        what: `The capture holds one direction only of ${counted(count, 'TCP connection')}${example}`,
        why: 'These packets acknowledge data of the other side, which therefore was sent and did arrive: it is the capture that did not see it',
        frames: readFrames(this.#capture, words, shown + KEY_WORDS + FRAMES, words[shown + KEY_WORDS + ADVANCES] ?? 0),
        count,
        likely: [],
        confirm:
          'Capture on the host itself, or on both ways where the answers take another: ip route get on both hosts',
        cannotTell: 'Whether anything is unanswered: answers are not in it',
      },
    ];
  }
}
