/**
 * What some faults of the labs need besides the tools of every lab. Where it is missing a test is skipped, and says so.
 *
 * @module
 */

import type { World } from './world.ts';

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  'bad-offload': ['perl', 'ethtool'],
  'conntrack-stale': ['conntrack'],
};

/** Skip the test when a program is missing that the fault, or its repair, is made with. */
export async function skipWithout(
  world: World,
  codes: readonly string[],
  skip: (condition: boolean, note: string) => void,
): Promise<void> {
  for (const program of codes.flatMap((code) => PROGRAMS[code] ?? [])) {
    const { missing } = await world.run([program, '--version']);
    skip(missing, `${program} is not installed`);
  }
}
