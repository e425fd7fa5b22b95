/**
 * Whether the kernel can be a witness here, for `nsdiag doctor`: tried where nobody is disturbed, in a mount or a network
 * namespace that is gone at once. No instance is made and nothing is traced.
 *
 * @module
 */

import { run } from '../../system/run.ts';
import { TRACEFS } from './tracefs.ts';

const TIMEOUT_MS = 10_000;

/** Prints `ok` once the drop event with its reasons is there; before Linux 5.17 it had none. */
const LOOK_AT_TRACEFS = `
[ -d ${TRACEFS}/instances ] || mount -t tracefs tracefs ${TRACEFS} || exit
format=${TRACEFS}/events/skb/kfree_skb/format
[ -e $format ] || { echo 'the kernel has no event skb:kfree_skb' >&2; exit; }
grep -q reason $format || { echo 'skb:kfree_skb gives no reason' >&2; exit; }
[ -w ${TRACEFS}/instances ] || { echo 'no instance may be made' >&2; exit; }
echo ok
`;

/** Why the tracing events cannot be had; `undefined` when they can. */
export function whyNoTracefs(signal: AbortSignal): Promise<string | undefined> {
  return obstacle(['unshare', '--mount', 'sh', '-c', LOOK_AT_TRACEFS], /^ok$/m, signal);
}

const OWNED_TABLE = `add table inet nsdiag { flags owner; }
list tables
`;

/** Why `nft -i` cannot hold a table of its own; `undefined` when it can. Tried in a network namespace of its own. */
export function whyNoNftTrace(signal: AbortSignal): Promise<string | undefined> {
  const argv = ['unshare', '--net', 'env', 'HOME=/nonexistent', 'nft', '-i'] as const;
  return obstacle(argv, /table inet nsdiag\b/, signal, OWNED_TABLE);
}

/** Instances of this PID namespace whose keeper was killed. The next one removes them (tracefs.ts). */
export async function deadInstances(signal: AbortSignal): Promise<readonly string[]> {
  const script = `
    [ -d ${TRACEFS}/instances ] || mount -t tracefs tracefs ${TRACEFS} || exit
    cd ${TRACEFS}/instances && for name in nsdiag-$(readlink /proc/self/ns/pid | tr -dc 0-9)-*; do
      [ -d "$name" ] && ! [ -d "/proc/\${name##*-}" ] && echo "$name"
    done`;
  const { stdout } = await run(['unshare', '--mount', 'sh', '-c', script], { signal, timeoutMs: TIMEOUT_MS });
  return stdout.split('\n').filter((name) => name !== '');
}

async function obstacle(
  argv: Parameters<typeof run>[0],
  isFine: RegExp,
  signal: AbortSignal,
  input = '',
): Promise<string | undefined> {
  const { stdout, stderr, missing } = await run(argv, { signal, timeoutMs: TIMEOUT_MS, input });
  if (isFine.test(stdout)) return undefined;
  if (missing) return `${argv[0]} is not installed, or not on the PATH`;
  const [complaint = ''] = `${stderr}${stdout}`.split('\n').filter((line) => line.trim() !== '');
  return complaint === '' ? 'it says nothing' : complaint;
}
