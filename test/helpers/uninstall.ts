/**
 * Take programs off the machine, as one world sees it.
 *
 * @module
 */

import { expect } from 'vitest';
import type { World } from './world.ts';

/** From a writable layer over the folders that hold them: the PATH alone is not all that nsdiag searches. */
export async function uninstall(world: World, ...programs: readonly string[]): Promise<void> {
  await world.sh(`
    mkdir /run/layers
    mount -t tmpfs layers /run/layers
    for folder in /usr/bin /usr/sbin; do
      layer=/run/layers/$(basename "$folder")
      mkdir -p "$layer/new" "$layer/work"
      mount -t overlay -o "lowerdir=$folder,upperdir=$layer/new,workdir=$layer/work" overlay "$folder"
    done
    for program in ${programs.join(' ')}; do
      while path=$(command -v "$program"); do rm "$path"; hash -r; done
    done`);
  for (const program of programs) expect((await world.run(['sh', '-c', `command -v ${program}`])).exitCode).not.toBe(0);
}
