/**
 * Schemas that turn a printed field into a value of ours, with the complaint when it is none.
 *
 * @module
 */

import * as v from 'valibot';
import type { DeviceName } from '../host/link.ts';
import { type Address, type Family, parseAddress } from '../net/address.ts';
import { type Mac, parseMac } from '../net/mac.ts';
import { defaultPrefix, type Prefix, parsePrefix } from '../net/prefix.ts';
import { routeType, tableNumber } from './rtnetlink-names.ts';

/** A device is named by any string: what is in it is for the kernel to say. */
export const DeviceField = v.pipe(
  v.string(),
  v.transform((name) => name as DeviceName),
);

export const AddressField = v.pipe(
  v.string(),
  v.transform(parseAddress),
  v.custom<Address>((address) => address !== undefined, 'no IP address'),
);

export const MacField = v.pipe(
  v.string(),
  v.transform(parseMac),
  v.custom<Mac>((mac) => mac !== undefined, 'no Ethernet address'),
);

/** `default` and `all` are everything: which family's, only the command knows. */
export function prefixField(family: Family) {
  return v.pipe(
    v.string(),
    v.transform((text) => (text === 'default' || text === 'all' ? defaultPrefix(family) : parsePrefix(text))),
    v.custom<Prefix>((prefix) => prefix !== undefined, 'no IP prefix'),
  );
}

export const TableField = v.pipe(
  v.string(),
  v.transform(tableNumber),
  v.custom<number>((table) => table !== undefined, 'a table whose number is not known here'),
);

export const RouteTypeField = v.pipe(
  v.string(),
  v.transform(routeType),
  v.custom<NonNullable<ReturnType<typeof routeType>>>((type) => type !== undefined, 'no type of route'),
);

/** Hexadecimal (`0x10`) or decimal: marks and types of service. */
export const NumberField = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform(Number),
  v.number('no number'),
  v.safeInteger('no number'),
);
