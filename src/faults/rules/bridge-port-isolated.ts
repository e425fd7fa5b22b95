/**
 * Both ports are isolated, and a bridge passes nothing between two such ports.
 *
 * @module
 */

import { portBlockRule } from '../port-block-rule.ts';
import { placeText } from '../search/text.ts';

export const bridgePortIsolated = portBlockRule({
  code: 'bridge-port-isolated',
  title: 'Two isolated bridge ports',
  source: 'net/bridge/br_private.h: br_skb_isolated(); bridge(8)',
  because: 'port-isolated',
  what: (port) => `${placeText(port)} is isolated, and so is the port that the frame came in by`,
  why: 'A bridge passes no frame from one isolated port to another; one of them has to be open',
  setting: () => ({ setting: 'isolated', on: false }),
  intent: (port) => `Take the isolation off ${port.device}`,
  sideEffects: 'Every isolated port of that bridge then reaches it',
});
