/**
 * What a filter of tcpdump's hides, that nobody takes it for lost: the packet as it looks behind a translation, and its answer.
 *
 * Judged by the words. Limit: a name of a host that is a word of the language itself (`dst`) is taken for that word.
 *
 * Source: pcap-filter(7).
 *
 * @module
 */

/** What is as true of a packet that has other addresses and ports. */
const OF_NO_ADDRESS: ReadonlySet<string> = new Set(['ip', 'ip6', 'icmp', 'icmp6', 'tcp', 'udp', 'and', 'or', 'not']);

/** What may be true of a packet, and not of its answer: who sent it, which way it goes, how long it is, any byte of it. */
const OF_ONE_DIRECTION =
  /(?<![\w.-])(src|dst|inbound|outbound|less|greater|len|broadcast|multicast|gateway)(?![\w.-])|\[/i;

/** Whether a packet that passes the filter may not, once it is translated. */
export function mayNotKnowTranslated(filter: string): boolean {
  return filter.split(/[\s()!&|]+/).some((word) => word !== '' && !OF_NO_ADDRESS.has(word.toLowerCase()));
}

/** Whether a question may pass the filter, and its answer not. */
export function mayNotKnowAnswers(filter: string): boolean {
  return OF_ONE_DIRECTION.test(filter);
}
