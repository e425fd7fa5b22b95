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

/** What a name server said when it was asked for the name, and nobody else was. */
export interface NameServerReply {
  readonly server: Address;
  /** Asks the same, as a person would. */
  readonly command: readonly string[];
  /**
   * NXDOMAIN, NODATA (the name without an address), SERVFAIL and REFUSED; an address after all; a port on which nobody
   * listens; silence; or what no resolver understands.
   */
  readonly said:
    | 'no-such-name'
    | 'no-address'
    | 'failure'
    | 'refusal'
    | 'address'
    | 'nobody-there'
    | 'silence'
    | 'nonsense';
}

/** A lookup that brought nothing. */
export interface FailedLookup {
  readonly name: string;
  /** What was meant to be sent once the name had an address. */
  readonly wanted: Pick<Question, 'netns' | 'proto' | 'port' | 'from' | 'sourcePort' | 'payloadBytes'>;
  /** Asks the resolver of the namespace, as a person would. */
  readonly command: readonly string[];
  /** What came of that. */
  readonly said: string;
  readonly resolver: Resolver;
  /** Of its servers, in their order; empty where they could not be asked. */
  readonly replies: readonly NameServerReply[];
}
