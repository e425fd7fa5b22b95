/**
 * Where everything in a drawing goes: laid out by ELK, which knows boxes within boxes and chips on the edge of a box.
 *
 * ELK is large, and loaded only here, when a picture is drawn. The same drawing is laid out the same way every time.
 *
 * Source: https://eclipse.dev/elk/reference.html (layered; org.eclipse.elk.port.borderOffset keeps a chip within its box).
 *
 * @module
 */

import type { ElkEdgeSection, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { Box, Chip, Drawing, Line, Side } from './drawing.ts';
import { chipSize, MARGIN, TITLE_HEIGHT, textWidth } from './measure.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Area extends Point {
  readonly width: number;
  readonly height: number;
}

/** A drawing with its places, all from the picture's own corner. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly { readonly box: Box; readonly area: Area }[];
  readonly chips: readonly { readonly chip: Chip; readonly area: Area }[];
  /** The corners of each line, from its left end. */
  readonly lines: readonly { readonly line: Line; readonly points: readonly Point[] }[];
}

/** Between two boxes, or two chips. */
const BETWEEN = 12;

const ROOT_OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.spacing.nodeNodeBetweenLayers': '56',
  'elk.layered.spacing.edgeNodeBetweenLayers': '20',
  'elk.spacing.nodeNode': String(BETWEEN + TITLE_HEIGHT),
  'elk.spacing.componentComponent': String(BETWEEN + TITLE_HEIGHT),
  'elk.spacing.portPort': '10',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.aspectRatio': '1.6',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.padding': `[top=${BETWEEN + TITLE_HEIGHT},left=${BETWEEN},bottom=${BETWEEN},right=${BETWEEN}]`,
};

/** Between two lines that end at one chip. */
const LINE_DISTANCE = 8;

/** Lay it out. Takes a third of a second to begin with, and a second for a hundred namespaces. */
export async function layOut(drawing: Drawing): Promise<Layout> {
  // A CommonJS module that is its own default.
  const { default: elk } = await import('elkjs/lib/elk.bundled.js');
  const laid = cropped(await new elk.default().layout(graphOf(drawing)), drawing);
  const corners = cornersOf(laid);
  return {
    width: Math.ceil(laid.width ?? 0),
    height: Math.ceil(laid.height ?? 0),
    boxes: drawing.boxes.map((box) => ({ box, area: withTitle(box, corners) })),
    chips: drawing.boxes
      .flatMap(({ ports, inside }) => [...ports.map(({ chip }) => chip), ...inside])
      .map((chip) => ({ chip, area: areaOf(corners, chip.id) })),
    lines: drawing.lines.map((line) => ({ line, points: pointsOf(laid, corners, line) })),
  };
}

/** Room for titles is kept above every box; above the topmost one of the picture, what is not needed goes. */
function cropped(root: ElkNode, { boxes }: Drawing): ElkNode {
  const corners = cornersOf(root);
  const spare = Math.min(...boxes.map((box) => withTitle(box, corners).y)) - BETWEEN;
  if (!Number.isFinite(spare)) return root;
  return { ...root, y: -spare, height: (root.height ?? 0) - spare };
}

function graphOf({ boxes, lines }: Drawing): ElkNode {
  return {
    id: 'root',
    layoutOptions: ROOT_OPTIONS,
    children: boxes.map((box) => nodeOf(box, lines)),
    edges: [...lines, ...boxes.flatMap((box) => unseenLines(box, lines))].map(
      ({ id, from, to }): ElkExtendedEdge => ({ id, sources: [from], targets: [to] }),
    ),
  };
}

function nodeOf({ id, title, note, ports, inside }: Box, lines: readonly Line[]): ElkNode {
  const heading = textWidth(title) + (note === '' ? 0 : MARGIN + textWidth(note)) + 2 * MARGIN;
  const chips = widest(ports, 'west') + widest(ports, 'east');
  const width = Math.max(heading, chips + MARGIN, 60);
  return {
    id,
    layoutOptions: {
      'elk.portConstraints': 'FIXED_SIDE',
      'elk.spacing.nodeNode': String(BETWEEN),
      'elk.nodeSize.constraints': 'PORTS MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width},${TITLE_HEIGHT + MARGIN})`,
      'elk.padding': `[top=${TITLE_HEIGHT},left=${MARGIN},bottom=${MARGIN},right=${MARGIN}]`,
    },
    width,
    height: TITLE_HEIGHT + MARGIN,
    ports: ports.map(({ chip, side }) => {
      const size = chipSize(chip);
      const layoutOptions = { 'elk.port.side': side.toUpperCase(), 'elk.port.borderOffset': String(-size.width) };
      return { id: chip.id, ...size, layoutOptions };
    }),
    // ELK keeps the title free only in a box that holds something.
    children:
      inside.length === 0 ? [{ id: `${id}~`, width: 1, height: 1 }] : inside.map((chip) => chipNode(chip, lines)),
  };
}

/** As tall as its lines need, so that they do not run into one. */
function chipNode(chip: Chip, lines: readonly Line[]): ElkNode {
  const { width, height } = chipSize(chip);
  const most = Math.max(
    ...(['from', 'to'] as const).map((end) => lines.filter((line) => line[end] === chip.id).length),
  );
  return { id: chip.id, width, height: Math.max(height, most * LINE_DISTANCE) };
}

/**
 * ELK puts what no line joins to a chip on the edge anywhere, under that chip too: so there is a line, which nobody draws.
 */
function unseenLines({ ports, inside }: Box, lines: readonly Line[]): readonly Pick<Line, 'id' | 'from' | 'to'>[] {
  const joined = new Set(ports.map(({ chip }) => chip.id));
  for (const id of joined) {
    for (const { from, to } of lines) {
      const next = from === id ? to : to === id ? from : undefined;
      if (next !== undefined && inside.some((chip) => chip.id === next)) joined.add(next);
    }
  }
  const first = (side: Side) => ports.find((port) => port.side === side)?.chip.id;
  const [west, east] = [first('west'), first('east')];
  return inside
    .filter(({ id }) => !joined.has(id))
    .flatMap(({ id }) => [
      ...(west === undefined ? [] : [{ id: `${id}<`, from: west, to: id }]),
      ...(east === undefined ? [] : [{ id: `${id}>`, from: id, to: east }]),
    ]);
}

function widest(ports: Box['ports'], side: 'west' | 'east'): number {
  return Math.max(0, ...ports.filter((port) => port.side === side).map(({ chip }) => chipSize(chip).width + MARGIN));
}

/** ELK tells places from the corner of what something is in. */
function cornersOf(root: ElkNode): ReadonlyMap<string, Area> {
  const areas = new Map<string, Area>();
  const enter = (node: ElkNode, at: Point): void => {
    const corner = { x: at.x + (node.x ?? 0), y: at.y + (node.y ?? 0) };
    areas.set(node.id, { ...corner, width: node.width ?? 0, height: node.height ?? 0 });
    for (const { id, x = 0, y = 0, width = 0, height = 0 } of node.ports ?? []) {
      areas.set(id, { x: corner.x + x, y: corner.y + y, width, height });
    }
    for (const child of node.children ?? []) enter(child, corner);
  };
  enter(root, { x: 0, y: 0 });
  return areas;
}

function areaOf(areas: ReadonlyMap<string, Area>, id: string): Area {
  const area = areas.get(id);
  if (area === undefined) throw new Error(`ELK has lost ${id}`);
  return area;
}

/** ELK keeps the top of a box free only where lines run within it; anywhere else the box begins higher than it says. */
function withTitle({ id, ports }: Box, areas: ReadonlyMap<string, Area>): Area {
  const area = areaOf(areas, id);
  const top = Math.min(area.y, ...ports.map(({ chip }) => areaOf(areas, chip.id).y - TITLE_HEIGHT));
  return { ...area, y: top, height: area.height + area.y - top };
}

function pointsOf(root: ElkNode, areas: ReadonlyMap<string, Area>, { id }: Line): readonly Point[] {
  // Edges within a box are told from that box's corner.
  const edge = root.edges?.find((each) => each.id === id) as (ElkExtendedEdge & { container?: string }) | undefined;
  const corner = areaOf(areas, edge?.container ?? 'root');
  return (edge?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }: ElkEdgeSection) =>
    [startPoint, ...bendPoints, endPoint].map(({ x, y }) => ({ x: corner.x + x, y: corner.y + y })),
  );
}
