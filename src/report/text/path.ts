/**
 * The path as a table: leg, place, what happens, and whether and when tcpdump saw it there.
 *
 * @module
 */

import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { durationText } from '../duration.ts';
import { escapeText } from '../escape.ts';
import { type PathRow, pathRows } from '../path-rows.ts';
import { displayWidth, wrap } from '../width.ts';
import type { Style } from './style.ts';
import { emptyTable } from './table.ts';

const LEG_COLUMNS = 7;
const WIRE_COLUMNS = 12;
/** Two spaces between the four columns. */
const GAPS = 6;
/** Longer places are broken: a device can have 15 characters, and a namespace 255. */
const MOST_PLACE_COLUMNS = 24;

/** The table, both legs. */
export function pathText(diagnosis: Diagnosis, style: Style): string {
  const { bold, red, dim } = style.colors;
  const wasAsked = diagnosis.wire !== undefined && diagnosis.wire.observation.sent > 0;
  const rows = pathRows(diagnosis);
  const placeColumns = Math.min(MOST_PLACE_COLUMNS, Math.max(5, ...rows.map((row) => displayWidth(placeText(row)))));
  const whatColumns = style.columns - GAPS - LEG_COLUMNS - placeColumns - (wasAsked ? WIRE_COLUMNS : 0);

  const table = emptyTable();
  table.push(['Path', 'where', 'what happens', ...(wasAsked ? ['on the wire'] : [])].map((title) => dim(title)));
  for (const [index, row] of rows.entries()) {
    const leg = row.leg === rows[index - 1]?.leg ? '' : bold(row.leg);
    const place = wrap(placeText(row), placeColumns).join('\n');
    const what = wrap(escapeText(row.what), whatColumns).map((line) => (row.isDeath ? red(line) : line));
    const wire = row.wire?.seen === false ? red(wireText(row)) : wireText(row);
    table.push([leg, place, what.join('\n'), ...(wasAsked ? [wire] : [])]);
  }
  return table.toString().replaceAll(/ +$/gm, '');
}

function placeText({ netns, device }: PathRow): string {
  return escapeText(device === undefined ? netns : `${netns} ${device}`);
}

function wireText({ wire }: PathRow): string {
  if (wire === undefined) return '';
  if (!wire.seen) return 'not seen';
  return wire.afterNs === undefined ? 'seen' : `seen ${durationText(wire.afterNs).padStart(7)}`;
}
