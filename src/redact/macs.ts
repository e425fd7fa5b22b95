/**
 * MACs to other MACs. What they are stays: unicast or group, given by a vendor or by hand (the two low bits of the first
 * octet). Groups, and the blocks that everybody has, stay whole: nothing about this network is in them but, in the last
 * octets of 33:33:ff, the end of an IPv6 address, and that is replaced as the address is.
 *
 * Source: IEEE 802 (I/G and U/L bits); RFC 7042 (00:00:5e, 01:00:5e); RFC 2464 section 7 (33:33).
 *
 * @module
 */

import type { Keyed } from './keyed.ts';

/** All zeros, broadcast, groups of IPv4, of IPv6 and of IEEE 802.1, and virtual routers. */
const KEPT = /^(00:00:00:00:00:00|ff:ff:ff:ff:ff:ff|01:00:5e:|33:33:(?!ff:)|01:80:c2:|00:00:5e:)/;
const SOLICITED = '33:33:ff:';

/** @param lowOctets The last three octets of an IPv6 address, `38:ba:62`, to those of what that address becomes. */
export function redactMac(mac: string, keyed: Keyed, lowOctets: (octets: string) => string): string {
  const lower = mac.toLowerCase();
  if (lower.startsWith(SOLICITED)) return SOLICITED + lowOctets(lower.slice(SOLICITED.length));
  if (KEPT.test(lower)) return mac;
  const octets = Array.from(keyed(`mac ${lower}`).subarray(0, lower.split(':').length));
  const first = Number.parseInt(lower.slice(0, 2), 16);
  return octets.map((octet, index) => hex(index === 0 ? (first & 0x03) | (octet & 0xfc) : octet)).join(':');
}

function hex(octet: number): string {
  return octet.toString(16).padStart(2, '0');
}
