/**
 * An /etc of a private world's own: what is written there is seen in the world alone, and goes with it.
 *
 * A world shares the machine's files, and only a lab that says how names resolve writes any. Limit: files that are mounted
 * over single ones of /etc, as container engines do, show what is beneath them; in a world without a network outside that
 * makes no difference.
 *
 * Source: mount(8), the kernel's Documentation/filesystems/overlayfs.rst.
 *
 * @module
 */

import { Failure } from '../system/failure.ts';
import type { Machine } from './machine.ts';

/** In the world's own /run. */
const LAYERS = '/run/nsdiag/etc';

/** resolv.conf and hosts must be there for a namespace's own to be put over them. */
const MOUNT = `set -e
[ ! -d "$1" ] || exit 0
mkdir -p "$1/upper" "$1/work"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$1/upper,workdir=$1/work" /etc || { rm -r "$1"; exit 1; }
for file in /etc/resolv.conf /etc/hosts; do [ -e "$file" ] || { rm -f "$file"; : >"$file"; }; done`;

/** @param world That it is private is the caller's to know. @throws Failure where the kernel cannot lay one /etc over another. */
export async function givePrivateEtc(world: Machine): Promise<void> {
  const { exitCode, stderr } = await world.run(['sh', '-c', MOUNT, 'mount', LAYERS]);
  if (exitCode === 0) return;
  throw new Failure(
    'command-failed',
    'Cannot give this world files of its own below /etc, which the lab writes: overlayfs cannot be mounted',
    'Load it (modprobe overlay); in a container, run it privileged',
    stderr,
  );
}
