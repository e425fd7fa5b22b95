/**
 * Who answers DNS queries in the place of the server that was asked: a server with several addresses that answers from
 * another one, to the port and with the id of the query. Clients throw such answers away.
 *
 * Bounded: of what is asked behind the first 16,384 queries with ports and ids of their own nobody notices it.
 *
 * @module
 */

import type { PacketFields } from '../../wire/fields.ts';
import { ADDRESS_WORDS, addressText, writeDest, writeSource } from '../address-words.ts';
import { NumberTable } from '../number-table.ts';
import { dnsId } from './dns-message.ts';

const MOST_ASKED = 16_384;
const MOST_STRANGERS = 64;

export class DnsStrangers {
  /** By client, its port and the id: the group that the query is of, and 1. */
  readonly #asked: NumberTable;
  /** By group. */
  readonly #strangers = new Map<number, string>();

  constructor(seed: number) {
    this.#asked = new NumberTable(ADDRESS_WORDS + 1, 1, MOST_ASKED, seed);
  }

  /** @param group Whatever the queries of one client to one server have in common. */
  ask(query: PacketFields, group: number): void {
    const { key } = this.#asked;
    writeSource(key, 0, query);
    key[ADDRESS_WORDS] = (query.sourcePort << 16) | dnsId(query);
    const at = this.#asked.claim();
    if (at !== -1) this.#asked.words[at] = group + 1;
  }

  /** A response of a server that this client had not asked. */
  answer(response: PacketFields): void {
    const { key, words } = this.#asked;
    writeDest(key, 0, response);
    key[ADDRESS_WORDS] = (response.destPort << 16) | dnsId(response);
    const at = this.#asked.find();
    if (at === -1) return;
    const group = (words[at] ?? 0) - 1;
    if (this.#strangers.size >= MOST_STRANGERS || this.#strangers.has(group)) return;
    writeSource(key, 0, response);
    this.#strangers.set(group, addressText(key, 0));
  }

  /** Who answered first in the place of this group's server. */
  of(group: number): string | undefined {
    return this.#strangers.get(group);
  }
}
