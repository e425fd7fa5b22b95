/**
 * The name server of the labs, told what it knows; and an /etc of a world's own to name it in.
 *
 * @module
 */

import { nameServerProgram } from '../../src/lab/listener.ts';
import { givePrivateEtc } from '../../src/lab/private-etc.ts';
import type { Argv } from '../../src/system/run.ts';
import type { World } from './world.ts';

/**
 * Says `ready` when it listens.
 *
 * @param names The IPv4 address of each, or NODATA, SERVFAIL, REFUSED; of every other it says that there is no such name.
 */
export function nameServer(address: string, names: Readonly<Record<string, string>>): Argv {
  const program = nameServerProgram(names, { address, port: 53 });
  return [process.execPath, '-e', `${program}.on("listening", () => console.log("ready"))`];
}

/** From now on what is written below /etc stays in the world. */
export async function giveOwnEtc(world: World): Promise<void> {
  await givePrivateEtc(world);
  await world.sh('mkdir -p /etc/netns');
}
