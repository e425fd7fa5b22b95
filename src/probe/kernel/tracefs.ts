/**
 * A tracing instance of our own: the kernel's events about dropped packets, routing lookups and errors, for as long as one
 * probe lasts. The machine's own trace buffer and its settings are not touched.
 *
 * A small shell makes the instance and holds it: it removes it when its input ends, which the kernel sees to when we are
 * killed. So it is not bound to our life by a signal, as other children are, and ignores Ctrl-C. Where tracefs is not
 * mounted it mounts it for itself alone. What a killed shell left is removed by the next one: an instance carries the PID
 * namespace and the PID of its shell.
 *
 * Volume: every event has a filter. Those on the packet's way are asked for its length, which is odd where the question
 * leaves that to us; drops for the protocol; lookups for failure.
 *
 * Source: Documentation/trace/{ftrace,events}.rst. Seen in test/live/kernel-trace.test.ts.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { Child, type ChildOptions, linesOf } from '../../system/child.ts';
import type { Argv } from '../../system/run.ts';
import { readTrace, type TraceText } from './trace-text.ts';

export interface TraceRequest extends ChildOptions {
  readonly family: 'inet' | 'inet6';
  /** How long the probe's packets may be, as IP packets; what devices and tunnels add is in it already. */
  readonly lengthsBytes: readonly number[];
}

/** Narrow on `kind`. */
export type TraceStart =
  | { readonly kind: 'tracing'; readonly trace: TraceInstance }
  | { readonly kind: 'failed'; readonly why: string };

/** Where it is mounted by systemd, and where we mount it. */
export const TRACEFS = '/sys/kernel/tracing';
const ETHER_TYPE = { inet: '0x0800', inet6: '0x86dd' } as const;
const END_OF_TRACE = '# nsdiag: end';

/**
 * Its arguments: an ether type, a filter of lengths. It says `ready NAME`, or why not; after a line of input it writes
 * the trace and removes the instance.
 *
 * The initial PID namespace sees every process, so there an instance of a PID namespace that nobody is in is a dead one's.
 * 256 KiB for each CPU hold some 2,000 events; the first ones stay, because our packet's are among them. An event that
 * takes no filter is not asked for.
 */
const KEEPER = `
trap '' INT TERM HUP QUIT
instances=${TRACEFS}/instances
[ -d $instances ] || mount -t tracefs tracefs ${TRACEFS} || exit
cd $instances || exit
space=$(readlink /proc/self/ns/pid | tr -dc 0-9)
for old in nsdiag-*; do
  [ -d "$old" ] || continue
  theirs=\${old#nsdiag-}; theirs=\${theirs%-*}
  if [ "$theirs" = "$space" ]; then [ -d "/proc/\${old##*-}" ] && continue
  elif [ "$space" != ${0xeffffffc} ]; then continue
  elif readlink /proc/[0-9]*/ns/pid | grep -qF "[$theirs]"; then continue
  fi
  rmdir "$old"
done
name=nsdiag-$space-$$
mkdir $name || exit
remove() {
  for attempt in 1 2 3 4 5 6 7 8 9 10; do rmdir $name 2>/dev/null && exit; sleep 0.1; done
  rmdir $name; exit
}
echo 256 >$name/buffer_size_kb
echo 0 >$name/options/overwrite
echo tai >$name/trace_clock || remove
echo 0 >$name/tracing_on
event() {
  folder=$name/events/$1
  [ -d $folder ] || return
  [ -z "$2" ] || echo "$2" >$folder/filter || return
  echo 1 >$folder/enable
}
{
  event skb/kfree_skb "protocol == $1"
  event net/net_dev_queue "$2"
  event net/netif_receive_skb "$2"
  event fib/fib_table_lookup 'err != 0'
  event fib6/fib6_table_lookup 'err != 0'
  event icmp/icmp_send
  event tcp/tcp_send_reset
} 2>/dev/null
echo ready $name
if read -r word; then
  echo 0 >$name/tracing_on
  cat $name/trace
  grep -h '^dropped events' $name/per_cpu/cpu*/stats
  echo '${END_OF_TRACE}'
fi
remove
`;

/** The tracing at work. */
export class TraceInstance {
  readonly #child: Child;
  readonly #lines: AsyncGenerator<string>;
  readonly #name: string;

  private constructor(child: Child, lines: AsyncGenerator<string>, name: string) {
    this.#child = child;
    this.#lines = lines;
    this.#name = name;
  }

  /** Make an instance and wait until it may record. */
  static async start({ family, lengthsBytes, stack, signal }: TraceRequest): Promise<TraceStart> {
    const lengths = lengthsBytes.map((length) => `len == ${length}`).join(' || ');
    const keeper: Argv = ['sh', '-c', KEEPER, 'nsdiag-trace', ETHER_TYPE[family], lengths];
    const isMounted = existsSync(`${TRACEFS}/instances`);
    const argv: Argv = isMounted ? keeper : ['unshare', '--mount', '--propagation', 'slave', '--', ...keeper];
    const child = Child.start(argv, { stack, signal, endsWith: 'input' });
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    const lines = linesOf(child.stdout);
    const first = await lines.next();
    const [word, name] = first.done === true ? [] : first.value.split(' ');
    if (word === 'ready' && name !== undefined)
      return { kind: 'tracing', trace: new TraceInstance(child, lines, name) };
    await child.ended;
    const [complaint = ''] = complaints.split('\n');
    return { kind: 'failed', why: `no tracing instance: ${complaint === '' ? 'its keeper ended' : complaint}` };
  }

  /**
   * A program with which the recording begins: first it writes the word into the trace, which so tells its PID as the kernel
   * counts.
   */
  marked(word: string, argv: Argv): Argv {
    const instance = `/proc/${this.#child.pid}/root${TRACEFS}/instances/${this.#name}`;
    return ['sh', '-c', `echo 1 >"$0/tracing_on"; echo ${word} >"$0/trace_marker"; exec "$@"`, instance, ...argv];
  }

  /** Stop, and tell what was recorded. The instance goes meanwhile; the cleanup stack waits for that. */
  async finish(): Promise<TraceText> {
    this.#child.write('stop\n');
    const text: string[] = [];
    for await (const line of this.#lines) {
      if (line === END_OF_TRACE) break;
      text.push(line);
    }
    this.#child.endInput();
    return readTrace(text.join('\n'));
  }
}
