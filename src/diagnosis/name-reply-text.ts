/**
 * What name servers said of a name, in words: who has no address for it, and why the next one was or was not asked.
 *
 * Source: RFC 1035 section 4.1.1, RFC 2308 section 2; glibc's resolv/res_send.c, which goes on to the next server at
 * SERVFAIL, NOTIMP and REFUSED, and at silence, and stops at any other answer.
 *
 * @module
 */

import type { Address } from '../net/address.ts';
import { unreachable } from '../net/unreachable.ts';
import type { NameServerReply } from './name-lookup.ts';

/** What is true of the server that the query was diagnosed to; `undefined` where it was not asked, or nothing came back. */
export function replyText(server: Address, replies: readonly NameServerReply[]): string | undefined {
  const reply = replies.find((each) => each.server === server);
  const sentence = reply === undefined ? undefined : saidText(reply.said);
  if (reply === undefined || sentence === undefined) return undefined;
  const better = replies.find(({ said }) => said === 'address');
  const isFinal = reply.said === 'no-such-name' || reply.said === 'no-address';
  const isFirst = replies.indexOf(reply) < (better === undefined ? -1 : replies.indexOf(better));
  const passedOver =
    better !== undefined && isFinal && isFirst
      ? `; ${better.server}, which has an address for it, is then not asked`
      : '';
  return `its name server ${server} ${sentence}${passedOver}`;
}

/** What to look at next, where the answer tells. */
export function replyRule(server: Address, replies: readonly NameServerReply[]): string | undefined {
  const said = replies.find((each) => each.server === server)?.said;
  switch (said) {
    case 'no-such-name':
    case 'no-address':
      return 'That answer is final: a resolver asks the next server only when one fails, refuses or keeps silent';
    case 'failure':
      return 'SERVFAIL is how a name server says that it could not find out itself: the servers that it asks, or its zone, are what to look at';
    case 'refusal':
      return 'REFUSED is the policy of the name server: it does not answer this client, or not for this name';
    case 'address':
      return 'The server has an address: what is in the way is in the namespace, its nsswitch.conf or search domains';
    case 'nobody-there':
    case 'silence':
    case 'nonsense':
    case undefined:
      return undefined;
    default:
      return unreachable(said);
  }
}

/** What a server said, as a line of evidence. */
export function replyLine({ server, said }: NameServerReply): string {
  return `${server} ${saidText(said) ?? (said === 'silence' ? 'does not answer' : 'has nobody who listens on port 53')}`;
}

/** `undefined` where it said nothing: the way to it tells why. */
function saidText(said: NameServerReply['said']): string | undefined {
  switch (said) {
    case 'no-such-name':
      return 'says that there is no such name (NXDOMAIN)';
    case 'no-address':
      return 'knows the name, and no address of it (NODATA)';
    case 'failure':
      return 'could not find out (SERVFAIL)';
    case 'refusal':
      return 'refuses to answer (REFUSED)';
    case 'nonsense':
      return 'answers what is no answer to a query';
    case 'address':
      return 'has an address for it, which the resolver of the namespace did not come by';
    case 'nobody-there':
    case 'silence':
      return undefined;
    default:
      return unreachable(said);
  }
}
