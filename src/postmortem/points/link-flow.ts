/**
 * Flows that stay on their link, or go to a group.
 *
 * @module
 */

import type { DirectedFlow } from './flow-ids.ts';
import { isOfOneLink } from './packet-key.ts';

/** As isOfOneLink() has it for a packet. */
export function isLinkFlow({ network, source, destination }: DirectedFlow): boolean {
  const [source0 = 0, , , source3 = 0] = source;
  const [dest0 = 0, , , dest3 = 0] = destination;
  return isOfOneLink({ network, source0, source3, dest0, dest3 });
}
