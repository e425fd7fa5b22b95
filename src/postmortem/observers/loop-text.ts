/**
 * What packets that come round again mean: the findings of routing-loop and l2-loop.
 *
 * @module
 */

import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { ADDRESS_WORDS, addressText } from '../address-words.ts';
import { counted } from '../counted.ts';
import type { Finding } from '../finding.ts';
import { readFrames } from '../frame-words.ts';
import type { NumberTable } from '../number-table.ts';
import { trafficOf } from '../traffic.ts';

/** The key of a loop, and its values. */
export const LOOP_KEY = {
  source: 0,
  dest: ADDRESS_WORDS,
  /** 1: the same frame with the same TTL. */
  isFrame: 2 * ADDRESS_WORDS,
  isArp: 2 * ADDRESS_WORDS + 1,
  words: 2 * ADDRESS_WORDS + 2,
} as const;
export const LOOP_VALUE = { sights: 0, packets: 1, kept: 2, lowestTtl: 3, place: 4, frames: 5 } as const;

const SHOWN_PAIRS = 3;

interface Loop {
  readonly isFrame: boolean;
  readonly hosts: string;
  readonly source: string;
  readonly dest: string;
  readonly sights: number;
  readonly packets: number;
  readonly lowestTtl: number;
  readonly frames: Finding['frames'];
}

export function loopFindings(capture: number, loops: NumberTable): readonly Finding[] {
  const all = Array.from({ length: loops.size }, (_, index) => loopAt(capture, loops, loops.entryAt(index)));
  const storms = all.filter(({ isFrame }) => isFrame);
  return [...all.filter(({ isFrame }) => !isFrame).map(routingLoop), ...l2Loop(storms)];
}

function loopAt(capture: number, { words, key }: NumberTable, at: number): Loop {
  const values = at + key.length;
  const sights = words[values + LOOP_VALUE.sights] ?? 0;
  const source = addressText(words, at + LOOP_KEY.source);
  const dest = addressText(words, at + LOOP_KEY.dest);
  const isArp = words[at + LOOP_KEY.isArp] === 1;
  return {
    isFrame: words[at + LOOP_KEY.isFrame] === 1,
    hosts: `${source} ${isArp ? 'asking for' : 'to'} ${dest}`,
    source,
    dest,
    sights,
    packets: words[values + LOOP_VALUE.packets] ?? 0,
    lowestTtl: words[values + LOOP_VALUE.lowestTtl] ?? 0,
    frames: readFrames(capture, words, values + LOOP_VALUE.frames, words[values + LOOP_VALUE.kept] ?? 1),
  };
}

function routingLoop({ hosts, source, dest, sights, packets, lowestTtl, frames }: Loop): Finding {
  return {
    code: 'routing-loop',
    severity: 'error',
    what: `${counted(packets, 'packet')} from ${hosts} ${packets === 1 ? 'goes' : 'go'} round: seen again ${counted(sights, 'time')} here, with a TTL that falls to ${lowestTtl}`,
    why: 'The same packet passes the same link again, a router later each time: routers send it to each other until its TTL runs out',
    frames,
    count: sights,
    likely: ['routing-loop', 'wrong-gateway', 'wrong-route'],
    confirm: `On both routers of this link: ip route get ${dest}`,
    cannotTell: 'Which of the routers should send it elsewhere',
    about: trafficOf(IP_PROTOCOL.icmp, source, dest, undefined),
    subject: hosts,
  };
}

/** In a storm everything goes round: it is one finding. */
function l2Loop(storms: readonly Loop[]): readonly Finding[] {
  const [first] = storms;
  if (first === undefined) return [];
  const shown = storms.slice(0, SHOWN_PAIRS).map(({ hosts }) => hosts);
  const others = storms.length - shown.length;
  const count = storms.reduce((sum, { sights }) => sum + sights, 0);
  return [
    {
      code: 'l2-loop',
      severity: 'error',
      what: `The same frames come again and again, ${counted(count, 'copy', 'copies')}: from ${shown.join(', ')}${others > 0 ? ` and ${others} others` : ''}`,
      why: 'No router touched them, for their TTL is the same: bridges or cables form a ring, in which a broadcast never ends',
      frames: first.frames,
      count,
      likely: [],
      confirm: 'bridge link; and bridge fdb show: a MAC that wanders between ports. STP on, or one cable out',
      subject: 'storm',
      cannotTell: 'Which cable closes the ring, unless several ports were captured',
    },
  ];
}
