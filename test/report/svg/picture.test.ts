import { expect, test } from 'vitest';
import type { Host } from '../../../src/host/host.ts';
import { type Area, layOut } from '../../../src/report/svg/layout.ts';
import { drawPicture, svgFile } from '../../../src/report/svg/picture.ts';
import { drawingOf } from '../../../src/report/svg/topology-drawing.ts';
import { topologyOf } from '../../../src/topology/topology.ts';
import { deviceRef, netnsName } from '../../helpers/build-host.ts';
import { bridged, cluttered, crowd, hostile, overlay, stacked } from '../../topology/worlds.ts';

const WORLDS: readonly (readonly [name: string, host: Host])[] = [
  ['a bridge', bridged()],
  ['a tunnel', overlay()],
  ['what stands on another device', stacked()],
  ['devices beside each other', cluttered()],
  ['a dozen containers', crowd(12)],
  ['hostile names', hostile()],
];

const layouts = new Map<Host, ReturnType<typeof layOut>>();

/** Each is laid out once. */
function layoutOf(host: Host): ReturnType<typeof layOut> {
  const layout = layouts.get(host) ?? layOut(drawingOf(topologyOf(host)).drawing);
  layouts.set(host, layout);
  return layout;
}

function overlaps(areas: readonly Area[]): readonly (readonly Area[])[] {
  return areas.flatMap((a, index) =>
    areas
      .slice(index + 1)
      .filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height)
      .map((b) => [a, b]),
  );
}

test.each(WORLDS)(
  'layOut() of %s keeps every chip in its box, below the title, and nothing over anything else',
  async (_, host) => {
    const layout = await layoutOf(host);
    const areaOf = new Map(layout.chips.map(({ chip, area }) => [chip.id, area]));

    expect(layout.boxes.length).toBeGreaterThan(0);
    for (const { box, area } of layout.boxes) {
      for (const chip of [...box.ports.map((port) => port.chip), ...box.inside]) {
        const at = areaOf.get(chip.id) ?? { x: -1, y: -1, width: 0, height: 0 };
        expect(at.x).toBeGreaterThanOrEqual(area.x - 0.1);
        expect(at.y).toBeGreaterThanOrEqual(area.y + 20);
        expect(at.x + at.width).toBeLessThanOrEqual(area.x + area.width + 0.1);
        expect(at.y + at.height).toBeLessThanOrEqual(area.y + area.height + 0.1);
      }
    }
    expect(overlaps(layout.boxes.map(({ area }) => area))).toEqual([]);
    expect(overlaps(layout.chips.map(({ area }) => area))).toEqual([]);
  },
);

test.each(WORLDS)('layOut() of %s leads every line from chip to chip', async (_, host) => {
  const { lines, chips, boxes } = await layoutOf(host);
  const areaOf = new Map([
    ...boxes.map(({ box, area }) => [box.id, area] as const),
    ...chips.map(({ chip, area }) => [chip.id, area] as const),
  ]);
  const isAt = (id: string, point: { x: number; y: number } | undefined) => {
    const area = areaOf.get(id);
    if (area === undefined || point === undefined) return false;
    const { x, y } = point;
    return x >= area.x - 1 && x <= area.x + area.width + 1 && y >= area.y - 1 && y <= area.y + area.height + 1;
  };

  expect(lines.length).toBeGreaterThan(0);
  for (const { line, points } of lines) {
    expect([isAt(line.from, points[0]), isAt(line.to, points.at(-1))]).toEqual([true, true]);
  }
});

test('svgFile() shows names as text, whatever they are', async () => {
  const svg = svgFile(await drawPicture(topologyOf(hostile())));

  expect(svg).toContain('&lt;img onerror=x&gt;');
  expect(svg).toContain('-x--\\u{202e}');
  expect(svg).not.toMatch(/<(img|script)|\u202e/);
});

test('drawPicture() is the same every time', async () => {
  const [first, second] = [await drawPicture(topologyOf(crowd(5))), await drawPicture(topologyOf(crowd(5)))];
  expect(svgFile(first)).toBe(svgFile(second));
});

test('drawPicture() marks the way of each leg, through the bridge that it does not name, and the place of death', async () => {
  const topology = topologyOf(bridged());
  const request = ['ns1:eth0', 'host:p1', 'host:p2', 'ns2:eth0'].map(deviceRef);
  const death = { netns: netnsName('ns2'), device: deviceRef('ns2:eth0').device };
  const svg = svgFile(await drawPicture(topology, { path: { legs: [{ leg: 'request', devices: request }], death } }));

  expect(svg.match(/class="way request"/g)).toHaveLength(4);
  expect(svg.match(/class="chip veth on-way dead"/g)).toHaveLength(1);
  expect(svg.match(/class="death"/g)).toHaveLength(1);
});

test('drawPicture() marks the namespace where the packet died at none of its devices, and leads across a router', async () => {
  const topology = topologyOf(bridged());
  const request = ['ns1:eth0', 'host:p1', 'host:br0', 'host:eth0'].map(deviceRef);
  const death = { netns: netnsName('host'), device: undefined };
  const svg = svgFile(await drawPicture(topology, { path: { legs: [{ leg: 'request', devices: request }], death } }));

  expect(svg.match(/class="way request"/g)).toHaveLength(3);
  expect(svg.match(/class="box netns dead"/g)).toHaveLength(1);
});
