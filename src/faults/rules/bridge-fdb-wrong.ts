/**
 * The bridge does not know the MAC, and flooding is off on the port behind which it is.
 *
 * Limit: static FDB entries that lead astray are not told from flooding yet.
 *
 * @module
 */

import { portBlockRule } from '../port-block-rule.ts';
import { placeText } from '../search/text.ts';

export const bridgeFdbWrong = portBlockRule({
  code: 'bridge-fdb-wrong',
  title: 'The bridge does not send the frame to the right port',
  source: 'net/bridge/br_forward.c: br_flood(), BR_FLOOD',
  because: 'no-flood',
  what: (port) => `${placeText(port)} gets no frames for MACs that the bridge does not know: flooding is off`,
  why: 'A frame for an unknown MAC goes out of the ports with flooding on; the MAC becomes known when its owner has sent something',
  setting: () => ({ setting: 'flood', on: true }),
  intent: (port) => `Switch flooding on for ${port.device}`,
  sideEffects: undefined,
});
