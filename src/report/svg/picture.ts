/**
 * Pictures: who is wired to whom, as SVG, perhaps with the way of a packet drawn in.
 *
 *     const picture = await drawPicture(topologyOf(host), { path });
 *     pageText({ ..., styles: [PICTURE_STYLE], sections: [{ ..., body: picture.markup }] }, origin);
 *     writeWhole('net.svg', svgFile(picture));
 *
 * `path` names the devices that each leg passed, in order (`paths.request` of a diagnosis, those with a device), and
 * where the packet died. For a packet's way on a large machine, draw `among(topology, namespaces)` alone.
 *
 * A chip carries what it stands for in `data-find` (for a search) and tells the rest as its tooltip. Laying out is
 * asynchronous and takes its time; the same topology gives the same picture.
 *
 * @module
 */

import type { Marks } from '../../topology/comparison.ts';
import type { Topology } from '../../topology/topology.ts';
import { type Markup, type MarkupValue, markup, markupText } from '../html/markup.ts';
import type { Chip } from './drawing.ts';
import { type Area, type Layout, layOut, type Point } from './layout.ts';
import { LINE_HEIGHT, MARGIN, textWidth } from './measure.ts';
import { type DrawnPath, drawnPath, type Passage, type PicturePath } from './path.ts';
import { OWN_COLOURS, PICTURE_STYLE } from './style.ts';
import { drawingOf } from './topology-drawing.ts';

/** A picture to put into a page; how it looks is PICTURE_STYLE's. */
export interface Picture {
  readonly markup: Markup;
  /** In px, as drawn. */
  readonly width: number;
  readonly height: number;
}

export interface PictureOptions {
  readonly path?: PicturePath | undefined;
  /** What has become of each thing since an older topology. */
  readonly marks?: Marks | undefined;
  /** Whether of more than forty namespaces those that are alike are drawn as one; if nothing is said, they are. */
  readonly fold?: boolean | undefined;
}

const NO_PATH: DrawnPath = { passages: [], chips: new Set(), death: undefined };

/** Lay out and draw. */
export async function drawPicture(topology: Topology, { path, marks, fold }: PictureOptions = {}): Promise<Picture> {
  const drawn = drawingOf(topology, marks, fold);
  const way = path === undefined ? NO_PATH : drawnPath(drawn, path);
  const layout = await layOut(drawn.drawing);
  return { markup: svgOf(layout, way, topology), width: layout.width, height: layout.height };
}

/** The picture as a file of its own. */
export function svgFile({ markup: svg }: Picture): string {
  const style = `<style>${OWN_COLOURS}${PICTURE_STYLE}</style>\n<rect class="paper" width="100%" height="100%"/>`;
  // Behind the opening tag, which is ours alone.
  return `<?xml version="1.0" encoding="UTF-8"?>\n${markupText(svg).replace('>', `>\n${style}`)}`;
}

function svgOf(layout: Layout, way: DrawnPath, { places }: Topology): Markup {
  const { width, height } = layout;
  return markup`<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${places.length} namespaces and what joins them">
${layout.boxes.map(({ box, area }) => boxMarkup(box, area, way))}
${layout.lines.map(({ line, points }) => markup`<path class="line ${line.classes.join(' ')}" d="${pathData(points)}"/>\n`)}
${way.passages.map((passage) => passageMarkup(passage, layout))}
${layout.chips.map(({ chip, area }) => chipMarkup(chip, area, way))}
${deathMarkup(layout, way)}
</svg>\n`;
}

function boxMarkup(box: Layout['boxes'][number]['box'], area: Area, way: DrawnPath): Markup {
  const classes = ['box', ...box.classes, ...(way.death === box.id ? ['dead'] : [])].join(' ');
  const { x, y, width, height } = rounded(area);
  const noteAt = x + MARGIN + textWidth(box.title) + MARGIN;
  const note =
    box.note === ''
      ? undefined
      : markup`<text class="note" x="${noteAt}" y="${y + LINE_HEIGHT + 3}">${box.note}</text>`;
  return markup`<g class="${classes}" data-find="${box.title}"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/><text class="title" x="${x + MARGIN}" y="${y + LINE_HEIGHT + 3}">${box.title}</text>${note}</g>\n`;
}

function chipMarkup(chip: Chip, area: Area, way: DrawnPath): Markup {
  const marks = [...(way.chips.has(chip.id) ? ['on-way'] : []), ...(way.death === chip.id ? ['dead'] : [])];
  const { x, y, width, height } = rounded(area);
  return markup`<g class="${['chip', ...chip.classes, ...marks].join(' ')}" data-find="${chip.details.join(' ')}"><title>${chip.details.join('\n')}</title><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="3"/>${textsMarkup(chip, x, y)}</g>\n`;
}

/** The kind stands behind the name, everything else below. */
function textsMarkup({ texts }: Chip, x: number, y: number): readonly MarkupValue[] {
  let row = 0;
  return texts.map(({ text, as }, index) => {
    const before = texts[index - 1];
    if (as === 'kind' && before !== undefined) {
      const left = x + MARGIN + textWidth(`${before.text} `);
      return markup`<text class="kind" x="${left}" y="${y + row * LINE_HEIGHT}">${text}</text>`;
    }
    row++;
    return markup`<text class="${as}" x="${x + MARGIN}" y="${y + row * LINE_HEIGHT}">${text}</text>`;
  });
}

/** So far beside the line: both legs may go along it. */
const BESIDE = { request: -2.5, reply: 2.5 } as const;

function passageMarkup(passage: Passage, layout: Layout): MarkupValue {
  const along = cornersOf(passage, layout);
  if (along.length === 0) return undefined;
  const points = along.map(({ x, y }) => ({ x, y: y + BESIDE[passage.leg] }));
  return markup`<path class="way ${passage.leg}" d="${pathData(points)}"/>${arrowHead(points, passage.leg)}\n`;
}

/** In the order in which the packet passes them. */
function cornersOf(passage: Passage, { lines, chips }: Layout): readonly Point[] {
  if (passage.kind === 'line') {
    const laid = lines.find(({ line }) => line.id === passage.line);
    if (laid === undefined) return [];
    return laid.line.from === passage.from ? laid.points : laid.points.toReversed();
  }
  return [passage.from, passage.to].flatMap((id) => {
    const area = chips.find(({ chip }) => chip.id === id)?.area;
    return area === undefined ? [] : [{ x: area.x + area.width / 2, y: area.y + area.height / 2 }];
  });
}

/** Half-way along the longest stretch, where nothing covers it. */
function arrowHead(points: readonly Point[], leg: string): MarkupValue {
  const stretches = points.slice(1).map((to, index) => {
    const from = points[index] ?? to;
    return { from, to, length: Math.hypot(to.x - from.x, to.y - from.y) };
  });
  const [longest] = stretches.toSorted((a, b) => b.length - a.length);
  if (longest === undefined || longest.length === 0) return undefined;
  const { from, to, length } = longest;
  const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  const tip = `${px(x + dx * 7)} ${px(y + dy * 7)}`;
  const wings = [1, -1].map((side) => `${px(x - dx * 5 - dy * 6 * side)} ${px(y - dy * 5 + dx * 6 * side)}`);
  return markup`<path class="head ${leg}" d="M${tip} L${wings.join(' L')} Z"/>`;
}

/** A cross at the corner of where the packet dies. */
function deathMarkup({ chips, boxes }: Layout, { death }: DrawnPath): MarkupValue {
  const area = chips.find(({ chip }) => chip.id === death)?.area ?? boxes.find(({ box }) => box.id === death)?.area;
  if (area === undefined) return undefined;
  const [x, y] = [px(area.x + area.width - 2), px(area.y + 2)];
  return markup`<path class="death" d="M${x - 7} ${y - 7} l14 14 m0 -14 l-14 14"/>`;
}

function pathData(points: readonly Point[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join(' ');
}

function rounded({ x, y, width, height }: Area): Area {
  return { x: px(x), y: px(y), width: px(width), height: px(height) };
}

function px(value: number): number {
  return Math.round(value * 10) / 10;
}
