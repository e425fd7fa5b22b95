import { expect, test } from 'vitest';
import { pathMtusOf } from '../../src/recording/path-mtus.ts';
import { namespaceWith, valueIn } from './recorded.ts';

/** As iproute2 6.1 prints it: one that was learned, and one of which nothing is left after a flush. */
const CACHE4 = `[{"type":"1","dst":"10.0.2.1","gateway":"10.0.1.254","dev":"va","flags":[],"cache":[],"expires":599,"metrics":[{"mtu":1400}]},
{"type":"1","dst":"10.0.2.2","gateway":"10.0.1.254","dev":"va","flags":[],"cache":[]}]`;
const CACHE6 = `[{"type":"1","dst":"fd00:2::1","gateway":"fd00:1::254","dev":"va","metric":1024,"flags":[],"expires":599,"metrics":[{"mtu":1380}],"pref":"medium"}]`;

test('pathMtusOf() reads what was learned of paths, in both families', () => {
  expect(valueIn(pathMtusOf(namespaceWith({ cache4: CACHE4, cache6: CACHE6 })))).toEqual([
    { family: 'inet', destination: '10.0.2.1', via: '10.0.1.254', device: 'va', mtu: 1400 },
    { family: 'inet6', destination: 'fd00:2::1', via: 'fd00:1::254', device: 'va', mtu: 1380 },
  ]);
});

test('pathMtusOf() of an older snapshot, which does not hold them, is unknown', () => {
  expect(pathMtusOf(namespaceWith({}))).toMatchObject({ known: false });
});
