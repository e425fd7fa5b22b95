/**
 * Everybody who looks at the packets of a capture.
 *
 * @module
 */

import type { Observer } from '../observer.ts';
import { CutPackets } from './capture-incomplete.ts';

/** @param capture Its index among those that are analysed together. */
export function observersOf(capture: number): readonly Observer[] {
  return [new CutPackets(capture)];
}
