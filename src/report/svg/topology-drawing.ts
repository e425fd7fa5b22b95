/**
 * A topology as a drawing: namespaces as boxes, devices as chips, those by which a wire leaves the namespace on the edge.
 *
 * Bridges stand in the middle of their box. What leads out of what is shown ends in a box of its own, which says where.
 *
 * @module
 */

import type { DeviceRef, Link } from '../../host/link.ts';
import { type Mark, type Marks, NO_MARKS } from '../../topology/comparison.ts';
import { deviceKey } from '../../topology/segments.ts';
import { odditiesAt, type Place, type Topology } from '../../topology/topology.ts';
import type { Wire } from '../../topology/wires.ts';
import { addressTexts, kindText, stateText } from '../device-text.ts';
import { escapeText } from '../escape.ts';
import type { Box, Chip, ChipText, Drawing, Line } from './drawing.ts';
import { ranksOf } from './ranks.ts';

/** More addresses than this are counted; the details have all. */
const MOST_ADDRESSES = 4;

/** A drawing, and which of its chips and lines stand for what. */
export interface TopologyDrawing {
  readonly drawing: Drawing;
  /** By `deviceKey`. */
  readonly chipOf: ReadonlyMap<string, string>;
  readonly wireOf: ReadonlyMap<string, Wire>;
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

/** @param marks What has become of each thing since an older topology. */
export function drawingOf(whole: Topology, marks: Marks = NO_MARKS): TopologyDrawing {
  const topology = { ...whole, places: whole.places.filter(isWorthABox) };
  const drawn = new Map<string, Drawn>();
  topology.places.forEach(({ netns, devices }, index) => {
    devices.forEach(({ name }, at) => {
      drawn.set(deviceKey({ netns: netns.name, device: name }), { id: `n${index}d${at}`, box: `n${index}` });
    });
  });
  const beyond: Box[] = [];
  const joints = topology.wires.flatMap((wire, index) => jointOf(wire, index, drawn, beyond));
  const boxIds = [...topology.places.map((_, index) => `n${index}`), ...beyond.map(({ id }) => id)];
  const ranks = ranksOf(
    boxIds,
    joints.map(({ from, to }) => [from.box, to.box]),
  );
  const rank = (id: string) => ranks.get(id) ?? 0;
  const sides = sidesOf(joints, rank);
  const boxes = topology.places.map((place, index) => {
    const chips = place.devices.map((link, at) => chipOf(topology, place, link, `n${index}d${at}`, marks));
    return boxOf(place, `n${index}`, chips, sides, topology, marks);
  });
  return {
    drawing: { boxes: [...boxes, ...beyond], lines: joints.map((joint) => lineOf(joint, sides, rank, marks)) },
    chipOf: new Map([...drawn].map(([key, { id }]) => [key, id])),
    wireOf: new Map(joints.map(({ id, wire }) => [id, wire])),
    boxOf: new Map(topology.places.map(({ netns }, index) => [netns.name, `n${index}`])),
  };
}

/** A wire with the two things that it joins in the picture. */
interface Joint {
  readonly id: string;
  readonly wire: Wire;
  readonly from: Drawn;
  readonly to: Drawn;
}

function jointOf(wire: Wire, index: number, drawn: ReadonlyMap<string, Drawn>, beyond: Box[]): readonly Joint[] {
  const at = (ref: DeviceRef | undefined) => (ref === undefined ? undefined : drawn.get(deviceKey(ref)));
  const outOfSight = (title: string, ...classes: string[]): Drawn => {
    const id = `x${beyond.length}`;
    beyond.push({ id, title: escapeText(title), note: '', classes: ['beyond', ...classes], ports: [], inside: [] });
    return { id, box: id };
  };
  const end = (ref: DeviceRef): Drawn => at(ref) ?? outOfSight(`${ref.netns} ${ref.device}`);
  switch (wire.kind) {
    case 'veth':
    case 'port':
    case 'stacked':
    case 'tunnel':
      return [{ id: `w${index}`, wire, from: end(wire.from), to: end(wire.to) }];
    case 'open-tunnel': {
      const to = at(wire.holder) ?? outOfSight(wire.remote, 'outside');
      return [{ id: `w${index}`, wire, from: end(wire.from), to }];
    }
    case 'outside':
      return [{ id: `w${index}`, wire, from: end(wire.from), to: outOfSight('outside', 'outside') }];
    case 'unseen':
      return [
        { id: `w${index}`, wire, from: end(wire.from), to: outOfSight(`not found: index ${wire.ifindex}`, 'odd') },
      ];
  }
}

/** The edge for each chip by which a wire leaves its box: where most of its wires go. */
function sidesOf(joints: readonly Joint[], rank: (box: string) => number): ReadonlyMap<string, 'west' | 'east'> {
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
  sides: ReadonlyMap<string, 'west' | 'east'>,
  rank: (box: string) => number,
  marks: Marks,
): Line {
  const isBackward =
    from.box === to.box ? sides.get(from.id) === 'east' || sides.get(to.id) === 'west' : rank(to.box) < rank(from.box);
  const [left, right] = isBackward ? [to.id, from.id] : [from.id, to.id];
  return { id, from: left, to: right, classes: [wire.kind, ...listed(marks.ofWire(wire))] };
}

function boxOf(
  { netns, unread, devices }: Place,
  id: string,
  chips: readonly Chip[],
  sides: ReadonlyMap<string, 'west' | 'east'>,
  { oddities }: Topology,
  marks: Marks,
): Box {
  const isEmpty = oddities.some((each) => each.netns === netns.name && each.device === undefined);
  const note = unread !== undefined ? 'not read' : isEmpty && devices.length === 0 ? 'only lo' : '';
  const ports = chips.flatMap((chip) => {
    const side = sides.get(chip.id);
    return side === undefined ? [] : [{ chip, side }];
  });
  const state = unread !== undefined ? ['unread'] : isEmpty ? ['odd'] : [];
  return {
    id,
    title: escapeText(netns.name),
    note,
    classes: ['netns', ...state, ...listed(marks.ofNetns(netns.name))],
    ports,
    inside: chips.filter((chip) => !sides.has(chip.id)),
  };
}

function chipOf(topology: Topology, { netns }: Place, link: Link, id: string, marks: Marks): Chip {
  const ref = { netns: netns.name, device: link.name };
  const odd = odditiesAt(topology, ref);
  const state = stateText(link);
  const addresses = addressTexts(link);
  const shown = addresses.slice(0, MOST_ADDRESSES);
  const more = addresses.length - shown.length;
  const kind = kindText(link);
  const plain = (text: string): ChipText => ({ text: escapeText(text), as: 'plain' });
  const warning = (text: string): ChipText => ({ text: escapeText(text), as: 'warning' });
  const codes = odd.map(({ code }) => code).filter((code) => code !== 'link-down' && code !== 'lo-down');
  return {
    id,
    texts: [
      { text: escapeText(link.name), as: 'name' },
      ...(kind === 'veth' ? [] : [{ text: escapeText(kind), as: 'kind' as const }]),
      ...shown.map(plain),
      ...(more > 0 ? [plain(`and ${more} more`)] : []),
      ...(state === undefined ? [] : [warning(state)]),
      ...[...new Set(codes)].map(warning),
    ],
    classes: [
      link.detail.kind,
      ...(link.up ? [] : ['down']),
      ...(odd.length > 0 ? ['odd'] : []),
      ...listed(marks.ofDevice(ref)),
    ],
    details: [
      `${netns.name} ${link.name}: ${kind}, index ${link.ifindex}, MTU ${link.mtu}${link.mac === undefined ? '' : `, ${link.mac}`}`,
      ...link.addresses.map(({ address, prefixLength, flags }) => [`${address}/${prefixLength}`, ...flags].join(' ')),
      ...odd.map(({ code, text }) => `${code}: ${text}`),
    ],
  };
}

function listed(mark: Mark | undefined): readonly Mark[] {
  return mark === undefined ? [] : [mark];
}
