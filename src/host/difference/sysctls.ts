/**
 * Changes of sysctls.
 *
 * @module
 */

import type { NetnsName } from '../link.ts';
import { CONNTRACK_COUNT, type SysctlKey, type Sysctls } from '../sysctl.ts';
import type { Change } from './change.ts';
import { mapTurn, turnsOf } from './turn.ts';

/** Settings that came or went did so with their device or module. */
export function sysctlChanges(
  netns: NetnsName,
  before: Sysctls['values'],
  after: Sysctls['values'],
): readonly Change[] {
  const turns = turnsOf<readonly [SysctlKey, string]>(
    [...before],
    [...after],
    ([key]) => key,
    ([, value]) => value,
  );
  return turns.flatMap((turn): Change[] => {
    const [key] = turn.action === 'deleted' ? turn.before : turn.after;
    return key === CONNTRACK_COUNT ? [] : [{ subject: 'sysctl', netns, key, ...mapTurn(turn, ([, value]) => value) }];
  });
}

const DEVICE_KEY = /^net\/ipv[46]\/(?:conf|neigh)\/([^/]+)\//;

/** The device whose setting it is; `undefined` for one of the whole namespace, `all` and `default` too. */
export function deviceOfKey(key: SysctlKey): string | undefined {
  const [, device] = DEVICE_KEY.exec(key) ?? [];
  return device === 'all' || device === 'default' ? undefined : device;
}
