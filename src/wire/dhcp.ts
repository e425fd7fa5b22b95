/**
 * DHCP for IPv4: who asks for an address, and which one is offered.
 *
 *     0       4       8       12      16      20      24      28              44         236     240
 *     +-------+-------+-------+-------+-------+-------+-------+---------------+--- ... --+-------+---------
 *     |op h l | xid   |       |ciaddr |yiaddr |siaddr |giaddr |    chaddr     |          | magic | options
 *     +-------+-------+-------+-------+-------+-------+-------+---------------+--- ... --+-------+---------
 *
 * Source: RFC 2131 section 2, RFC 2132. Not read: options that overflow into the fields for names (option 52).
 *
 * @module
 */

import { type Address, addressFromBytes } from '../net/address.ts';
import { type Mac, macFromBytes } from '../net/mac.ts';
import { type Decoded, decoded, malformed, truncated, viewOf } from './decoded.ts';

const AT = { hardwareBytes: 2, transaction: 4, yourAddress: 16, relay: 24, clientMac: 28, magic: 236, options: 240 };
const ADDRESS_BYTES = 4;
const MAC_BYTES = 6;
const MAGIC = 0x6382_5363;

export const DHCP_PORTS = { server: 67, client: 68 } as const;

const OPTION = { pad: 0, mask: 1, router: 3, requested: 50, messageType: 53, server: 54, end: 255 } as const;

/** By their numbers, from 1: RFC 2132 section 9.6. */
const MESSAGE_TYPES = ['discover', 'offer', 'request', 'decline', 'ack', 'nak', 'release', 'inform'] as const;

/** A DHCP message. Addresses are `undefined` where they are absent or 0.0.0.0. */
export interface DhcpMessage {
  /** `undefined`: plain BOOTP, or cut. */
  readonly type: (typeof MESSAGE_TYPES)[number] | undefined;
  readonly transaction: number;
  readonly client: Mac | undefined;
  /** What the server gives. */
  readonly yourAddress: Address | undefined;
  /** What the client would like. */
  readonly requested: Address | undefined;
  readonly server: Address | undefined;
  readonly relay: Address | undefined;
  readonly mask: Address | undefined;
  /** The first one. */
  readonly router: Address | undefined;
}

/** Decode the payload of a UDP datagram as DHCP. Options are read as far as they were captured. */
export function decodeDhcp(bytes: Uint8Array): Decoded<DhcpMessage> {
  if (bytes.length < AT.options) return truncated('dhcp', AT.options, bytes);
  const view = viewOf(bytes);
  const magic = view.getUint32(AT.magic);
  if (magic !== MAGIC) return malformed('dhcp', 'magic', `0x${magic.toString(16)} is not that of DHCP`);
  const options = optionsOf(bytes.subarray(AT.options));
  const [messageType = 0] = options.get(OPTION.messageType) ?? [];
  const hasMac = view.getUint8(AT.hardwareBytes) === MAC_BYTES;
  return decoded(
    {
      type: MESSAGE_TYPES[messageType - 1],
      transaction: view.getUint32(AT.transaction),
      client: hasMac ? macFromBytes(bytes.subarray(AT.clientMac, AT.clientMac + MAC_BYTES)) : undefined,
      yourAddress: addressIn(bytes.subarray(AT.yourAddress)),
      requested: addressIn(options.get(OPTION.requested)),
      server: addressIn(options.get(OPTION.server)),
      relay: addressIn(bytes.subarray(AT.relay)),
      mask: addressIn(options.get(OPTION.mask)),
      router: addressIn(options.get(OPTION.router)),
    },
    bytes.subarray(AT.options),
  );
}

/** By code; of one that comes twice the first. */
function optionsOf(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const options = new Map<number, Uint8Array>();
  for (let at = 0; at < bytes.length; ) {
    const code = bytes[at] ?? OPTION.end;
    if (code === OPTION.end) break;
    if (code === OPTION.pad) {
      at++;
      continue;
    }
    const lengthBytes = bytes[at + 1];
    if (lengthBytes === undefined || at + 2 + lengthBytes > bytes.length) break;
    if (!options.has(code)) options.set(code, bytes.subarray(at + 2, at + 2 + lengthBytes));
    at += 2 + lengthBytes;
  }
  return options;
}

function addressIn(bytes: Uint8Array | undefined): Address | undefined {
  if (bytes === undefined || bytes.length < ADDRESS_BYTES) return undefined;
  const address = bytes.subarray(0, ADDRESS_BYTES);
  return address.every((byte) => byte === 0) ? undefined : addressFromBytes(address);
}
