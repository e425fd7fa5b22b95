/**
 * The host of a world, entered from outside the world: for what runs in the test's own process and acts inside.
 *
 * @module
 */

import type { Host, NetnsEntry } from '../../src/host/host.ts';
import { collectIn } from './collect-world.ts';
import type { World } from './world.ts';

/** All namespaces of the world, each entered by the file that stands for it there. */
export async function hostOfWorld(world: World): Promise<Host> {
  const host = await collectIn(world);
  const root = `/proc/${world.pid}/root`;
  const fromOutside = (entry: NetnsEntry): NetnsEntry => {
    switch (entry.kind) {
      case 'here':
        return { kind: 'path', path: `/proc/${world.pid}/ns/net` };
      case 'named':
        return { kind: 'path', path: `${root}/run/netns/${entry.name}` };
      case 'pid':
        return { kind: 'path', path: `${root}/proc/${entry.pid}/ns/net` };
      case 'path':
        return { kind: 'path', path: `${root}${entry.path}` };
    }
  };
  return { ...host, namespaces: host.namespaces.map((netns) => ({ ...netns, entry: fromOutside(netns.entry) })) };
}
