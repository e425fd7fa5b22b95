/**
 * The words of `nsdiag why` and a host, to the question that the walk answers.
 *
 * A destination is, in this order: an address; a namespace, which means its address that the asker shares a net with,
 * or else its first one; a name in the hosts file that processes of the namespace see.
 *
 * @module
 */

import { findNetns, type Host, linksOf, type Netns } from '../../host/host.ts';
import type { InterfaceAddress } from '../../host/link.ts';
import { type Address, familyOf, parseAddress } from '../../net/address.ts';
import { contains, prefixOf } from '../../net/prefix.ts';
import { Failure } from '../../system/failure.ts';
import type { Question } from '../../walk/question.ts';
import { nearNames } from '../near.ts';
import type { WhyWords } from './words.ts';

/** Names and addresses of a hosts file. */
export type HostsFile = ReadonlyMap<string, readonly Address[]>;

/** What the machine says of words beyond its namespaces' names; nothing, on a snapshot. */
export interface Surroundings {
  /** The inode of the namespace that is meant by what is no name: `pid:812`, a path. */
  readonly inodeOf: (word: string) => number | undefined;
  readonly hostsFile: (netns: Netns) => HostsFile;
}

/** How a hint lists namespaces when none is near. */
const MOST_NAMES = 8;

/** @throws Failure when a word names nothing, or the namespace that asks could not be read. */
export function questionOf(host: Host, words: WhyWords, around: Surroundings): Question {
  const netns = netnsCalled(host, words.netns, around);
  if (netns === undefined) {
    const hint = netnsHint(host, words.netns);
    throw new Failure('not-found', `Cannot look into "${words.netns}": there is no such namespace`, hint);
  }
  if (!netns.links.known) {
    const hint = 'Run nsdiag as root (sudo); a snapshot has to be taken as root';
    throw new Failure('no-permission', `Cannot look into "${words.netns}": ${netns.links.why}`, hint);
  }
  const destination = destinationOf(host, netns, words, around);
  if (words.from !== undefined && familyOf(words.from) !== familyOf(destination)) {
    throw new Failure(
      'usage',
      `Cannot send from ${words.from} to ${destination}: one is IPv4, the other IPv6`,
      'Give --from an address of the same family',
    );
  }
  const { proto, port, from, payloadBytes } = words;
  return { netns: netns.name, destination, proto, port, from, payloadBytes };
}

function netnsCalled(host: Host, name: string, around: Surroundings): Netns | undefined {
  const named = findNetns(host, name);
  if (named !== undefined) return named;
  const inode = around.inodeOf(name);
  return inode === undefined ? undefined : host.namespaces.find((netns) => netns.inode === inode);
}

function netnsHint(host: Host, name: string): string {
  const names = host.namespaces.flatMap((netns) => [netns.name, ...netns.aliases]);
  const near = nearNames(name, names);
  if (near.length > 0) return `Near: ${near.join(', ')}`;
  const shown = host.namespaces.slice(0, MOST_NAMES).map((netns) => netns.name);
  const more = names.length > shown.length ? ', ...' : '';
  return `There are: ${shown.join(', ')}${more}\nThe namespace that nsdiag runs in is called host`;
}

function destinationOf(host: Host, netns: Netns, words: WhyWords, around: Surroundings): Address {
  const { destination: word, from } = words;
  const address = parseAddress(word);
  if (address !== undefined) return address;

  const target = netnsCalled(host, word, around);
  if (target !== undefined) return addressIn(target, netns, from);

  const named = around.hostsFile(netns).get(word.toLowerCase()) ?? [];
  const fitting = from === undefined ? named : named.filter((each) => familyOf(each) === familyOf(from));
  const first = fitting[0];
  if (first !== undefined) return first;

  throw new Failure('not-found', `Cannot ask for "${word}": ${whatIsWrongWith(word)}`, destinationHint(host, word));
}

/** The address that the asker shares a net with, or else the first that is not only for its own link. */
function addressIn(target: Netns, asker: Netns, from: Address | undefined): Address {
  const candidates = globalAddresses(target).filter(
    ({ address }) => from === undefined || familyOf(address) === familyOf(from),
  );
  const nets = globalAddresses(asker).map(({ address, prefixLength }) => prefixOf(address, prefixLength));
  const shared = candidates.find(({ address }) => nets.some((net) => contains(net, address)));
  const chosen = shared ?? candidates[0];
  if (chosen !== undefined) return chosen.address;
  const why = target.links.known ? 'it has no address' : target.links.why;
  throw new Failure(
    'not-found',
    `Cannot ask for namespace "${target.name}": ${why}`,
    'Give the address that it should have',
  );
}

function globalAddresses(netns: Netns): readonly InterfaceAddress[] {
  const addresses = linksOf(netns).flatMap((link) => (link.detail.kind === 'loopback' ? [] : link.addresses));
  const global = addresses.filter(({ scope }) => scope === 'global' || scope === 'site');
  // IPv4 first: that is what people mean by "ping ns2".
  return global.toSorted((a, b) => Number(a.family === 'inet6') - Number(b.family === 'inet6'));
}

function whatIsWrongWith(word: string): string {
  if (word.includes('/')) return 'it is a net, not an address';
  if (word.includes('%')) return 'an address with a zone names no destination';
  if (/^[\d.]+$/.test(word) || /^[\da-f:.]*:[\da-f:.]*$/i.test(word)) return 'it is no whole address';
  return 'it is no address, no namespace, and no name in the hosts file';
}

function destinationHint(host: Host, word: string): string {
  const [bare] = word.split(/[/%]/);
  if (bare !== undefined && bare !== word && parseAddress(bare) !== undefined) return `Ask for ${bare}`;
  const near = nearNames(
    word,
    host.namespaces.map(({ name }) => name),
  );
  return near.length > 0 ? `Namespaces near to it: ${near.join(', ')}` : 'Give an address, such as 10.0.2.1 or fd00::1';
}
