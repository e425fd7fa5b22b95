/**
 * Whether devices finish the checksums of what they send: asked of ethtool, and only of devices that a loss may hang on.
 *
 * Source: ethtool(8) -k. Text, because the JSON of it is younger (6.10) than what distributions have.
 *
 * @module
 */

import { changeLink } from '../host/change.ts';
import { findNetns, type Host } from '../host/host.ts';
import type { DeviceRef, Link } from '../host/link.ts';
import { argvInNetns } from '../system/enter-netns.ts';
import { run } from '../system/run.ts';

/** The host with what ethtool says of these devices; what it does not tell stays absent. */
export async function withTxChecksumming(
  host: Host,
  devices: readonly DeviceRef[],
  signal: AbortSignal | undefined,
): Promise<Host> {
  const options = signal === undefined ? {} : { signal };
  const answers = await Promise.all(
    devices.map(async (at) => {
      const netns = findNetns(host, at.netns);
      if (netns === undefined) return { at, state: undefined };
      const { stdout } = await run(argvInNetns(netns.entry, ['ethtool', '-k', at.device]), options);
      return { at, state: readTxChecksumming(stdout) };
    }),
  );
  return answers.reduce(
    (known, { at, state }) =>
      state === undefined ? known : changeLink(known, at, (link) => ({ ...link, txChecksumming: state })),
    host,
  );
}

/**
 * Read `ethtool -k`: the feature as a whole, and below it one line for each way to do it, some of them `[fixed]`.
 *
 * @returns `undefined` for what is no answer ("no such device").
 */
export function readTxChecksumming(text: string): Link['txChecksumming'] {
  const [, whole] = /^tx-checksumming: (on|off)/m.exec(text) ?? [];
  if (whole === undefined) return undefined;
  if (whole === 'off') return 'off';
  const ways = [...text.matchAll(/^\ttx-checksum-(?:ipv4|ip-generic|ipv6): on( \[fixed\])?/gm)];
  return ways.some(([, fixed]) => fixed === undefined) ? 'on' : 'fixed';
}
