/**
 * The host that nsdiag collects in a private world, and what of it two readings of one change must agree on.
 *
 * @module
 */

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Host, Netns } from '../../src/host/host.ts';
import { linksOf } from '../../src/host/host.ts';
import type { Link } from '../../src/host/link.ts';
import type { Route } from '../../src/host/route.ts';
import { readRecording } from '../../src/recording/read-recording.ts';
import type { Recording } from '../../src/recording/recording.ts';
import { hostOf } from '../../src/recording/to-host.ts';
import type { World } from '../helpers/world.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const COLLECT = `
  import { collect } from './src/collect/collect.ts';
  import { writeRecording } from './src/recording/read-recording.ts';
  process.stdout.write(writeRecording(await collect({ version: 'test' })));
`;

let program: Promise<string> | undefined;

/** The collector as one file, because Node 20 runs no TypeScript. */
function collector(): Promise<string> {
  program ??= build({
    stdin: { contents: COLLECT, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  }).then(({ outputFiles }) => outputFiles[0]?.text ?? '');
  return program;
}

/** Collect the host in the world. */
export async function collectedIn(world: World): Promise<Host> {
  return hostOf(await recordedIn(world));
}

/** What the commands print in the world. */
export async function recordedIn(world: World): Promise<Recording> {
  const result = await world.run([process.execPath, '--input-type=module'], { input: await collector() });
  const read = readRecording(result.stdout);
  if (read.kind !== 'recording') throw new Error(`no recording: ${result.stderr}${JSON.stringify(read)}`);
  return read.recording;
}

/**
 * What decides over packets and does not come and go by itself: no learned neighbours and FDB entries, no marks of
 * duplicate detection, no multicast and anycast routes.
 */
export function settled(host: Host): unknown {
  return Object.fromEntries(host.namespaces.map((netns) => [netns.name, settledNetns(netns)]));
}

function settledNetns(netns: Netns): unknown {
  const routes = netns.routes.known ? netns.routes.value : [];
  return {
    links: Object.fromEntries(linksOf(netns).map((link) => [link.name, settledLink(link)])),
    routes: routes
      .filter(({ type }) => type !== 'multicast' && type !== 'anycast')
      .map(routeLine)
      .sort(),
    rules: netns.rules.known ? netns.rules.value : netns.rules.why,
    permanent: netns.neighbors.known ? netns.neighbors.value.filter(({ state }) => state === 'permanent') : 'unknown',
    sysctls: Object.fromEntries([...netns.sysctls.values].sort()),
    ruleset: netns.ruleset.known ? netns.ruleset.value.tables : netns.ruleset.why,
  };
}

function settledLink({ ifindex: _, addresses, detail, ...link }: Link): unknown {
  const peer =
    detail.kind === 'veth' && detail.peer.kind === 'found' ? `${detail.peer.netns}:${detail.peer.device}` : '';
  return {
    ...link,
    peer,
    addresses: addresses
      .map(({ address, prefixLength, scope, flags }) =>
        [
          `${address}/${prefixLength}`,
          scope,
          ...flags.filter((flag) => flag === 'secondary' || flag === 'noprefixroute'),
        ].join(' '),
      )
      .sort(),
  };
}

function routeLine(route: Route): string {
  const { family, type, table, metric, prefsrc, scope, protocol, destination, nexthops } = route;
  const hops = nexthops.map(({ via, device, flags }) => `${via ?? '-'} ${device} ${[...flags].sort().join(',')}`);
  const prefix = `${destination.address}/${destination.length}`;
  return [family, type, table, prefix, metric, prefsrc ?? '-', scope, protocol, ...hops].join(' ');
}
