/**
 * The packet that an ICMP error is about, of which it quotes the beginning.
 *
 * Source: RFC 792 and RFC 4443: the IP header and at least 8 bytes, which is where ports and echo numbers are.
 *
 * @module
 */

import { dissect } from '../../wire/dissect.ts';
import { NETWORK, PacketFields } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { LINK_TYPE } from '../../wire/link-type.ts';

/** So much is looked at, headers and four bytes: what a tunnel carries is not what the error is about. */
const INET_BYTES = 32;
const INET6_BYTES = 52;

export class Quotation {
  /** Valid after `read()` said so, until the next. Ports and echo numbers are 0 where they are not quoted. */
  readonly fields = new PacketFields();

  /** @returns Whether the error quotes an IP header. */
  read(error: PacketFields): boolean {
    const { fields } = this;
    fields.bytes = error.bytes;
    fields.view = error.view;
    fields.start = error.payloadAt;
    const end = Math.min(error.start + error.capturedBytes, error.ipEndAt);
    const most = error.network === NETWORK.ipv6 ? INET6_BYTES : INET_BYTES;
    fields.capturedBytes = Math.max(0, Math.min(end - fields.start, most));
    fields.originalBytes = fields.capturedBytes;
    fields.transportAt = 0;
    fields.fragmentOffsetBytes = 0;
    fields.icmpId = 0;
    dissect(fields, LINK_TYPE.raw);
    if (fields.network === NETWORK.none) return false;
    if (!fields.hasTransport) this.#readStart();
    return true;
  }

  /** TCP is quoted shorter than its header. */
  #readStart(): void {
    const { fields } = this;
    fields.sourcePort = 0;
    fields.destPort = 0;
    const isPorts = fields.protocol === IP_PROTOCOL.tcp && fields.fragmentOffsetBytes === 0;
    if (!isPorts || fields.transportAt + 4 > fields.start + fields.capturedBytes) return;
    fields.sourcePort = fields.view.getUint16(fields.transportAt);
    fields.destPort = fields.view.getUint16(fields.transportAt + 2);
  }
}
