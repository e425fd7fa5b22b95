/**
 * What `nsdiag capture` says while it runs, a packet at a time. The line grammar stands in ../README.md.
 *
 * @module
 */

import { unreachable } from '../../net/unreachable.ts';
import type { JourneyHop, LiveFate, LiveJourney } from '../../postmortem/live/journey.ts';
import { escapeText } from '../escape.ts';
import { isoTime } from '../iso-time.ts';
import { wrap } from '../width.ts';
import { durationText } from './points.ts';
import type { Style } from './style.ts';

/** Further places of a packet that goes in circles are counted. */
const MOST_PLACES = 24;
const INDENT = '    ';
/** A space at which no line breaks: escaped text has none of these. */
const GLUE = '\u0000';

/**
 * One packet: when, what, then its places with the time from each to the next, and how it ended. On a terminal it breaks
 * where the line is full; elsewhere it is one line, for grep.
 */
export function journeyText(journey: LiveJourney, style: Style, isOneLine: boolean): string {
  const { colors, columns } = style;
  const time = isoTime(journey.timestampNs).slice(11, 23);
  const hops = placesInOrder(journey);
  const places = hops.slice(0, MOST_PLACES).map((hop, at) => placeText(journey, hop, hops[at - 1]));
  const more = hops.length - places.length + journey.moreHops;
  const way = places.join('') + (more > 0 ? ` > and ${more} places more` : '');
  const end = fateText(journey.fate);
  const whole = `${time}  ${journey.text}  ${way} ${end}`;
  const text = isOneLine ? escapeText(whole) : broken(escapeText(whole), columns);
  return paint(text, journey.fate, colors);
}

/** What passes by on a cable that is not on the way is of interest only where the packet ended there. */
function placesInOrder({ hops, fate }: LiveJourney): readonly JourneyHop[] {
  if (fate.kind === 'lost' || fate.kind === 'group') return hops;
  const onWay = hops.filter(({ isBeside }) => !isBeside);
  return onWay.length === 0 ? hops : onWay;
}

/** With what leads there: of a packet that goes to all, a comma begins another branch. */
function placeText({ hops, fate }: LiveJourney, hop: JourneyHop, last: JourneyHop | undefined): string {
  if (last === undefined) return hopText(hop, last);
  const from = fate.kind === 'group' ? hops[hop.from ?? -1] : last;
  return (from === last ? ' > ' : ', ') + hopText(hop, from);
}

function hopText({ netns, device, isBeside, afterNs, changes }: JourneyHop, before: JourneyHop | undefined): string {
  const notes = [...(isBeside ? ['for another MAC'] : []), ...changes];
  const noted = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
  const delay = before === undefined ? '' : ` +${durationText(afterNs - before.afterNs)}`;
  return `${netns}:${device}${delay}${noted}`;
}

/** `✓`, `→ left by ...`, `✗ not seen at ...`. */
function fateText(fate: LiveFate): string {
  switch (fate.kind) {
    case 'arrived':
      return '✓';
    case 'left':
      return `→ ${fate.towards}, where nobody listens`;
    case 'group':
      return '· to all';
    case 'lost': {
      const what = fate.isInPart ? 'not all of it seen' : 'not seen';
      const said = fate.group?.said === undefined ? '' : `; ${fate.group.said}`;
      return `✗ ${what} ${fate.where === undefined ? 'any further' : `at ${fate.where}`} after ${fate.afterMs} ms${said}`;
    }
    case 'unknown':
      return `? ${fate.why}`;
    default:
      return unreachable(fate);
  }
}

/** Broken between two words, but for a number and its unit; two spaces stay two. */
function broken(text: string, columns: number): string {
  const glued = text.replace(/(\+[\d.]+) (?=[nµm]?s\b)/g, `$1${GLUE}`).replaceAll('  ', `${GLUE} `);
  const lines = wrap(glued, columns - INDENT.length).map((line) => line.replaceAll(GLUE, ' ').trimEnd());
  return lines.join(`\n${INDENT}`);
}

function paint(text: string, { kind }: LiveFate, { red, yellow }: Style['colors']): string {
  if (kind === 'lost') return red(text);
  return kind === 'unknown' ? yellow(text) : text;
}
