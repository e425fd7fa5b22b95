/**
 * The options of neighbor discovery: type, length in units of 8 bytes, value.
 *
 * Source: RFC 4861 section 4.6. A length of zero ends the list, as it must; other types are passed over.
 *
 * @module
 */

import { type Address, addressFromBytes } from '../net/address.ts';
import { type Mac, macFromBytes } from '../net/mac.ts';
import { viewOf } from './decoded.ts';

const TYPE = { sourceLinkLayer: 1, targetLinkLayer: 2, prefix: 3, mtu: 5 } as const;
const UNIT_BYTES = 8;
const PREFIX_UNITS = 4;
const AT = { mac: 2, prefixLength: 2, prefixFlags: 3, validSeconds: 4, mtu: 4, prefix: 16 } as const;
const FLAG = { onLink: 0x80, autonomous: 0x40 } as const;

/** A prefix that a router announces. */
interface NdPrefix {
  readonly prefix: Address;
  readonly lengthBits: number;
  /** Whether its addresses are reached without a router. */
  readonly onLink: boolean;
  /** Whether hosts make themselves addresses of it. */
  readonly autonomous: boolean;
  readonly validSeconds: number;
}

export interface NdOptions {
  readonly sourceMac: Mac | undefined;
  readonly targetMac: Mac | undefined;
  readonly mtu: number | undefined;
  readonly prefixes: readonly NdPrefix[];
}

/** Read the options, as far as they were captured. */
export function ndOptions(bytes: Uint8Array): NdOptions {
  let [sourceMac, targetMac]: (Mac | undefined)[] = [];
  let mtu: number | undefined;
  const prefixes: NdPrefix[] = [];
  for (let rest = bytes; rest.length >= UNIT_BYTES; ) {
    const [type = 0, units = 0] = rest;
    if (units === 0 || rest.length < units * UNIT_BYTES) break;
    if (type === TYPE.sourceLinkLayer && units === 1) sourceMac ??= macFromBytes(rest.subarray(AT.mac, UNIT_BYTES));
    else if (type === TYPE.targetLinkLayer && units === 1)
      targetMac ??= macFromBytes(rest.subarray(AT.mac, UNIT_BYTES));
    else if (type === TYPE.mtu && units === 1) mtu ??= viewOf(rest).getUint32(AT.mtu);
    else if (type === TYPE.prefix && units === PREFIX_UNITS) prefixes.push(prefixOf(rest));
    rest = rest.subarray(units * UNIT_BYTES);
  }
  return { sourceMac, targetMac, mtu, prefixes };
}

function prefixOf(option: Uint8Array): NdPrefix {
  const flags = option[AT.prefixFlags] ?? 0;
  return {
    prefix: addressFromBytes(option.subarray(AT.prefix, PREFIX_UNITS * UNIT_BYTES)),
    lengthBits: option[AT.prefixLength] ?? 0,
    onLink: (flags & FLAG.onLink) !== 0,
    autonomous: (flags & FLAG.autonomous) !== 0,
    validSeconds: viewOf(option).getUint32(AT.validSeconds),
  };
}
