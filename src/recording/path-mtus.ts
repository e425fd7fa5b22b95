/**
 * `ip -j route show cache` of both families to what has been learned of paths. Redirects stand there as well, and
 * entries of which nothing is left; only those with an MTU are kept.
 *
 * Source: ip/iproute.c print_route() of iproute2 6.1; net/ipv4/route.c fnhe_dump_bucket().
 *
 * @module
 */

import * as v from 'valibot';
import { type Fact, mapFact } from '../host/fact.ts';
import type { PathMtu } from '../host/path-mtu.ts';
import { familyOf } from '../net/address.ts';
import { AddressField, DeviceField } from './fields.ts';
import { rowsOf } from './output.ts';
import type { RecordedNamespace } from './recording.ts';

const CacheRow = v.looseObject({
  dst: AddressField,
  gateway: v.optional(AddressField),
  /** A gateway of the other family (RFC 5549). */
  via: v.optional(v.looseObject({ host: AddressField })),
  dev: v.optional(DeviceField),
  metrics: v.optional(v.array(v.looseObject({ mtu: v.optional(v.number()) })), []),
});

/** Both families. */
export function pathMtusOf(namespace: RecordedNamespace): Fact<readonly PathMtu[]> {
  const inet = rowsOf(namespace, 'cache4', CacheRow);
  const inet6 = rowsOf(namespace, 'cache6', CacheRow);
  if (!inet.known) return inet;
  return mapFact(inet6, (rows) => [...inet.value, ...rows].flatMap(pathMtu));
}

function pathMtu({ dst, gateway, via, dev, metrics }: v.InferOutput<typeof CacheRow>): readonly PathMtu[] {
  const mtu = metrics.find((metric) => metric.mtu !== undefined)?.mtu;
  if (mtu === undefined) return [];
  return [{ family: familyOf(dst), destination: dst, via: gateway ?? via?.host, device: dev, mtu }];
}
