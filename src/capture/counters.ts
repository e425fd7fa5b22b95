/**
 * What tcpdump says of its own work: at its end, and when it is asked by SIGUSR1.
 *
 * Source: tcpdump.c, info(). The order of the lines has been the same since 2001; "dropped by interface" may follow.
 *
 * @module
 */

/** Packets, counted since tcpdump listens. */
export interface Counters {
  /** Written to the stream. */
  readonly captured: number;
  /** Passed the filter: captured, still waiting to be, or dropped. */
  readonly received: number;
  /** Lost, because tcpdump did not come to read them in time. */
  readonly dropped: number;
}

const COUNTERS =
  /(\d+) packets? captured[,\s]+(\d+) packets? received by filter[,\s]+(\d+) packets? dropped by kernel/g;

/** The last ones that tcpdump said. @param stderr All that it has written so far. */
export function lastCounters(stderr: string): Counters | undefined {
  const last = [...stderr.matchAll(COUNTERS)].at(-1);
  if (last === undefined) return undefined;
  const [, captured, received, dropped] = last;
  return { captured: Number(captured), received: Number(received), dropped: Number(dropped) };
}
