/**
 * A name that was asked for in a namespace, and to which no address was found.
 *
 * @module
 */

import type { Address } from '../net/address.ts';
import type { Question } from '../walk/question.ts';

/** Whom programs in the namespace ask for names. */
export interface Resolver {
  /** `/etc/netns/ns1/resolv.conf`, which `ip netns exec` puts over /etc/resolv.conf; or that one. */
  readonly file: string;
  /** The namespace has that file to itself; else it is the one of the whole machine. */
  readonly isOwn: boolean;
  /** In the order in which they are asked; never empty. */
  readonly servers: readonly Address[];
  /** The file names none, or is not there. */
  readonly isDefault: boolean;
}

/** A lookup that brought nothing. */
export interface FailedLookup {
  readonly name: string;
  /** What was meant to be sent once the name had an address. */
  readonly wanted: Pick<Question, 'netns' | 'proto' | 'port' | 'from' | 'payloadBytes'>;
  /** Asks the resolver of the namespace, as a person would. */
  readonly command: readonly string[];
  /** What came of that. */
  readonly said: string;
  readonly resolver: Resolver;
}
