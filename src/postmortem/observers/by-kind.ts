/**
 * Shows a packet to those only who look at packets of its kind: most packets are of TCP, and most observers are not
 * about them.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import type { Finding } from '../finding.ts';
import type { EndOfCapture, Observer } from '../observer.ts';

/** Who looks at what. An observer may be in several lists. */
export interface Kinds {
  readonly arp: readonly Observer[];
  /** ICMP and ICMPv6 with a header. */
  readonly icmp: readonly Observer[];
  /** UDP with a header. */
  readonly udp: readonly Observer[];
  /** All fragments, the first too, and what came in a tunnel, which may have been one. */
  readonly fragment: readonly Observer[];
}

export class ByKind implements Observer {
  readonly #kinds: Kinds;

  constructor(kinds: Kinds) {
    this.#kinds = kinds;
  }

  see(fields: PacketFields, number: number, interfaceId: number): void {
    const { arp, icmp, udp, fragment } = this.#kinds;
    if (fields.network === NETWORK.arp) {
      for (const observer of arp) observer.see(fields, number, interfaceId);
      return;
    }
    if (fields.network === NETWORK.none) return;
    if (fields.moreFragments || fields.fragmentOffsetBytes > 0 || fields.tunnelDepth > 0)
      for (const observer of fragment) observer.see(fields, number, interfaceId);
    if (!fields.hasTransport) return;
    const { protocol } = fields;
    if (protocol === IP_PROTOCOL.udp) for (const observer of udp) observer.see(fields, number, interfaceId);
    else if (protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6)
      for (const observer of icmp) observer.see(fields, number, interfaceId);
  }

  conclude(end: EndOfCapture): readonly Finding[] {
    return [...new Set(Object.values(this.#kinds).flat())].flatMap((observer: Observer) => observer.conclude(end));
  }
}
