/**
 * dns-error: what a name server's refusal means.
 *
 * A name that does not exist is a note: resolvers try every search domain, and most of those names do not exist.
 *
 * Source: RFC 1035 section 4.1.1; RFC 8499 (names of the codes).
 *
 * @module
 */

import type { Finding } from '../finding.ts';
import { RCODE } from './dns-message.ts';

/** The errors of one kind that one client got from one server. */
interface DnsErrors {
  readonly client: string;
  readonly server: string;
  readonly rcode: number;
  /** Of the first. */
  readonly name: string | undefined;
  readonly count: number;
  readonly frames: Finding['frames'];
}

export function dnsErrorFinding({ client, server, rcode, name, count, frames }: DnsErrors): Finding {
  const about = name === undefined ? '' : ` for ${name}${count > 1 ? ' and others' : ''}`;
  return {
    code: 'dns-error',
    severity: rcode === RCODE.nameError ? 'note' : 'warning',
    what: `Name server ${server} answers ${rcodeName(rcode)} to ${client}${about}${count > 1 ? `, ${count} times` : ''}`,
    why: meaning(rcode),
    frames,
    count,
    subject: `${client} ${server} ${rcode}`,
    likely: ['name-unresolved'],
    confirm: `dig @${server} ${name ?? 'NAME'}`,
    cannotTell: rcode === RCODE.serverFailure ? 'Which server beyond this one failed it' : undefined,
  };
}

function rcodeName(rcode: number): string {
  switch (rcode) {
    case RCODE.formatError:
      return 'FORMERR';
    case RCODE.serverFailure:
      return 'SERVFAIL';
    case RCODE.nameError:
      return 'NXDOMAIN';
    case RCODE.notImplemented:
      return 'NOTIMP';
    case RCODE.refused:
      return 'REFUSED';
    default:
      return `RCODE ${rcode}`;
  }
}

function meaning(rcode: number): string {
  switch (rcode) {
    case RCODE.nameError:
      return 'The name does not exist. Harmless where a search domain was tried, a slip in the name elsewhere';
    case RCODE.serverFailure:
      return 'The server itself could not find out: the servers it asks do not answer, or their answers do not validate (DNSSEC)';
    case RCODE.refused:
      return 'The server does not serve this client or this name: an access list, or it is no resolver';
    default:
      return 'The server does not do what it was asked';
  }
}
