/**
 * `addr_info` of `ip -j addr show` to addresses.
 *
 * Source: ip/ipaddress.c print_addrinfo() and print_ifa_flags() of iproute2 6.1: a flag is a key that is `true`. That
 * an address stays (IFA_F_PERMANENT) is the one flag printed by its absence, as `dynamic`.
 *
 * @module
 */

import * as v from 'valibot';
import type { InterfaceAddress } from '../host/link.ts';
import { familyOf, parseAddress } from '../net/address.ts';

/** One address as it is printed. Other families (`mctp` ...) lack `local`, or hold what is no IP address. */
export const AddressRow = v.looseObject({
  local: v.optional(v.string()),
  /** The far end of a point-to-point address. */
  address: v.optional(v.string()),
  prefixlen: v.optional(v.number()),
  scope: v.optional(v.string()),
});

const SCOPES: readonly InterfaceAddress['scope'][] = ['global', 'link', 'host', 'site'];

/** The IP addresses among them. */
export function addressesOf(rows: readonly v.InferOutput<typeof AddressRow>[]): readonly InterfaceAddress[] {
  return rows.flatMap((row) => {
    const address = parseAddress(row.local ?? '');
    if (address === undefined || row.prefixlen === undefined) return [];
    const peer = parseAddress(row.address ?? '');
    const flags = Object.keys(row).filter((key) => row[key] === true);
    return [
      {
        family: familyOf(address),
        address,
        prefixLength: row.prefixlen,
        ...(peer === undefined || peer === address ? {} : { peer }),
        scope: SCOPES.find((scope) => scope === row.scope) ?? 'other',
        flags: flags.includes('dynamic') ? flags : ['permanent', ...flags],
      },
    ];
  });
}
