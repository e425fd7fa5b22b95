/**
 * Taking something off a device that takes frames there, as the host after it.
 *
 * @module
 */

import { changeLink } from './change.ts';
import type { Host } from './host.ts';
import type { Interceptor } from './interceptor.ts';
import type { DeviceRef } from './link.ts';

/** `tc qdisc del`, `tc filter del`, `ip link set dev DEV xdp off`. */
export function deleteInterceptor(host: Host, ref: DeviceRef, gone: Interceptor): Host {
  return changeLink(host, ref, ({ interceptors = [], ...link }) => {
    const left = interceptors.filter((each) => each !== gone);
    return left.length === 0 ? link : { ...link, interceptors: left };
  });
}
