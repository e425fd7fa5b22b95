/**
 * Every packet of the probe that a tcpdump saw, in the order of time.
 *
 * @module
 */

import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { Sighting } from '../../journey/observation.ts';
import { counted } from '../../postmortem/counted.ts';
import { isoTime } from '../iso-time.ts';
import { type Markup, markup } from './markup.ts';
import { table } from './parts.ts';

/** A probe is a few packets; through a hundred hops with errors they are many. */
const MOST_ROWS = 300;

const COLUMNS = [
  { title: 'time', kind: 'name' },
  { title: 'since the first', kind: 'number' },
  { title: 'where', kind: 'name' },
  { title: '', kind: 'name' },
  { title: 'probe', kind: 'number' },
  { title: 'leg', kind: 'name' },
  { title: 'packet', kind: 'text' },
] as const;

/** @returns `undefined` when the wire was not asked. */
export function packetsMarkup({ wire }: Diagnosis): Markup | undefined {
  if (wire === undefined) return undefined;
  const { sightings, watched } = wire.observation;
  const [first] = sightings;
  if (first === undefined) {
    const where = watched.length === 0 ? 'nowhere' : `in ${watched.join(', ')}`;
    return markup`<p>None: tcpdump listened ${where}.</p>`;
  }
  const rows = sightings.slice(0, MOST_ROWS).map((seen) => ({ cells: cellsOf(seen, first.timestampNs) }));
  const left = sightings.length - rows.length;
  const more = left > 0 ? markup`<p class="faint">And ${counted(left, 'packet')} more.</p>` : '';
  return markup`${table('Packets seen', COLUMNS, rows)}${more}`;
}

/** Of the date only the time: the page says of which day it is. */
function cellsOf(seen: Sighting, startNs: bigint) {
  const { timestampNs, netns, device, direction, sequence, leg, what, text, checksum } = seen;
  const wrong = checksum === 'wrong' ? ', checksum wrong' : '';
  return [
    isoTime(timestampNs).slice(11, -1),
    sinceText(timestampNs - startNs),
    markup`${netns} <strong>${device}</strong>`,
    direction,
    what === 'packet' ? sequence : '',
    what === 'packet' ? leg : what,
    `${text}${wrong}`,
  ];
}

/** To the nanosecond where hops are apart by microseconds; between two probes nobody asks for that. */
function sinceText(ns: bigint): string {
  const us = Number(ns) / 1000;
  return us < 10_000 ? `${us.toFixed(3)} µs` : `${(us / 1000).toFixed(3)} ms`;
}
