/**
 * A topology as a drawing: namespaces as boxes, devices as chips, those by which a wire leaves the namespace on the edge.
 *
 * Bridges stand in the middle of their box. What leads out of what is shown ends in a box of its own, which says where.
 *
 * @module
 */

import type { DeviceRef } from '../../host/link.ts';
import { type Marks, NO_MARKS } from '../../topology/comparison.ts';
import { deviceKey } from '../../topology/segments.ts';
import type { Place, Topology } from '../../topology/topology.ts';
import type { Wire } from '../../topology/wires.ts';
import { escapeText } from '../escape.ts';
import { spanText } from '../text/ranges.ts';
import { chipOf, markClasses } from './chip.ts';
import { crowdsOf } from './crowds.ts';
import type { Box, Chip, Drawing, Line, Side } from './drawing.ts';
import { ranksOf } from './ranks.ts';

/** A drawing, and which of its chips and boxes stand for what. */
export interface TopologyDrawing {
  readonly drawing: Drawing;
  /** By `deviceKey`. */
  readonly chipOf: ReadonlyMap<string, string>;
  /** The box of a namespace. */
  readonly boxOf: ReadonlyMap<string, string>;
}

interface Drawn {
  readonly id: string;
  readonly box: string;
}

/** An empty namespace says something, but for the one that nsdiag runs in. */
function isWorthABox({ netns, devices, unread }: Place): boolean {
  return netns.entry.kind !== 'here' || devices.length > 0 || unread !== undefined;
}

/**
 * @param marks What has become of each thing since an older topology.
 * @param fold Whether much that is alike is drawn as one.
 */
export function drawingOf(whole: Topology, marks: Marks = NO_MARKS, fold = true): TopologyDrawing {
  const topology = { ...whole, places: whole.places.filter(isWorthABox) };
  const crowds = crowdsOf(topology, marks, fold);
  const drawn = new Map<string, Drawn>();
  crowds.forEach(({ devices }, index) => {
    devices.forEach((members, at) => {
      for (const { ref } of members) drawn.set(deviceKey(ref), { id: `n${index}d${at}`, box: `n${index}` });
    });
  });
  const { joints, beyond } = jointsOf(topology.wires, drawn);
  const ranks = ranksOf(
    [...crowds.map((_, index) => `n${index}`), ...beyond.map(({ id }) => id)],
    joints.map(({ from, to }) => [from.box, to.box]),
  );
  const rank = (id: string) => ranks.get(id) ?? 0;
  const sides = sidesOf(joints, rank);
  const boxes = crowds.map(({ places, devices }, index) => {
    const chips = devices.map((members, at) => chipOf(topology, members, `n${index}d${at}`, marks));
    return boxOf(places, `n${index}`, chips, sides, topology, marks);
  });
  return {
    drawing: { boxes: [...boxes, ...beyond], lines: joints.map((joint) => lineOf(joint, sides, rank, marks)) },
    chipOf: new Map([...drawn].map(([key, { id }]) => [key, id])),
    boxOf: new Map(crowds.flatMap(({ places }, index) => places.map(({ netns }) => [netns.name, `n${index}`]))),
  };
}

/** A wire with the two things that it joins in the picture. */
interface Joint {
  readonly id: string;
  readonly wire: Wire;
  readonly from: Drawn;
  readonly to: Drawn;
}

/** What lies beyond the picture, by the words for it. */
interface Beyond {
  readonly title: string;
  readonly classes: readonly string[];
}

/** Several wires between the same two chips are one line. */
function jointsOf(wires: readonly Wire[], drawn: ReadonlyMap<string, Drawn>) {
  const beyond: Box[] = [];
  const joints = new Map<string, Joint>();
  const toDrawn = ({ title, classes }: Beyond): Drawn => {
    const id = `x${beyond.length}`;
    beyond.push({ id, title: escapeText(title), note: '', classes: ['beyond', ...classes], ports: [], inside: [] });
    return { id, box: id };
  };
  wires.forEach((wire, index) => {
    const [from, to] = [endAt(wire.from, drawn), farEnd(wire, drawn)];
    const key = JSON.stringify([wire.kind, ...[from, to].map((end) => ('id' in end ? end.id : end.title))]);
    if (joints.has(key)) return;
    const [left, right] = [from, to].map((end) => ('id' in end ? end : toDrawn(end)));
    if (left !== undefined && right !== undefined) joints.set(key, { id: `w${index}`, wire, from: left, to: right });
  });
  return { joints: [...joints.values()], beyond };
}

function endAt(ref: DeviceRef, drawn: ReadonlyMap<string, Drawn>): Drawn | Beyond {
  return drawn.get(deviceKey(ref)) ?? { title: `${ref.netns} ${ref.device}`, classes: [] };
}

function farEnd(wire: Wire, drawn: ReadonlyMap<string, Drawn>): Drawn | Beyond {
  switch (wire.kind) {
    case 'veth':
    case 'port':
    case 'stacked':
    case 'tunnel':
      return endAt(wire.to, drawn);
    case 'open-tunnel': {
      const holder = wire.holder && drawn.get(deviceKey(wire.holder));
      return holder ?? { title: wire.remote, classes: ['outside'] };
    }
    case 'outside':
      return { title: 'outside', classes: ['outside'] };
    case 'unseen':
      return { title: `not found: index ${wire.ifindex}`, classes: ['odd'] };
  }
}

/** The edge for each chip by which a wire leaves its box: where most of its wires go. */
function sidesOf(joints: readonly Joint[], rank: (box: string) => number): ReadonlyMap<string, Side> {
  const balance = new Map<string, number>();
  for (const { from, to } of joints) {
    if (from.box === to.box) continue;
    const step = rank(to.box) >= rank(from.box) ? 1 : -1;
    balance.set(from.id, (balance.get(from.id) ?? 0) + step);
    balance.set(to.id, (balance.get(to.id) ?? 0) - step);
  }
  return new Map([...balance].map(([id, sum]) => [id, sum >= 0 ? 'east' : 'west']));
}

function lineOf(
  { id, wire, from, to }: Joint,
  sides: ReadonlyMap<string, Side>,
  rank: (box: string) => number,
  marks: Marks,
): Line {
  const isBackward =
    from.box === to.box ? sides.get(from.id) === 'east' || sides.get(to.id) === 'west' : rank(to.box) < rank(from.box);
  const [left, right] = isBackward ? [to.id, from.id] : [from.id, to.id];
  return { id, from: left, to: right, classes: [wire.kind, ...markClasses(marks.ofWire(wire))] };
}

function boxOf(
  places: readonly Place[],
  id: string,
  chips: readonly Chip[],
  sides: ReadonlyMap<string, Side>,
  { oddities }: Topology,
  marks: Marks,
): Box {
  const [first] = places;
  if (first === undefined) throw new RangeError('a box of nothing');
  const { netns, unread, devices } = first;
  const isEmpty = oddities.some((each) => each.netns === netns.name && each.device === undefined);
  const notes = [
    ...(places.length > 1 ? [`${places.length} alike`] : []),
    ...(unread === undefined ? [] : ['not read']),
    ...(isEmpty && devices.length === 0 ? ['only lo'] : []),
  ];
  const state = unread !== undefined ? ['unread'] : isEmpty ? ['odd'] : [];
  return {
    id,
    title: escapeText(spanText(places.map((place) => place.netns.name))),
    note: notes.join(', '),
    classes: ['netns', ...state, ...markClasses(marks.ofNetns(netns.name))],
    ports: chips.flatMap((chip) => {
      const side = sides.get(chip.id);
      return side === undefined ? [] : [{ chip, side }];
    }),
    inside: chips.filter((chip) => !sides.has(chip.id)),
  };
}
