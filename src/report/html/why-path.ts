/**
 * The path, place by place, with what each of the three witnesses says of it: the model what happens there, the kernel
 * which way it would take, the wire whether the packet was seen.
 *
 * @module
 */

import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { eventText } from '../../diagnosis/trace-evidence.ts';
import type { RouteWitness } from '../../journey/observation.ts';
import { durationText } from '../duration.ts';
import { type PathRow, pathRows } from '../path-rows.ts';
import { type Markup, type MarkupValue, markup } from './markup.ts';
import { table } from './parts.ts';

/** Both legs; what the kernel says of a namespace stands at the last place there. */
export function pathMarkup(diagnosis: Diagnosis): Markup | undefined {
  const rows = pathRows(diagnosis);
  if (rows.length === 0) return undefined;
  const columns = [
    { title: 'leg', kind: 'name' },
    { title: 'where', kind: 'name' },
    { title: 'the model', kind: 'text' },
    ...(hasKernel(diagnosis) ? [{ title: 'the kernel', kind: 'text' } as const] : []),
    ...(diagnosis.wire === undefined ? [] : [{ title: 'the wire', kind: 'name' } as const]),
  ] as const;
  return table(
    'The path',
    columns,
    rows.map((row, index) => ({
      cells: [
        row.leg === rows[index - 1]?.leg ? '' : row.leg,
        placeMarkup(row),
        row.isDeath ? markup`<strong class="bad">${row.what}</strong>` : row.what,
        ...(hasKernel(diagnosis) ? [isLastThere(row, rows[index + 1]) ? kernelCell(row, diagnosis) : undefined] : []),
        wireCell(row),
      ],
      tone: row.isDeath || row.wire?.seen === false ? ('bad' as const) : undefined,
    })),
  );
}

function placeMarkup({ netns, device }: PathRow): MarkupValue {
  return device === undefined ? netns : markup`${netns} <strong>${device}</strong>`;
}

function isLastThere(row: PathRow, next: PathRow | undefined): boolean {
  return next === undefined || next.netns !== row.netns || next.leg !== row.leg;
}

function hasKernel({ routeWitnesses, wire }: Diagnosis): boolean {
  return routeWitnesses.length > 0 || (wire?.observation.kernel?.events.length ?? 0) > 0;
}

function kernelCell({ netns, leg }: PathRow, { routeWitnesses, wire }: Diagnosis): Markup {
  const isHere = (each: { readonly netns: string; readonly leg: string }) => each.netns === netns && each.leg === leg;
  const events = wire?.observation.kernel?.events ?? [];
  const said = [...routeWitnesses.filter(isHere).map(answerText), ...events.filter(isHere).map(eventText)];
  return markup`${[...new Set(said)].map((line) => markup`<div>${line}</div>`)}`;
}

function answerText({ answer, lookup }: RouteWitness): string {
  if (answer.kind === 'error') return `to ${lookup.destination}: ${answer.text}`;
  const { type, via, device, source } = answer;
  return [
    `to ${lookup.destination}:`,
    ...(type === 'unicast' ? [] : [type]),
    ...(via === undefined ? [] : [`via ${via}`]),
    ...(device === undefined ? [] : [`dev ${device}`]),
    ...(source === undefined ? [] : [`src ${source}`]),
  ].join(' ');
}

function wireCell({ wire }: PathRow): MarkupValue {
  if (wire === undefined) return undefined;
  if (!wire.seen) return markup`<strong class="bad">not seen</strong>`;
  return wire.afterNs === undefined ? 'seen' : `seen after ${durationText(wire.afterNs)}`;
}
