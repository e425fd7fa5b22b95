/**
 * A flow has one number, whoever asks, and is found turned round.
 *
 * @module
 */

import { expect, test } from 'vitest';
import { FlowIds } from '../../../src/postmortem/points/flow-ids.ts';
import { NETWORK } from '../../../src/wire/fields.ts';

const SEED = 7;
/** More than the slots have room for at first, and than are remembered. */
const MANY = 20_000;
const TCP = 6;

/** The words of a flow between hosts of one network, each with an IPv4 or an IPv6 address. */
function wordsOf(network: number, from: number, fromPort: number, to: number, toPort: number): Int32Array {
  const address = (host: number) =>
    network === NETWORK.ipv6 ? [0x20010db8, 0, host, 1] : [0, 0, 0, 0x0a000000 + host];
  return Int32Array.of((network << 16) | TCP, (fromPort << 16) | toPort, ...address(from), ...address(to));
}

const flows = Array.from({ length: MANY }, (_, nth) => {
  const network = nth % 3 === 0 ? NETWORK.ipv6 : NETWORK.ipv4;
  return { network, from: nth % 251, fromPort: 40_000 + nth, to: 300 + (nth % 17), toPort: nth % 2 === 0 ? 443 : 53 };
});

function filled(): FlowIds {
  const ids = new FlowIds(SEED);
  for (const { network, from, fromPort, to, toPort } of flows) ids.of(wordsOf(network, from, fromPort, to, toPort), 0);
  return ids;
}

test('FlowIds.of() numbers flows in the order in which they come, and again the same', () => {
  const ids = filled();

  expect(ids.count).toBe(MANY);
  for (const [nth, { network, from, fromPort, to, toPort }] of flows.entries())
    expect(ids.of(wordsOf(network, from, fromPort, to, toPort), 0)).toBe(nth);
  expect(ids.count).toBe(MANY);
});

test('FlowIds.flow() says what it was asked for, also where it went to another thread', () => {
  const ids = new FlowIds(SEED, structuredClone(filled().parts()));

  for (const [nth, { network, from, fromPort, to, toPort }] of flows.entries()) {
    const words = [...wordsOf(network, from, fromPort, to, toPort)];
    expect(ids.flow(nth)).toEqual({
      ...{ network, protocol: TCP, sourcePort: fromPort & 0xffff, destPort: toPort },
      ...{ source: words.slice(2, 6), destination: words.slice(6) },
    });
  }
});

test('FlowIds.reverseOf() finds the other direction only where it was seen', () => {
  const ids = filled();
  const back = ids.of(wordsOf(NETWORK.ipv6, 300, 443, 0, 40_000), 0);

  expect(back).toBe(MANY);
  expect([ids.reverseOf(0), ids.reverseOf(back), ids.reverseOf(1)]).toEqual([back, 0, undefined]);
});

test('an address of IPv4 and the flow of IPv6 whose last word is the same are two', () => {
  const ids = new FlowIds(SEED);
  const words = wordsOf(NETWORK.ipv4, 1, 2, 3, 4);
  const first = ids.of(words, 0);
  words[0] = (NETWORK.ipv6 << 16) | TCP;

  expect(ids.of(words, 0)).not.toBe(first);
});
