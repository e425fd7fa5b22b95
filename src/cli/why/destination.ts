/**
 * The destination of `nsdiag why`, from a word to an address.
 *
 * It is, in this order: an address; a namespace, which means the address that the asker would reach it by; a name, which
 * means what the asker's own resolver makes of it.
 *
 * @module
 */

import type { FailedLookup } from '../../diagnosis/name-lookup.ts';
import { findNetns, type Host, type Netns } from '../../host/host.ts';
import { type Address, familyOf, parseAddress } from '../../net/address.ts';
import { Failure } from '../../system/failure.ts';
import { addressesSeenFrom, globalAddresses } from '../../topology/netns-address.ts';
import { nearNames } from '../near.ts';
import type { HostsFile } from './hosts-file.ts';
import type { NameAnswer } from './resolve-name.ts';
import type { WhyWords } from './words.ts';

/** What the machine says of words beyond its namespaces' names; nothing, on a snapshot. */
export interface Surroundings {
  /** The inode of the namespace that is meant by what is no name: `pid:812`, a path. */
  readonly inodeOf: (word: string) => number | undefined;
  readonly hostsFile: (netns: Netns) => HostsFile;
  readonly resolve: (netns: Netns, name: string) => Promise<NameAnswer>;
}

/** Where to. */
export type Destination =
  | {
      readonly kind: 'address';
      readonly address: Address;
      /** What it was found by, when not by itself. */
      readonly name: string | undefined;
      /** Which of several it is, and who says so. */
      readonly notes: readonly string[];
    }
  | { readonly kind: 'unresolved'; readonly lookup: FailedLookup };

/** @throws Failure when the word names nothing that can be asked for. */
export async function destinationOf(
  host: Host,
  netns: Netns,
  words: WhyWords,
  around: Surroundings,
): Promise<Destination> {
  const { destination: word, from } = words;
  const address = parseAddress(word);
  if (address !== undefined) return { kind: 'address', address, name: undefined, notes: [] };

  const target = netnsCalled(host, word, around);
  if (target !== undefined) return inNetns(host, target, netns, from);

  const named = around.hostsFile(netns).get(word.toLowerCase());
  if (named !== undefined) return byName(word, fitting(named, word, from), `by the hosts file of ${netns.name}`);

  if (!isName(word)) {
    throw new Failure('not-found', `Cannot ask for "${word}": ${whatIsWrongWith(word)}`, destinationHint(host, word));
  }
  const answer = await around.resolve(netns, word);
  switch (answer.kind) {
    case 'addresses':
      return byName(word, fitting(answer.addresses, word, from), `by the resolver of ${netns.name}`);
    case 'nothing':
      return unresolved(host, netns, words, answer);
    case 'not-asked':
      throw new Failure(
        'not-found',
        `Cannot ask for "${word}": it is no address and no namespace, and ${answer.why}`,
        destinationHint(host, word),
      );
  }
}

/** The namespace that a word means. */
export function netnsCalled(host: Host, name: string, around: Pick<Surroundings, 'inodeOf'>): Netns | undefined {
  const named = findNetns(host, name);
  if (named !== undefined) return named;
  const inode = around.inodeOf(name);
  return inode === undefined ? undefined : host.namespaces.find((netns) => netns.inode === inode);
}

function inNetns(host: Host, target: Netns, asker: Netns, from: Address | undefined): Destination {
  const chosen = addressesSeenFrom(host, asker)(target, from === undefined ? undefined : familyOf(from));
  if (chosen === undefined) throw nothingIn(target, from);
  const { address, isWired, others } = chosen;
  const because = isWired ? `, on a wire with ${asker.name}` : '';
  const notes =
    others.length === 0 ? [] : [`${target.name} is asked at ${address}${because}; it also has ${listed(others)}`];
  return { kind: 'address', address, name: target.name, notes };
}

function nothingIn(target: Netns, from: Address | undefined): Failure {
  const has = globalAddresses(target);
  const kind = has.length === 0 || from === undefined ? '' : familyOf(from) === 'inet' ? ' IPv4' : ' IPv6';
  const why = target.links.known ? `it has no${kind} address` : target.links.why;
  return new Failure(
    'not-found',
    `Cannot ask for namespace "${target.name}": ${why}`,
    'Give the address that it should have',
  );
}

function fitting(addresses: readonly Address[], word: string, from: Address | undefined): readonly Address[] {
  const fit = from === undefined ? addresses : addresses.filter((each) => familyOf(each) === familyOf(from));
  if (fit.length > 0 || from === undefined) return fit;
  throw new Failure(
    'not-found',
    `Cannot send from ${from} to "${word}": its addresses are of the other family: ${listed(addresses)}`,
    'Give --from an address of the same family',
  );
}

function byName(name: string, [address, ...others]: readonly Address[], who: string): Destination {
  if (address === undefined) throw new RangeError('a name without an address');
  const more = others.length === 0 ? '' : `; it also has ${listed(others)}`;
  return { kind: 'address', address, name, notes: [`${name} is ${address}, ${who}${more}`] };
}

/** How many are listed when there are more to choose from. */
const MOST_LISTED = 4;

function listed(addresses: readonly Address[]): string {
  const more = addresses.length - MOST_LISTED;
  return `${addresses.slice(0, MOST_LISTED).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** Near to the name of a namespace and without a dot, it was probably meant to be one. */
function unresolved(
  host: Host,
  netns: Netns,
  words: WhyWords,
  { command, said, resolver, replies }: Extract<NameAnswer, { kind: 'nothing' }>,
): Destination {
  const { destination: name, proto, port, from, sourcePort, payloadBytes } = words;
  if (!name.includes('.') && nearNamespaces(host, name).length > 0) {
    const why = `it is no address, no namespace, and no name that ${netns.name} resolves`;
    throw new Failure('not-found', `Cannot ask for "${name}": ${why}`, destinationHint(host, name));
  }
  const wanted = { netns: netns.name, proto, port, from, sourcePort, payloadBytes };
  return { kind: 'unresolved', lookup: { name, wanted, command, said, resolver, replies } };
}

const LONGEST_NAME = 253;
/** RFC 1035 section 2.3.1, and the underscore that service names have; in any alphabet (RFC 5890). */
const LABEL = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_-]{0,62}$/u;

function isName(word: string): boolean {
  // The dot at the end says that no search domain is to be tried.
  const labels = word.replace(/\.$/, '').split('.');
  return word.length <= LONGEST_NAME && labels.every((label) => LABEL.test(label)) && !/^[\d.]+$/.test(word);
}

function whatIsWrongWith(word: string): string {
  if (word.includes('/')) return 'it is a net, not an address';
  if (word.includes('%')) return 'an address with a zone names no destination';
  if (/^[\d.]+$/.test(word) || /^[\da-f:.]*:[\da-f:.]*$/i.test(word)) return 'it is no whole address';
  return 'it is no address, no namespace, and nothing that a name server could be asked for';
}

function destinationHint(host: Host, word: string): string {
  const [bare] = word.split(/[/%]/);
  if (bare !== undefined && bare !== word && parseAddress(bare) !== undefined) return `Ask for ${bare}`;
  const near = nearNamespaces(host, word);
  return near.length > 0 ? `Namespaces near to it: ${near.join(', ')}` : 'Give an address, such as 10.0.2.1 or fd00::1';
}

function nearNamespaces(host: Host, word: string): readonly string[] {
  return nearNames(
    word,
    host.namespaces.map(({ name }) => name),
  );
}
