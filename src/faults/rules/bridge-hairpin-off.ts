/**
 * The frame would have to leave the bridge by the port that it came in by.
 *
 * @module
 */

import { portBlockRule } from '../port-block-rule.ts';
import { placeText } from '../search/text.ts';

export const bridgeHairpinOff = portBlockRule({
  code: 'bridge-hairpin-off',
  title: 'A frame would leave by the port that it came in by',
  source: 'net/bridge/br_forward.c: should_deliver()',
  because: 'hairpin-off',
  what: (port) => `the frame came in by ${placeText(port)} and would have to leave by it`,
  why: 'A bridge never sends a frame back through the port that it came in by, unless hairpin is on there',
  setting: () => ({ setting: 'hairpin', on: true }),
  intent: (port) => `Switch hairpin on for ${port.device}`,
  sideEffects: undefined,
});
