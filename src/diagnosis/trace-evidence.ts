/**
 * What the kernel told of the traced packet, as evidence: one line for each thing that it did.
 *
 * A reason is the kernel's word for the place where it let go of the packet, and is shown as no more than that: where it is
 * known to be said of other faults as well, that is said with it.
 *
 * @module
 */

import type { Evidence } from '../faults/finding.ts';
import type { KernelEvent, KernelTrace } from '../journey/kernel-trace.ts';

/**
 * What a reason does not tell apart, measured on Linux 6.18: test/live/kernel-trace.test.ts.
 * NOT_SPECIFIED is the kernel's word for having none.
 */
const ALSO_SAID_OF: Readonly<Record<string, string>> = {
  BRIDGE_INGRESS_STP_STATE: 'said of a bridge that is down as well',
  IP_INNOROUTES: 'said of a way out that is down as well',
};

/** What a failed lookup means, by errno. Source: net/ipv4/fib_semantics.c, fib_props. */
const LOOKUP_ERRORS: Readonly<Record<number, string>> = {
  [-11]: 'no route matches',
  [-13]: 'the route says prohibit',
  [-22]: 'the route says blackhole',
  [-101]: 'no route matches',
  [-113]: 'the route says unreachable',
};

/**
 * In the order of time; what another line says already is left out.
 *
 * @param withLookups Whether lookups that failed are news: `ip route get` may have said so.
 */
export function traceEvidence(
  trace: KernelTrace | undefined,
  { withLookups }: { readonly withLookups: boolean },
): readonly Evidence[] {
  const events = (trace?.events ?? []).filter(({ kind }) => withLookups || kind !== 'lookup-failed');
  const lines = events.filter((event) => !isSaidBetter(event, events)).map(eventText);
  return [...new Set(lines)].map((text) => ({ witness: 'kernel', command: undefined, text }));
}

/** `ns2 drops the request behind v2: NETFILTER_DROP, in nft_do_chain()`. */
export function eventText(event: KernelEvent): string {
  const { netns, device, leg } = event;
  const packet = `the ${leg}${device === undefined ? '' : ` behind ${device}`}`;
  switch (event.kind) {
    case 'dropped':
      return `${netns} drops ${packet}: ${reasonText(event.reason)}, in ${event.location}() (skb:kfree_skb)`;
    case 'icmp-sent':
      return `${netns} answers ${packet} by ICMP: ${event.text}`;
    case 'reset-sent':
      return `${netns} answers ${packet} by a TCP reset${event.reason === undefined ? '' : `: ${event.reason}`}`;
    case 'lookup-failed': {
      const isV6 = event.destination.includes(':');
      // IPv6 looks up a miss as a route of type unreachable.
      const errors = isV6
        ? { ...LOOKUP_ERRORS, [-113]: 'no route matches, or one that says unreachable' }
        : LOOKUP_ERRORS;
      const by = isV6 ? 'fib6:fib6_table_lookup' : 'fib:fib_table_lookup';
      const why = errors[event.error] ?? `error ${-event.error}`;
      return `${netns} looks up ${event.destination} in table ${event.table} for ${packet}: ${why} (${by})`;
    }
    case 'rule-took': {
      const { family, table, chain, handle, text } = event;
      const rule = handle === undefined ? '' : ` handle ${handle}`;
      return `${netns} ends ${packet} in ${family} ${table} ${chain}${rule}: ${text} (nft monitor trace)`;
    }
  }
}

function reasonText(reason: string | undefined): string {
  if (reason === undefined || reason === 'NOT_SPECIFIED') return 'no reason given';
  const also = ALSO_SAID_OF[reason];
  return also === undefined ? reason : `${reason} (${also})`;
}

/** A rule says more than the drop that it led to, and so does a reset. */
function isSaidBetter(event: KernelEvent, events: readonly KernelEvent[]): boolean {
  if (event.kind !== 'dropped') return false;
  return events.some(
    ({ kind, netns, leg }) =>
      netns === event.netns &&
      leg === event.leg &&
      ((kind === 'rule-took' && event.reason === 'NETFILTER_DROP') ||
        (kind === 'reset-sent' && event.reason === 'NO_SOCKET')),
  );
}
