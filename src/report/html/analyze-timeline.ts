/**
 * Traffic and findings over time: a lane a capture with its packets, and below it a mark for each frame of a finding,
 * which leads to the finding.
 *
 * @module
 */

import type { AnalysedCapture } from '../../postmortem/capture-analysis.ts';
import type { Volume } from '../../postmortem/volume.ts';
import { isoTime } from '../iso-time.ts';
import { findingId } from './analyze-findings.ts';
import type { AnalyzePage } from './analyze-look.ts';
import { type Markup, markup } from './markup.ts';

/** More captures than these are too many to compare by eye. */
const MOST_LANES = 8;
const WIDTH = 960;
const LANE = { title: 16, bars: 56, marks: 14, gap: 12 } as const;
const LANE_HEIGHT = LANE.title + LANE.bars + LANE.marks + LANE.gap;
const AXIS_HEIGHT = 22;
const MARK = 7;

export const TIMELINE_STYLE = `
svg.timeline { width: 100%; min-width: 34rem; height: auto; font: 11px system-ui, sans-serif; }
svg.timeline text { fill: var(--faint); }
svg.timeline .bar { fill: var(--link); opacity: .75; }
svg.timeline .base { stroke: var(--line); }
svg.timeline .error { fill: var(--bad); } svg.timeline .warning { fill: var(--unsure); } svg.timeline .note { fill: var(--faint); }
`;

/** @returns `undefined` when there is no packet. */
export function timelineMarkup({ analysis, volumes }: AnalyzePage): Markup | undefined {
  const { captures, findings } = analysis;
  const lanes = captures
    .map((capture, index) => ({ capture, index, volume: volumes[index] }))
    .filter(({ capture }) => capture.firstNs !== undefined)
    .slice(0, MOST_LANES);
  const [first] = lanes;
  if (first === undefined) return undefined;
  const spans = lanes.map(({ capture, volume }) => spanOf(capture, volume));
  const [begin = 0n] = spans.map((span) => span.begin).toSorted((a, b) => Number(a - b));
  const seconds = Math.max(1e-6, ...spans.map((span) => Number(span.begin - begin) / 1e9 + span.seconds));
  const x = (ns: bigint) => Math.min(WIDTH, Math.max(0, (Number(ns - begin) / 1e9 / seconds) * WIDTH));
  const height = lanes.length * LANE_HEIGHT + AXIS_HEIGHT;
  const drawn = lanes.map(({ capture, index, volume }, lane) => {
    const top = lane * LANE_HEIGHT;
    const marks = findings.flatMap((finding, at) =>
      finding.frames.flatMap((frame) =>
        frame.capture === index
          ? [
              markMarkup(
                findingId(at),
                finding.severity,
                `${finding.code}, #${frame.number}`,
                x(frame.timestampNs),
                top,
              ),
            ]
          : [],
      ),
    );
    return markup`${laneMarkup(capture, volume, top, x, seconds)}${marks}`;
  });
  const more = captures.length - lanes.length;
  return markup`<div class="scroll" tabindex="0"><svg class="timeline" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Packets and findings over time">
${drawn}<text x="0" y="${height - 8}">${isoTime(begin).slice(11, 23)}</text><text x="${WIDTH / 2}" y="${height - 8}" text-anchor="middle">${secondsText(seconds / 2)}</text><text x="${WIDTH}" y="${height - 8}" text-anchor="end">${secondsText(seconds)}</text>
</svg></div>
${more > 0 ? markup`<p class="faint">${more} more files without a lane.</p>` : ''}`;
}

function spanOf({ firstNs = 0n, lastNs = 0n }: AnalysedCapture, volume: Volume | undefined) {
  const slots = volume === undefined ? 0 : volume.packets.findLastIndex((packets) => packets > 0) + 1;
  const seconds = Math.max(Number(lastNs - firstNs) / 1e9, slots * (volume?.slotSeconds ?? 0));
  return { begin: firstNs, seconds };
}

function laneMarkup(
  { path, firstNs = 0n }: AnalysedCapture,
  volume: Volume | undefined,
  top: number,
  x: (ns: bigint) => number,
  seconds: number,
): Markup {
  const base = top + LANE.title + LANE.bars;
  const most = Math.max(1, ...(volume?.packets ?? []));
  const slotSeconds = volume?.slotSeconds ?? 0;
  const width = Math.max(1, (slotSeconds / seconds) * WIDTH);
  const bars = [...(volume?.packets ?? [])].flatMap((packets, slot) => {
    if (packets === 0) return [];
    const left = x(firstNs + BigInt(Math.round(slot * slotSeconds * 1e9)));
    const height = Math.max(1, (packets / most) * LANE.bars);
    return [
      markup`<rect class="bar" x="${left.toFixed(1)}" y="${(base - height).toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"><title>${packets} packets</title></rect>`,
    ];
  });
  const rate = `at most ${most} packets in ${secondsText(slotSeconds)}`;
  return markup`<text x="0" y="${top + 11}">${path}</text><text x="${WIDTH}" y="${top + 11}" text-anchor="end">${rate}</text>
${bars}<line class="base" x1="0" x2="${WIDTH}" y1="${base}" y2="${base}"/>\n`;
}

function markMarkup(id: string, severity: string, title: string, x: number, top: number): Markup {
  const y = top + LANE.title + LANE.bars + 3;
  const at = Math.min(WIDTH - MARK, Math.max(MARK, x));
  return markup`<a href="#${id}"><path class="${severity}" d="M${at.toFixed(1)} ${y} l${MARK} ${MARK + 3} h-${2 * MARK} z"><title>${title}</title></path></a>\n`;
}

/** `5 ms`, `12.5 s`, `3 min`. */
function secondsText(seconds: number): string {
  if (seconds < 1) return `${Number((seconds * 1000).toPrecision(3))} ms`;
  if (seconds < 120) return `${Number(seconds.toPrecision(3))} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
