/**
 * The sysctls that decide over packets, keyed by their path below /proc/sys with slashes.
 *
 * Slashes because a device name may hold dots (`br0.1`): `net.ipv4.conf.br0.1.forwarding` names nothing, while sysctl(8)
 * reads `net/ipv4/conf/br0.1/forwarding` as it is meant.
 *
 * @module
 */

import type { Fact, Source } from './fact.ts';
import type { DeviceName } from './link.ts';

/** `net/ipv4/conf/eth0/rp_filter` ... */
export type SysctlKey = string & { readonly __brand: 'SysctlKey' };

/** All that were read in one namespace. */
export interface Sysctls {
  readonly values: ReadonlyMap<SysctlKey, string>;
  /** How they were read. */
  readonly source: Source;
  /** Why the whole read failed, when it did; a single absent key is answered by its own reason. */
  readonly unreadable?: string;
}

/** The key of a per-device setting; `all` and `default` are devices to the kernel here. */
export function confKey(protocol: 'ipv4' | 'ipv6', device: DeviceName | 'all' | 'default', name: string): SysctlKey {
  return `net/${protocol}/conf/${device}/${name}` as SysctlKey;
}

/** A setting of the whole namespace, such as `net/ipv4/icmp_echo_ignore_all`. */
export function sysctlKey(path: string): SysctlKey {
  return path as SysctlKey;
}

/** How many connections the namespace has, and may have: the latter is one number for the whole machine. */
export const CONNTRACK_COUNT = sysctlKey('net/netfilter/nf_conntrack_count');
export const CONNTRACK_MAX = sysctlKey('net/netfilter/nf_conntrack_max');

/** Read one integer setting. Unknown when it was not read or is no integer: never a default. */
export function readSysctl(sysctls: Sysctls, key: SysctlKey): Fact<number> {
  const text = sysctls.values.get(key);
  if (text === undefined) return { known: false, why: sysctls.unreadable ?? `${key} could not be read` };
  if (!/^-?\d+$/.test(text)) return { known: false, why: `${key} is "${text}", not a number` };
  return { known: true, value: Number(text), source: { command: ['sysctl', key], line: `${key} = ${text}` } };
}
