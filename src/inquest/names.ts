/**
 * What the addresses in a capture are called on a host: `10.0.1.1` is `ns1 veth0`.
 *
 * @module
 */

import { allLinks, type Host } from '../host/host.ts';
import { isLoopback, parseAddress } from '../net/address.ts';
import { parseMac } from '../net/mac.ts';

/** An address that more devices than these have tells nobody where it is. */
const MOST_OWNERS = 2;

/** Runs of what addresses are made of; which of them are addresses is for the parsers to say. */
const CANDIDATE = /[0-9a-fA-F:.[\]]+/g;

export class Names {
  readonly #owners = new Map<string, string[]>();

  constructor(host: Host) {
    for (const { netns, link } of allLinks(host)) {
      const place = `${netns.name} ${link.name}`;
      for (const { address } of link.addresses) if (!isLoopback(address)) this.#add(address, place);
      if (link.mac !== undefined && link.detail.kind !== 'loopback') this.#add(link.mac, place);
    }
  }

  /** Of an IP address or a MAC; `undefined`: nobody's, or too many's. */
  of(address: string): string | undefined {
    const owners = this.#owners.get(address);
    return owners === undefined || owners.length > MOST_OWNERS ? undefined : owners.join(' or ');
  }

  /** The text with the name behind each address that has one, where it stands for the first time. */
  inText(text: string): string {
    const named = new Set<string>();
    return text.replace(CANDIDATE, (run, at: number) => {
      const end = at + run.length;
      // Part of a longer word, as of a file's name; or a prefix.
      if (/[\p{L}\p{N}_-]/u.test(text[at - 1] ?? '') || /[\p{L}\p{N}_/-]/u.test(text[end] ?? '')) return run;
      const [, word = '', rest = ''] = /^(.*?)([.:]*)$/.exec(run) ?? [];
      const address = addressIn(word);
      const name = address === undefined || named.has(address) ? undefined : this.of(address);
      if (address === undefined || name === undefined) return run;
      named.add(address);
      return `${word} (${name})${rest}`;
    });
  }

  #add(address: string, place: string): void {
    const owners = this.#owners.get(address);
    if (owners === undefined) this.#owners.set(address, [place]);
    else if (!owners.includes(place)) owners.push(place);
  }
}

/** `10.0.0.1`, `10.0.0.1:80`, `fd00::1`, `[fd00::1]:80`, a MAC. */
function addressIn(word: string): string | undefined {
  const [, bracketed, inet] = /^(?:\[([^\]]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/.exec(word) ?? [];
  const bare = bracketed ?? inet ?? word;
  return parseMac(bare) ?? parseAddress(bare);
}
