/**
 * What a namespace resolves names by, to the files that `ip netns exec` puts over /etc/resolv.conf and /etc/hosts.
 *
 * Source: ip-netns(8).
 *
 * @module
 */

import { place } from './commands.ts';
import type { Resolver } from './schema.ts';
import { command, type Step } from './step.ts';

const FOLDER = '/etc/netns';

/** The steps that write the files which a resolver of the lab names something for, and no others. */
export function resolverSteps({ netns, servers, hosts }: Resolver): readonly Step[] {
  const purpose = `how ${place(netns)} resolves names`;
  const folder = `${FOLDER}/${netns}`;
  const write = (name: string, lines: readonly string[]): Step => ({
    kind: 'write',
    purpose,
    path: `${folder}/${name}`,
    lines,
  });
  const entries = Object.entries(hosts).map(([name, address]) => `${address} ${name}`);
  return [
    command(purpose, ['mkdir', '-p', folder], { kind: 'folder', path: FOLDER }, { kind: 'folder', path: folder }),
    ...(servers.length === 0
      ? []
      : [
          write(
            'resolv.conf',
            servers.map((server) => `nameserver ${server}`),
          ),
        ]),
    // It stands in the place of the machine's own, and programs look for localhost there.
    ...(entries.length === 0 ? [] : [write('hosts', ['127.0.0.1 localhost', ...entries])]),
  ];
}
