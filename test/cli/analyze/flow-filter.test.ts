/**
 * The language of `--filter`.
 *
 * @module
 */

import { expect, test } from 'vitest';
import { parseFlowFilter } from '../../../src/cli/analyze/flow-filter.ts';
import type { Address } from '../../../src/net/address.ts';
import type { Flow, FlowSide } from '../../../src/postmortem/flows/flow.ts';

const side = (address: string, port: number): FlowSide => ({
  address: address as Address,
  port,
  packets: 5,
  bytes: 1000,
  payloadBytes: 500,
  sentAgain: 1,
  roundTripNs: undefined,
  windowScale: 7,
});

const FLOW: Flow = {
  capture: 0,
  number: 1,
  protocol: 6,
  client: side('10.1.2.3', 40_000),
  server: side('192.0.2.1', 443),
  vlans: [7],
  tunnel: 'vxlan',
  tunnelId: 42,
  interfaceId: 0,
  ifindex: 0,
  firstFrame: 1,
  firstNs: 0n,
  lastNs: 2_500_000_000n,
  handshakeNs: 20e6,
  end: 'closed',
  isWhole: true,
};

test.each([
  ['tcp', true],
  ['udp', false],
  ['host 10.1.2.3', true],
  ['host 10.1.2.4', false],
  ['net 192.0.2.0/24', true],
  ['client net 192.0.2.0/24', false],
  ['server 192.0.2.1', true],
  ['port 443', true],
  ['port 400-450', true],
  ['port 80', false],
  ['proto 6', true],
  ['vlan 7 and vni 42', true],
  ['end closed', true],
  ['end open or end refused', false],
  ['again > 0', true],
  ['again>2', false],
  ['duration >= 2.5 and rtt < 0.1', true],
  ['not udp and !(port 80 || port 81)', true],
  ['udp and udp or tcp', true],
  ['udp and (udp or tcp)', false],
])('parseFlowFilter() reads %s', (expression, expected) => {
  const parsed = parseFlowFilter(expression);
  expect(parsed.kind === 'filter' && parsed.test(FLOW)).toBe(expected);
});

test.each([
  ['', 0],
  ['tcp and', 7],
  ['tcp udp', 4],
  ['port 70000', 5],
  ['port x', 5],
  ['host 10.1', 5],
  ['end never', 4],
  ['(tcp', 4],
  ['bytes > many', 8],
  ['bytes 7', 6],
  ['foo', 0],
  ['('.repeat(5000), 100],
])('parseFlowFilter() says where %s is wrong', (expression, at) => {
  const parsed = parseFlowFilter(expression);
  expect(parsed.kind === 'mistake' && parsed.mistake.at).toBe(at);
});
