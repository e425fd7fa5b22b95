/**
 * A device as a chip of a picture: its name, what it is and has, how it is, and what is odd about it. Several that are
 * alike are one chip, which has the first and the last of everything.
 *
 * @module
 */

import type { Mark, Marks } from '../../topology/comparison.ts';
import { odditiesAt, type Topology } from '../../topology/topology.ts';
import { addressTexts, kindText, stateText } from '../device-text.ts';
import { escapeText } from '../escape.ts';
import { rangesText, spanText } from '../text/ranges.ts';
import type { Member } from './crowds.ts';
import type { Chip, ChipText } from './drawing.ts';

/** More addresses than this are counted; the details have all. */
const MOST_ADDRESSES = 4;

/** @param members At least one; alike, when more. */
export function chipOf(topology: Topology, members: readonly Member[], id: string, marks: Marks): Chip {
  const [first] = members;
  if (first === undefined) throw new RangeError('a chip of nothing');
  const { ref, link } = first;
  const odd = odditiesAt(topology, ref);
  const state = stateText(link);
  const addresses = addressTexts(link).map((_, at) =>
    spanText(members.map((each) => addressTexts(each.link)[at] ?? '')),
  );
  const shown = addresses.slice(0, MOST_ADDRESSES);
  const more = addresses.length - shown.length;
  const names = [...new Set(members.map((each) => each.link.name))];
  const kind = kindText(link);
  const kinds = [...(kind === 'veth' ? [] : [kind]), ...(names.length > 1 ? [`${names.length} alike`] : [])];
  const codes = odd.map(({ code }) => code).filter((code) => code !== 'link-down' && code !== 'lo-down');
  return {
    id,
    texts: [
      text(names.length > 3 ? spanText(names) : rangesText(names), 'name'),
      ...(kinds.length === 0 ? [] : [text(kinds.join(', '), 'kind')]),
      ...shown.map((each) => text(each, 'plain')),
      ...(more > 0 ? [text(`and ${more} more`, 'plain')] : []),
      ...(state === undefined ? [] : [text(state, 'warning')]),
      ...[...new Set(codes)].map((code) => text(code, 'warning')),
    ],
    classes: [
      link.detail.kind,
      ...(link.up ? [] : ['down']),
      ...(odd.length > 0 ? ['odd'] : []),
      ...markClasses(marks.ofDevice(ref)),
    ],
    details: members.flatMap((each) => detailsOf(topology, each)),
  };
}

/** The class that paints a mark. */
export function markClasses(mark: Mark | undefined): readonly Mark[] {
  return mark === undefined ? [] : [mark];
}

function detailsOf(topology: Topology, { ref, link }: Member): readonly string[] {
  const mac = link.mac === undefined ? '' : `, ${link.mac}`;
  return [
    `${ref.netns} ${ref.device}: ${kindText(link)}, index ${link.ifindex}, MTU ${link.mtu}${mac}`,
    ...link.addresses.map(({ address, prefixLength, flags }) => [`${address}/${prefixLength}`, ...flags].join(' ')),
    ...odditiesAt(topology, ref).map(({ code, text: what }) => `${code}: ${what}`),
  ];
}

function text(unescaped: string, as: ChipText['as']): ChipText {
  return { text: escapeText(unescaped), as };
}
