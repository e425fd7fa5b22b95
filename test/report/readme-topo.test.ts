/**
 * What README.md shows of `nsdiag topo` is what it prints and draws. To renew the picture after a change that is meant:
 * `npm run vitest -- test/report/readme-topo.test.ts -u`.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drawPicture, svgFile } from '../../src/report/svg/picture.ts';
import { styleOf } from '../../src/report/text/style.ts';
import { topologyText } from '../../src/report/text/topology.ts';
import { topologyOf } from '../../src/topology/topology.ts';
import { showcase } from '../topology/worlds.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test('README.md shows the tree as it is printed', () => {
  const tree = topologyText(topologyOf(showcase()), styleOf(false, 80), {
    fold: true,
    takenAt: undefined,
    compared: undefined,
  });
  const indented = tree.trimEnd().replace(/^(?=.)/gm, '    ');

  expect(README).toContain(`    $ sudo nsdiag topo\n${indented}\n`);
});

test('README.md shows the picture as it is drawn', async () => {
  expect(README).toContain('(captures/pictures/topo.svg)');
  const svg = svgFile(await drawPicture(topologyOf(showcase())));
  await expect(svg).toMatchFileSnapshot('../../captures/pictures/topo.svg');
});
