/**
 * The way of a packet through a picture: which chips and lines it passes, and where it dies.
 *
 * @module
 */

import type { DeviceName, DeviceRef, NetnsName } from '../../host/link.ts';
import type { Leg } from '../../journey/journey.ts';
import { deviceKey } from '../../topology/segments.ts';
import type { Box, Line } from './drawing.ts';
import type { TopologyDrawing } from './topology-drawing.ts';

/** Where one leg went: devices in the order in which the packet passed them, the same twice where it turned. */
export interface PathLeg {
  readonly leg: Leg;
  readonly devices: readonly DeviceRef[];
}

export interface PicturePath {
  readonly legs: readonly PathLeg[];
  /** `undefined`: it arrived. Without a device: in the namespace itself, at no device of it. */
  readonly death: { readonly netns: NetnsName; readonly device: DeviceName | undefined } | undefined;
}

/** From one chip to the next: along a line of the drawing, or across their box, where no wire joins them. */
export type Passage =
  | { readonly kind: 'line'; readonly leg: Leg; readonly line: string; readonly from: string }
  | { readonly kind: 'across'; readonly leg: Leg; readonly from: string; readonly to: string };

/** A path within a drawing. */
export interface DrawnPath {
  readonly passages: readonly Passage[];
  /** Chips that it touches. */
  readonly chips: ReadonlySet<string>;
  /** The chip, or else the box. */
  readonly death: string | undefined;
}

/** What is not in the picture is left out. */
export function drawnPath(drawn: TopologyDrawing, { legs, death }: PicturePath): DrawnPath {
  const chipAt = (ref: DeviceRef) => drawn.chipOf.get(deviceKey(ref));
  const dead = death?.device === undefined ? undefined : chipAt({ netns: death.netns, device: death.device });
  return {
    passages: legs.flatMap(({ leg, devices }) =>
      passagesOf(
        drawn,
        leg,
        devices.flatMap((ref) => chipAt(ref) ?? []),
      ),
    ),
    chips: new Set(legs.flatMap(({ devices }) => devices.flatMap((ref) => chipAt(ref) ?? []))),
    death: dead ?? (death === undefined ? undefined : drawn.boxOf.get(death.netns)),
  };
}

function passagesOf({ drawing }: TopologyDrawing, leg: Leg, chips: readonly string[]): readonly Passage[] {
  const boxOf = new Map(drawing.boxes.flatMap((box) => chipsOf(box).map((id) => [id, box.id])));
  return chips.slice(1).flatMap((to, index) => {
    const from = chips[index] ?? to;
    const isWithin = boxOf.get(from) === boxOf.get(to);
    const lines = isWithin
      ? drawing.lines.filter((line) => boxOf.get(line.from) === boxOf.get(line.to))
      : drawing.lines;
    const way = shortestWay(lines, from, to);
    if (way !== undefined) return way.map((step): Passage => ({ kind: 'line', leg, ...step }));
    return isWithin && from !== to ? [{ kind: 'across', leg, from, to }] : [];
  });
}

function chipsOf({ ports, inside }: Box): readonly string[] {
  return [...ports.map(({ chip }) => chip.id), ...inside.map(({ id }) => id)];
}

interface Step {
  readonly line: string;
  /** The chip at which the packet enters the line. */
  readonly from: string;
}

/** A hop may leave out the bridge between two ports. */
const MOST_LINES = 4;

function shortestWay(lines: readonly Line[], from: string, to: string): readonly Step[] | undefined {
  if (from === to) return [];
  const ways: { readonly at: string; readonly steps: readonly Step[] }[] = [{ at: from, steps: [] }];
  const seen = new Set([from]);
  for (const { at, steps } of ways) {
    if (at === to) return steps;
    if (steps.length === MOST_LINES) continue;
    for (const line of lines) {
      const next = line.from === at ? line.to : line.to === at ? line.from : undefined;
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      ways.push({ at: next, steps: [...steps, { line: line.id, from: at }] });
    }
  }
  return undefined;
}
