/**
 * What grep printed of /proc/sys/net to sysctls.
 *
 * A line is `ipv4/conf/eth0/forwarding:1`. A device name may hold dots and quotes, but neither `:` nor white space nor
 * `/` (dev_valid_name()), so the first colon ends the path. A file that is not there is no line: this kernel, or this
 * namespace, has no such setting.
 *
 * @module
 */

import type { SysctlKey, Sysctls } from '../host/sysctl.ts';
import { recordedOutput, sourceOf } from './output.ts';
import { SYSCTL_READ } from './reads.ts';
import type { RecordedNamespace } from './recording.ts';

/** Never fails as a whole without saying so in `unreadable`. */
export function sysctlsOf(namespace: RecordedNamespace): Sysctls {
  const output = recordedOutput(namespace, 'sysctl');
  const values = new Map<SysctlKey, string>();
  for (const line of output?.stdout.split('\n') ?? []) {
    const colon = line.indexOf(':');
    if (colon > 0) values.set(`net/${line.slice(0, colon)}` as SysctlKey, line.slice(colon + 1).trim());
  }
  const source = sourceOf(namespace, ['sysctl', '-a', '-r', '^net']);
  const unreadable = values.size > 0 ? undefined : whyNone(namespace);
  return unreadable === undefined ? { values, source } : { values, source, unreadable };
}

/** grep ends with 2 when only some files could not be read, so its exit code says nothing. */
function whyNone(namespace: RecordedNamespace): string {
  if (namespace.obstacle !== null) return namespace.obstacle;
  const output = recordedOutput(namespace, 'sysctl');
  if (output === undefined) return 'the snapshot does not say: it holds no "sysctl"';
  if (output.exitCode === null) return `${SYSCTL_READ[0]} is not installed`;
  return `/proc/sys/net could not be read${output.stderr === '' ? '' : `: ${output.stderr.split('\n', 1)[0]}`}`;
}
