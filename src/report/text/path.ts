/**
 * The path as a table: leg, place, what happens, and whether and when tcpdump saw it there.
 *
 * One row for each place that tcpdump can see and for each change of the packet; the lookups between them (`--json`
 * has them all) show in the row that they lead to. Times count from the first packet that was seen anywhere.
 * Where the wire ends before the model does, so does the table: what comes after would be a tale.
 *
 * @module
 */

import Table from 'cli-table3';
import type { Diagnosis, Hop } from '../../diagnosis/diagnosis.ts';
import { directionOf } from '../../diagnosis/hops.ts';
import { stepText } from '../../diagnosis/step-text.ts';
import type { Journey, Step } from '../../journey/journey.ts';
import { packetText } from '../../journey/packet-text.ts';
import { escapeText } from '../escape.ts';
import { displayWidth, wrap } from '../width.ts';
import { fateText } from './drop-text.ts';
import type { Style } from './style.ts';

interface Row {
  readonly leg: string;
  readonly place: string;
  readonly what: string;
  readonly wire: string;
  readonly isEnd: boolean;
}

const LEG_COLUMNS = 7;
const WIRE_COLUMNS = 12;
/** Two spaces before each of the four columns. */
const GAPS = 8;
/** Longer places are broken: a namespace and a device can have 15 and 255 characters. */
const MOST_PLACE_COLUMNS = 24;

/** The table, both legs. */
export function pathText({ trip, hops, wire }: Diagnosis, style: Style): string {
  const rows = cutAfterLoss([
    ...rowsOf(trip.request, hops.request),
    ...(trip.reply === undefined ? [] : rowsOf(trip.reply, hops.reply)),
  ]);
  const { bold, red, dim } = style.colors;
  const wasAsked = wire !== undefined && wire.observation.sent > 0;
  const placeColumns = Math.min(MOST_PLACE_COLUMNS, Math.max(5, ...rows.map(({ place }) => displayWidth(place))));
  const whatColumns = style.columns - GAPS - LEG_COLUMNS - placeColumns - (wasAsked ? WIRE_COLUMNS : 0);

  const table = emptyTable();
  table.push(['Path', 'where', 'what happens', ...(wasAsked ? ['on the wire'] : [])].map((title) => dim(title)));
  for (const { leg, place, what, wire: seen, isEnd } of rows) {
    const lines = wrap(what, whatColumns).map((line) => (isEnd ? red(line) : line));
    const mark = seen === NOT_SEEN ? red(seen) : seen;
    table.push([bold(leg), wrap(place, placeColumns).join('\n'), lines.join('\n'), ...(wasAsked ? [mark] : [])]);
  }
  return table.toString().replaceAll(/ +$/gm, '');
}

const NOT_SEEN = 'not seen';

/** Keeps the first place behind the last sighting at which the packet was missed, and no row that follows. */
function cutAfterLoss(rows: readonly Row[]): readonly Row[] {
  const last = rows.findLastIndex(({ wire }) => wire !== '' && wire !== NOT_SEEN);
  const missed = rows.findIndex(({ wire }, index) => index > last && wire === NOT_SEEN);
  if (missed < 0 || missed === rows.length - 1) return rows;
  const rest = { leg: '', place: '', what: 'the model expects it to go on from here', wire: '', isEnd: false };
  return [...rows.slice(0, missed + 1), rest];
}

function rowsOf(journey: Journey, hops: readonly Hop[]): readonly Row[] {
  const rows: Omit<Row, 'leg'>[] = [];
  // The n-th step that tcpdump can see is the n-th such hop: `hopsOf` leaves none of them out.
  const seen = hops.filter(({ stage }) => stage === 'egress' || stage === 'ingress').values();
  let route: Extract<Step, { stage: 'route' }> | undefined;
  for (const step of journey.steps) {
    if (step.stage === 'route') route = step;
    const what = whatText(step, route);
    if (what === undefined) continue;
    const hop = directionOf(step) === undefined ? undefined : seen.next().value;
    rows.push({ place: placeText(step), what: escapeText(what), wire: wireText(hop), isEnd: false });
  }
  const end = fateText(journey.fate);
  if (end !== undefined) {
    const device =
      journey.fate.kind === 'dropped' || journey.fate.kind === 'left-host' ? journey.fate.device : undefined;
    const place = placeText({ netns: journey.fate.netns, device });
    rows.push({ place, what: escapeText(end), wire: '', isEnd: journey.fate.kind === 'dropped' });
  }
  return rows.map((row, index) => ({ ...row, leg: index === 0 ? journey.leg : '' }));
}

/** `undefined`: no row of its own. */
function whatText(step: Step, route: Extract<Step, { stage: 'route' }> | undefined): string | undefined {
  switch (step.stage) {
    case 'send':
      return `sends ${packetText(step.packet)}`;
    case 'egress': {
      const via = route?.netns === step.netns && route.device === step.device ? route.nexthop?.via : undefined;
      return via === undefined ? 'out' : `out, towards ${via}`;
    }
    case 'ingress':
      return 'in';
    case 'nat':
    case 'bridge':
    case 'encapsulate':
    case 'decapsulate':
    case 'deliver':
      return stepText(step);
    case 'route':
    case 'rp-filter':
    case 'forward-gate':
    case 'netfilter':
    case 'neighbor':
      return undefined;
  }
}

function placeText({ netns, device }: { readonly netns: string; readonly device: string | undefined }): string {
  return escapeText(device === undefined ? netns : `${netns} ${device}`);
}

function wireText(hop: Hop | undefined): string {
  if (hop?.seen === undefined) return '';
  if (!hop.seen) return NOT_SEEN;
  return hop.afterNs === undefined ? 'seen' : `seen ${durationText(hop.afterNs)}`;
}

/** `12 µs`; from ten milliseconds on, `12 ms`. */
function durationText(ns: bigint): string {
  const us = Number(ns) / 1000;
  return us < 10_000 ? `${String(Math.round(us)).padStart(4)} µs` : `${String(Math.round(us / 1000)).padStart(4)} ms`;
}

/** No lines but the words themselves: it is read over ssh, pasted into tickets, and cut with awk. */
function emptyTable(): Table.Table {
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const lines = { 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '' };
  return new Table({
    chars: { ...none, ...lines, right: '', 'right-mid': '', middle: '' },
    style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [], compact: true },
  });
}
