/**
 * The bodies of the pcapng blocks that describe: interfaces, their statistics, names.
 *
 * Source: draft-ietf-opsawg-pcapng sections 4.2, 4.5 and 4.6.
 *
 * @module
 */

import type { CaptureInterface, InterfaceStatistics } from './interface.ts';
import { OPTION, optionsOf, optionText } from './pcapng-options.ts';
import type { Window } from './record-parser.ts';

/** Before the options. */
export const INTERFACE_BYTES = 8;
export const STATISTICS_BYTES = 12;

/** libpcap's kind of if_filter: text. */
const FILTER_IS_TEXT = 0;

/** @param body At least INTERFACE_BYTES of it. */
export function interfaceOf(
  { bytes, view }: Window,
  body: number,
  end: number,
  isLittle: boolean,
  place: Pick<CaptureInterface, 'section' | 'index'>,
): CaptureInterface {
  const texts = new Map<number, string>();
  let resolution: CaptureInterface['resolution'] = { base: 10, exponent: 6 };
  let offsetSeconds = 0;
  for (const { code, start, lengthBytes } of optionsOf(view, body + INTERFACE_BYTES, end, isLittle)) {
    if (code === OPTION.timeResolution && lengthBytes === 1) {
      const value = view.getUint8(start);
      resolution = { base: value >= 0x80 ? 2 : 10, exponent: value & 0x7f };
    } else if (code === OPTION.timeOffset && lengthBytes === 8) {
      offsetSeconds = Number(view.getBigInt64(start, isLittle));
    } else if (code === OPTION.filter && lengthBytes > 1 && bytes[start] === FILTER_IS_TEXT) {
      texts.set(code, optionText(bytes, start + 1, lengthBytes - 1));
    } else if (code === OPTION.interfaceName || code === OPTION.interfaceDescription) {
      texts.set(code, optionText(bytes, start, lengthBytes));
    }
  }
  return {
    linkType: view.getUint16(body, isLittle),
    snapLengthBytes: view.getUint32(body + 4, isLittle),
    name: texts.get(OPTION.interfaceName),
    description: texts.get(OPTION.interfaceDescription),
    filter: texts.get(OPTION.filter),
    resolution,
    offsetSeconds,
    ...place,
    statistics: undefined,
    droppedBefore: 0n,
  };
}

/** @param start Of the options. */
export function statisticsOf({ view }: Window, start: number, end: number, isLittle: boolean): InterfaceStatistics {
  const counters = new Map<number, bigint>();
  for (const { code, start: at, lengthBytes } of optionsOf(view, start, end, isLittle)) {
    if (lengthBytes === 8) counters.set(code, view.getBigUint64(at, isLittle));
  }
  return {
    received: counters.get(OPTION.statisticsReceived),
    dropped: counters.get(OPTION.statisticsDropped),
    droppedBySystem: counters.get(OPTION.statisticsDroppedBySystem),
    delivered: counters.get(OPTION.statisticsDelivered),
  };
}

/** Records of the same shape as options: 1 is an IPv4 address and its names, 2 an IPv6 address. */
export function* namesIn(
  { bytes, view }: Window,
  start: number,
  end: number,
  isLittle: boolean,
): Generator<{ readonly address: Uint8Array; readonly name: string }> {
  for (const { code, start: at, lengthBytes } of optionsOf(view, start, end, isLittle)) {
    const addressBytes = code === 1 ? 4 : code === 2 ? 16 : undefined;
    if (addressBytes === undefined || lengthBytes <= addressBytes) continue;
    const address = bytes.subarray(at, at + addressBytes);
    const names = optionText(bytes, at + addressBytes, lengthBytes - addressBytes).split('\0');
    for (const name of names) if (name !== '') yield { address, name };
  }
}
