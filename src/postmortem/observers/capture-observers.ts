/**
 * Shows each packet to those only who look at packets of its kind: most packets are of TCP, and most observers are not
 * about them.
 *
 * Those who see every packet are called by name. In a list of more than four classes V8 looks up `see` for each packet
 * anew and inlines none of them: 45 ns a packet of 330 when this was measured.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import type { Finding } from '../finding.ts';
import type { EndOfCapture, Missed, Observer } from '../observer.ts';
import type { BadChecksums } from './bad-checksum.ts';
import type { IncompleteCapture } from './capture-incomplete.ts';
import type { UntranslatedSources } from './nat-missing.ts';
import type { OneDirection } from './one-direction.ts';
import type { RepeatedPackets } from './repeats.ts';

/** Who looks at what. An observer may be in several lists, of which none should have more than four. */
export interface Watched {
  readonly incomplete: IncompleteCapture;
  readonly repeats: RepeatedPackets;
  readonly checksums: BadChecksums;
  readonly sources: UntranslatedSources;
  /** TCP with a header. */
  readonly directions: OneDirection;
  readonly arp: readonly Observer[];
  /** ICMP and ICMPv6 with a header. */
  readonly icmp: readonly Observer[];
  /** UDP with a header. */
  readonly udp: readonly Observer[];
  /** All fragments, the first too, and what came in a tunnel, which may have been one. */
  readonly fragment: readonly Observer[];
}

/** Who knows what the packet is to its flow. */
export interface FlowPlace {
  /** See FlowTracker. */
  readonly isNextSegment: boolean;
  readonly isFirstSent: boolean;
}

export class CaptureObservers implements Observer {
  readonly #watched: Watched;
  readonly #place: FlowPlace;

  /** @param place Of the packet that is seen: known before it is seen here. */
  constructor(watched: Watched, place: FlowPlace) {
    this.#watched = watched;
    this.#place = place;
  }

  see(fields: PacketFields, number: number, interfaceId: number): void {
    const watched = this.#watched;
    if (this.#place.isNextSegment) {
      // It continues what was seen: it is no repetition, it asks nobody, and it was read to its end.
      watched.checksums.see(fields, number);
      watched.directions.see(fields, number);
      return;
    }
    watched.incomplete.see(fields, number);
    if (fields.network === NETWORK.none) return;
    if (!this.#place.isFirstSent) watched.repeats.see(fields, number, interfaceId);
    if (fields.network === NETWORK.arp) {
      for (const observer of watched.arp) observer.see(fields, number, interfaceId);
      return;
    }
    watched.checksums.see(fields, number);
    watched.sources.see(fields, number);
    if (fields.moreFragments || fields.fragmentOffsetBytes > 0 || fields.tunnelDepth > 0)
      for (const observer of watched.fragment) observer.see(fields, number, interfaceId);
    if (!fields.hasTransport) return;
    const { protocol } = fields;
    if (protocol === IP_PROTOCOL.tcp) watched.directions.see(fields, number);
    else if (protocol === IP_PROTOCOL.udp)
      for (const observer of watched.udp) observer.see(fields, number, interfaceId);
    else if (protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6)
      for (const observer of watched.icmp) observer.see(fields, number, interfaceId);
  }

  get passesOver(): boolean {
    return this.#watched.directions.areBoth;
  }

  conclude(end: EndOfCapture): readonly Finding[] {
    return this.#all().flatMap((observer) => observer.conclude(end));
  }

  missed(): readonly Missed[] {
    return this.#all().flatMap((observer) => observer.missed?.() ?? []);
  }

  #all(): readonly Observer[] {
    const { incomplete, directions, repeats, checksums, sources, arp, icmp, udp, fragment } = this.#watched;
    const all: readonly Observer[] = [
      ...[incomplete, directions, repeats, checksums, sources],
      ...[...arp, ...icmp, ...udp, ...fragment],
    ];
    return [...new Set(all)];
  }
}
