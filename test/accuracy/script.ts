/**
 * A case as a script that a person can paste: a private world, the network, what is odd, what is broken, the question.
 *
 * @module
 */

import { type Case, caseText, prepare } from './cases.ts';
import { whyArguments } from './judge.ts';
import { buildScript } from './network.ts';

/** Ends in a shell inside the world, in which everything can be looked at; leaving it removes it all. */
export function rebuildScript(tried: Case): string {
  const { network, oddCommands, faults } = prepare(tried);
  return [
    `# ${caseText(tried)}`,
    `sudo unshare --net --mount --fork bash -c "$(cat <<'END'`,
    'set -eu',
    'mkdir -p /run/netns; mount -t tmpfs none /run/netns',
    ...buildScript(network),
    ...(oddCommands.length > 0 ? ['# what is odd, and harmless', ...oddCommands] : []),
    ...faults.flatMap(({ id, commands }) => [`# ${id}`, ...commands]),
    `node bin/nsdiag.js ${whyArguments(network).join(' ')} || :`,
    'exec bash',
    'END',
    ')"',
  ].join('\n');
}
