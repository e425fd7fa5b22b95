/**
 * The text of a tracefs instance's `trace` file, as records.
 *
 *                ping-18668   [001] ..s1. 1795326806.171464: kfree_skb: skbaddr=000000003910cbfb ... reason: NETFILTER_DROP
 *
 * The kernel writes the names of drop reasons itself, by the table in the event's own format file; one that is not in
 * the table (a subsystem's) comes as its number. A line that is not understood is left out. Limit: fields that a kernel
 * does not have stay `undefined`, such as `reason` before 5.17.
 *
 * Source: kernel/trace/trace_output.c, trace_print_lat_fmt(); include/trace/events/{skb,net,fib,fib6,icmp,tcp}.h.
 *
 * @module
 */

import { type Address, parseAddress } from '../../net/address.ts';

/** Who ran when the event came. */
interface Context {
  readonly pid: number;
  readonly cpu: number;
  /** Not within a hard or soft interrupt: the process itself, in a system call of its own. */
  readonly isProcess: boolean;
  /** By the trace's clock, which counts as the wall clock does but for a whole number of seconds (TAI). */
  readonly timeNs: bigint;
}

/** One event. Narrow on `event`. `skb` tells one packet from others only as long as it lives. */
export type TraceRecord = Context &
  (
    | {
        readonly event: 'queue' | 'receive';
        readonly device: string;
        readonly skb: string;
        readonly lengthBytes: number;
      }
    | { readonly event: 'free'; readonly skb: string; readonly location: string; readonly reason: string | undefined }
    | { readonly event: 'icmp-send'; readonly skb: string; readonly type: number; readonly code: number }
    | { readonly event: 'reset-send'; readonly skb: string; readonly reason: string | undefined }
    | {
        readonly event: 'lookup';
        readonly table: number;
        readonly source: Address;
        readonly destination: Address;
        readonly error: number;
      }
    | { readonly event: 'mark'; readonly text: string }
  );

/** What one reading of the file holds. */
export interface TraceText {
  readonly records: readonly TraceRecord[];
  /** Events that the ring had no room for. */
  readonly lostEvents: number;
}

/** Of the `stats` of each CPU, which stand behind the trace. */
const LOST = /^dropped events: (\d+)$/gm;
/** The flags: irqs off, reschedule, interrupt (`.` none), depth of preemption, and since 5.16 of migration. */
const LINE = /^.*-(\d+) +\[(\d+)\] (\S{4,}) +(\d+)\.(\d{6}): (\w+): (.*)$/;
const INTERRUPT_FLAG_AT = 2;

/** Read the file. */
export function readTrace(text: string): TraceText {
  return {
    records: text.split('\n').flatMap((line) => readLine(line) ?? []),
    lostEvents: [...text.matchAll(LOST)].reduce((sum, [, count]) => sum + Number(count), 0),
  };
}

function readLine(line: string): TraceRecord | undefined {
  const [, pid, cpu, flags = '', seconds = '', microseconds = '', event = '', rest = ''] = LINE.exec(line) ?? [];
  const read = READERS[event];
  if (read === undefined) return undefined;
  const context: Context = {
    pid: Number(pid),
    cpu: Number(cpu),
    isProcess: flags[INTERRUPT_FLAG_AT] === '.',
    timeNs: BigInt(seconds) * 1_000_000_000n + BigInt(microseconds) * 1_000n,
  };
  return read(rest, context);
}

type Reader = (rest: string, context: Context) => TraceRecord | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  net_dev_queue: (rest, context) => passage('queue', rest, context),
  netif_receive_skb: (rest, context) => passage('receive', rest, context),
  kfree_skb(rest, context) {
    const skb = field(rest, 'skbaddr');
    // `ip_error+0x94/0x210 [module]`: where in the function matters to those alone who have its code.
    const location = / location=([^\s+]+)/.exec(rest)?.[1];
    if (skb === undefined || location === undefined) return undefined;
    return { ...context, event: 'free', skb, location, reason: / reason: (\S+)/.exec(rest)?.[1] };
  },
  icmp_send(rest, context) {
    const skb = field(rest, 'skbaddr');
    const [, type, code] = /type=(\d+), code=(\d+)/.exec(rest) ?? [];
    if (skb === undefined || type === undefined) return undefined;
    return { ...context, event: 'icmp-send', skb, type: Number(type), code: Number(code) };
  },
  tcp_send_reset(rest, context) {
    const skb = field(rest, 'skbaddr');
    return skb === undefined ? undefined : { ...context, event: 'reset-send', skb, reason: field(rest, 'reason') };
  },
  fib_table_lookup: lookup,
  fib6_table_lookup: lookup,
  tracing_mark_write: (text, context) => ({ ...context, event: 'mark', text }),
};

function passage(event: 'queue' | 'receive', rest: string, context: Context): TraceRecord | undefined {
  // A device may be called almost anything but with white space in it.
  const [, device, skb, length] = /^dev=(\S+) skbaddr=(\S+) len=(\d+)/.exec(rest) ?? [];
  if (device === undefined || skb === undefined) return undefined;
  return { ...context, event, device, skb, lengthBytes: Number(length) };
}

const LOOKUP = /^table +(\d+) .* (\S+)\/\d+ -> (\S+)\/\d+ .* err (-?\d+)$/;

function lookup(rest: string, context: Context): TraceRecord | undefined {
  const [, table, from = '', to = '', error] = LOOKUP.exec(rest) ?? [];
  const source = parseAddress(from);
  const destination = parseAddress(to);
  if (source === undefined || destination === undefined) return undefined;
  return { ...context, event: 'lookup', table: Number(table), source, destination, error: Number(error) };
}

function field(rest: string, name: string): string | undefined {
  return rest
    .split(' ')
    .find((word) => word.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}
