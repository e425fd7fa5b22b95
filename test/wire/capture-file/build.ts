/**
 * Capture files for tests, put together field by field: classic ones and the blocks of pcapng, in either byte order.
 *
 * @module
 */

import { joined } from '../../helpers/hex.ts';

const NOTHING: Uint8Array = new Uint8Array(0);

/** Fields of a given width in one byte order. */
export interface Order {
  readonly isLittle: boolean;
  readonly u16: (...values: readonly number[]) => Uint8Array;
  readonly u32: (...values: readonly number[]) => Uint8Array;
  readonly u64: (value: bigint) => Uint8Array;
}

function order(isLittle: boolean): Order {
  const fields = (width: number, values: readonly number[]) => {
    const view = new DataView(new ArrayBuffer(width * values.length));
    for (const [index, value] of values.entries()) {
      if (width === 2) view.setUint16(index * 2, value, isLittle);
      else view.setUint32(index * 4, value, isLittle);
    }
    return new Uint8Array(view.buffer);
  };
  return {
    isLittle,
    u16: (...values) => fields(2, values),
    u32: (...values) => fields(4, values),
    u64: (value) => {
      const view = new DataView(new ArrayBuffer(8));
      view.setBigUint64(0, BigInt.asUintN(64, value), isLittle);
      return new Uint8Array(view.buffer);
    },
  };
}

export const LITTLE = order(true);
export const BIG = order(false);

/** The header of a classic file. */
export function pcapHeader({ u16, u32 }: Order, magic = 0xa1b2c3d4, version = [2, 4], linkType = 1): Uint8Array {
  return joined(u32(magic), u16(...version), u32(0, 0, 262_144, linkType));
}

/** A record of a classic file. */
export function pcapRecord(
  { u32 }: Order,
  packet: Uint8Array,
  { seconds = 1, fraction = 2, captured = packet.length, original = packet.length, between = NOTHING } = {},
): Uint8Array {
  return joined(u32(seconds, fraction, captured, original), between, packet);
}

export const BLOCK = { section: 0x0a0d0d0a, interface: 1, obsolete: 2, simple: 3, names: 4, statistics: 5, packet: 6 };

/** A block of pcapng around its body, padded. */
export function block({ u32 }: Order, type: number, ...body: readonly Uint8Array[]): Uint8Array {
  const inner = padded(joined(...body));
  const lengthBytes = inner.length + 12;
  return joined(u32(type, lengthBytes), inner, u32(lengthBytes));
}

export function section(fields: Order): Uint8Array {
  const { u16, u32 } = fields;
  return block(fields, BLOCK.section, u32(0x1a2b3c4d), u16(1, 0), u32(0xffffffff, 0xffffffff));
}

export function interfaceBlock(fields: Order, { linkType = 1, snapLength = 0, options = NOTHING } = {}): Uint8Array {
  return block(fields, BLOCK.interface, fields.u16(linkType, 0), fields.u32(snapLength), options);
}

/** An enhanced packet block. */
export function packetBlock(
  fields: Order,
  packet: Uint8Array,
  { interfaceId = 0, ticks = 1_000_002n, original = packet.length, options = NOTHING } = {},
): Uint8Array {
  const [high, low] = [Number(ticks >> 32n), Number(ticks & 0xffffffffn)];
  const { u32 } = fields;
  return block(fields, BLOCK.packet, u32(interfaceId, high, low, packet.length, original), padded(packet), options);
}

/** Options, ended. */
export function options(fields: Order, ...all: readonly (readonly [code: number, value: Uint8Array])[]): Uint8Array {
  const each = all.map(([code, value]) => joined(fields.u16(code, value.length), padded(value)));
  return joined(...each, fields.u16(0, 0));
}

export function text(words: string): Uint8Array {
  return new TextEncoder().encode(words);
}

function padded(bytes: Uint8Array): Uint8Array {
  return joined(bytes, new Uint8Array((4 - (bytes.length % 4)) % 4));
}
