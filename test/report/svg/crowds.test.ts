import { expect, test } from 'vitest';
import { drawPicture, svgFile } from '../../../src/report/svg/picture.ts';
import { drawingOf } from '../../../src/report/svg/topology-drawing.ts';
import { NO_MARKS } from '../../../src/topology/comparison.ts';
import { topologyOf } from '../../../src/topology/topology.ts';
import { deviceRef, tweakLink } from '../../helpers/build-host.ts';
import { crowd } from '../../topology/worlds.ts';

const MANY = tweakLink(crowd(60), 'ns7:eth0', { mtu: 1400 });

function shown(fold: boolean, host = MANY) {
  const { boxes, lines } = drawingOf(topologyOf(host), NO_MARKS, fold).drawing;
  const chips = boxes.flatMap(({ ports, inside }) => [...ports.map(({ chip }) => chip), ...inside]);
  return {
    boxes: boxes.map(({ title, note }) => `${title} ${note}`.trim()),
    chips: chips.map(({ texts }) => texts.map(({ text }) => text).join(' ')),
    lines: lines.length,
  };
}

test('drawingOf() draws many namespaces that are alike as one, with their ports, and the odd one by itself', () => {
  expect(shown(true)).toEqual({
    boxes: ['host', 'ns1…ns60 59 alike', 'ns7'],
    chips: [
      'p1…p60 59 alike',
      'p7',
      'br0 bridge 10.0.0.254/24',
      'eth0 10.0.0.1…10.0.0.60/24',
      'eth0 10.0.0.7/24 mtu-differs',
    ],
    lines: 4,
  });
});

test('drawingOf() draws each when there are few, and when it is asked to', () => {
  expect(shown(true, crowd(30)).boxes).toHaveLength(31);
  expect(shown(false).boxes).toHaveLength(61);
});

test('drawPicture() leads a way through what is drawn as one, and finds each of its members by name', async () => {
  const devices = ['ns9:eth0', 'host:p9', 'host:p7', 'ns7:eth0'].map(deviceRef);
  const path = { legs: [{ leg: 'request' as const, devices }], death: undefined };
  const svg = svgFile(await drawPicture(topologyOf(MANY), { path }));

  expect(svg.match(/class="way request"/g)).toHaveLength(4);
  expect(svg).toMatch(/data-find="[^"]*ns42 eth0: veth/);
});
