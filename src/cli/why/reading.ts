/**
 * The reading of this machine, apart from what is made of it, so that it can begin before the rest is loaded.
 *
 * @module
 */

import { collect } from '../../collect/collect.ts';
import type { Recording } from '../../recording/recording.ts';
import { VERSION } from '../version.ts';

/** Begin. A failure is told to whoever awaits it, and to nobody when the command has ended before. */
export function startReading(signal: AbortSignal): Promise<Recording> {
  const reading = collect({ version: VERSION, signal });
  reading.catch(() => undefined);
  return reading;
}
