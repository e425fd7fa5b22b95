/**
 * The flow that a packet of these addresses and ports was of last: most packets are of flows that were just seen.
 *
 * Each place holds one key as the packet shows it, sender first, so that either direction of a flow has a place of its
 * own, and nobody has to ask which side is which: no processor guesses that, and a wrong guess costs as much as a hash.
 * Anybody may make packets meet in one place; then the flow is sought in the table, as it would be without. IPv4 only.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';

/** 8192 places of 32 bytes: of those, what is under way stays in the cache. */
const PLACE_BITS = 13;
const PLACE_WORDS = 8;

/** Of one place. `entry`: what is remembered, 0 where nothing is. */
const WORD = { entry: 0, source: 1, dest: 2, ports: 3, what: 4, vlans: 5, tunnelId: 6, point: 7 } as const;

export class RecentFlows {
  readonly #words = new Int32Array(PLACE_WORDS << PLACE_BITS);

  /** What was remembered of packets like this one; 0: nothing. @param context As in KEY. */
  recall(fields: PacketFields, ports: number, what: number, vlans: number, point: number): number {
    const words = this.#words;
    const { source3, dest3 } = fields;
    const at = placeOf(source3, dest3, ports);
    if (
      words[at + WORD.source] !== source3 ||
      words[at + WORD.dest] !== dest3 ||
      words[at + WORD.ports] !== ports ||
      words[at + WORD.what] !== what ||
      words[at + WORD.vlans] !== vlans ||
      words[at + WORD.tunnelId] !== (fields.tunnelId | 0) ||
      words[at + WORD.point] !== point
    )
      return 0;
    return words[at] as number;
  }

  /** Instead of whatever was in its place. */
  remember(fields: PacketFields, ports: number, what: number, vlans: number, point: number, entry: number): void {
    if (fields.network !== NETWORK.ipv4) return;
    const words = this.#words;
    const { source3, dest3 } = fields;
    const at = placeOf(source3, dest3, ports);
    words[at + WORD.source] = source3;
    words[at + WORD.dest] = dest3;
    words[at + WORD.ports] = ports;
    words[at + WORD.what] = what;
    words[at + WORD.vlans] = vlans;
    words[at + WORD.tunnelId] = fields.tunnelId | 0;
    words[at + WORD.point] = point;
    words[at] = entry;
  }

  /** That packets of these addresses and ports were of this entry is no longer true. */
  forget(source3: number, dest3: number, ports: number, entry: number): void {
    const at = placeOf(source3, dest3, ports);
    if (this.#words[at] === entry) this.#words[at] = 0;
  }
}

function placeOf(source3: number, dest3: number, ports: number): number {
  const mixed = Math.imul(source3, 0x9e3779b1) + Math.imul(dest3, 0x85ebca6b) + Math.imul(ports, 0xc2b2ae35);
  return (mixed >>> (32 - PLACE_BITS)) * PLACE_WORDS;
}
