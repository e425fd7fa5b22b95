/**
 * resolv.conf: which name servers a program asks.
 *
 * Source: resolv.conf(5), glibc's resolv/res_init.c. Not read: zones of link-local servers (`fe80::1%eth0`), which are
 * passed over, and the options and search domains, which decide what is asked and not whom.
 *
 * @module
 */

import { type Address, parseAddress } from '../../net/address.ts';

/** MAXNS: the resolver reads no more. */
const MOST_SERVERS = 3;
/** Whom it asks when the file names nobody, or is not there. */
const DEFAULT_SERVER = '127.0.0.1' as Address;

/** The servers in the order in which they are asked; never empty, but `isDefault` where the file names none. */
export function nameServersIn(text: string): { readonly servers: readonly Address[]; readonly isDefault: boolean } {
  const servers = text.split('\n').flatMap((line) => {
    // A comment begins in the first column; behind the address anything may stand.
    const [, word = ''] = /^nameserver[ \t]+(\S+)/.exec(line) ?? [];
    return parseAddress(word) ?? [];
  });
  const isDefault = servers.length === 0;
  return { servers: isDefault ? [DEFAULT_SERVER] : servers.slice(0, MOST_SERVERS), isDefault };
}
