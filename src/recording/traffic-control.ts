/**
 * What tc may do to frames of each device: `tc qdisc show`, and `tc filter show` of those devices where a qdisc can
 * carry filters. A qdisc that never drops a lone packet is not worth a word.
 *
 *     qdisc netem 8001: dev eth0 root refcnt 2 limit 1000 delay 10ms loss 10%
 *     qdisc clsact ffff: dev eth0 parent ffff:fff1
 *     filter protocol all pref 49152 bpf chain 0 handle 0x1 direct-action not_in_hw bytecode '1,6 0 0 2'
 *
 * Understood as taking everything: `blackhole`, a queue without room, netem that loses 100 %, and a first filter that
 * drops whatever it is shown. Of other filters nobody here can tell.
 *
 * Source: tc/tc_qdisc.c print_qdisc(), tc/f_bpf.c, tc/f_matchall.c, tc/m_gact.c of iproute2 6.1; net/sched/sch_*.c.
 *
 * @module
 */

import type { Interceptor, Takes } from '../host/interceptor.ts';
import { outputOf } from './output.ts';
import { FILTER_READ } from './reads.ts';
import type { RecordedNamespace, RecordedOutput } from './recording.ts';

/** They queue, delay or share; one packet alone passes. `htb` passes what no class claims. */
const HARMLESS = new Set([
  ...['noqueue', 'noop', 'mq', 'mqprio', 'pfifo_fast', 'prio', 'multiq', 'sfq', 'fq', 'etf'],
  ...['codel', 'fq_codel', 'pie', 'fq_pie', 'cake', 'red', 'choke', 'hhf', 'sfb', 'htb', 'taprio'],
  // Only carriers of filters, which are listed by themselves.
  ...['clsact', 'ingress'],
]);

const QDISC = /^qdisc (\S+) \S+ dev (\S+)(.*)$/;
const FILTER = /^filter protocol (\S+) pref (\d+) (\S+)(.*)$/;
const HOOKS = ['egress', 'ingress', 'root'] as const;
/** TC_ACT_SHOT, returned by a program of one instruction: BPF_RET | BPF_K. */
const ALWAYS_SHOT = / direct-action .*bytecode '1,6 0 0 2'/;
const KIB = 1024;

/** By device. Devices without an entry have nothing of the kind, or nobody could tell. */
export function trafficControlOf(namespace: RecordedNamespace): ReadonlyMap<string, readonly Interceptor[]> {
  const found = new Map<string, Interceptor[]>();
  const add = (device: string, interceptor: Interceptor): void => {
    const known = found.get(device);
    if (known === undefined) found.set(device, [interceptor]);
    else known.push(interceptor);
  };
  const qdiscs = outputOf(namespace, 'qdisc');
  for (const line of qdiscs.known ? qdiscs.value.stdout.split('\n') : []) {
    const [, kind = '', device, options = ''] = QDISC.exec(line) ?? [];
    const takes = device === undefined ? undefined : takenByQdisc(kind, options);
    if (device === undefined || takes === undefined) continue;
    // One below another may be passed by: which packets it is shown, the one above decides.
    const isRoot = / root /.test(`${options} `);
    add(device, {
      side: 'egress',
      sort: { kind: 'qdisc' },
      takes: isRoot ? takes : { kind: 'unknown' },
      name: `qdisc ${kind}`,
      line: line.trim(),
    });
  }
  for (const [key, output] of Object.entries(namespace.outputs)) {
    const [, place, device] = FILTER_READ.exec(key) ?? [];
    const hook = HOOKS.find((each) => each === place);
    if (device === undefined || hook === undefined) continue;
    const filters = filtersOf(hook, output);
    if (filters !== undefined) add(device, filters);
  }
  return found;
}

/** Which frames the qdisc takes; `undefined`: none. */
function takenByQdisc(kind: string, options: string): Takes | undefined {
  switch (kind) {
    case 'blackhole':
      return { kind: 'all' };
    case 'pfifo':
      return / limit 0p/.test(options) ? { kind: 'all' } : undefined;
    case 'bfifo':
      return longerThan(/ limit (\d+)(b|Kb|Mb)/.exec(options));
    case 'tbf':
      return longerThan(/ burst (\d+)(b|Kb|Mb)/.exec(options));
    case 'netem':
      if (/ loss 100%/.test(options)) return { kind: 'all' };
      return / (?:loss|corrupt) /.test(options) ? { kind: 'unknown' } : undefined;
    default:
      return HARMLESS.has(kind) ? undefined : { kind: 'unknown' };
  }
}

/** `1000b`, `10Kb`: tc rounds to Kb what is less than 16 bytes from it. */
function longerThan(found: RegExpExecArray | null): Takes {
  if (found === null) return { kind: 'unknown' };
  const [, number, unit] = found;
  return { kind: 'longer', thanBytes: Number(number) * (unit === 'b' ? 1 : unit === 'Kb' ? KIB : KIB * KIB) };
}

/** All filters of one hook as one: the first decides. */
function filtersOf(hook: (typeof HOOKS)[number], output: RecordedOutput): Interceptor | undefined {
  const side = hook === 'ingress' ? 'ingress' : 'egress';
  const name = `tc filter on ${hook}`;
  const unread = { side, name, sort: { kind: 'filter', hook, one: undefined }, takes: { kind: 'unknown' } } as const;
  if (output.exitCode !== 0) return { ...unread, name: `${name} that could not be read`, line: output.stderr.trim() };
  // Each filter begins with a line of its own without a handle, for its place in the order.
  const lines = output.stdout.split('\n');
  const first = lines.findIndex((line) => FILTER.test(line) && / (?:handle|fh) /.test(line));
  const [, protocol = '', pref = '', kind = '', options = ''] = FILTER.exec(lines[first] ?? '') ?? [];
  if (first < 0) return output.stdout.trim() === '' ? undefined : { ...unread, line: lines.find(Boolean) ?? '' };
  const next = lines.findIndex((line, index) => index > first && FILTER.test(line));
  const own = [options, ...lines.slice(first + 1, next < 0 ? undefined : next)].join(' ');
  const isFirstOfAll = lines.filter((line) => FILTER.test(line)).every((line) => prefOf(line) >= Number(pref));
  const takesAll = protocol === 'all' && isFirstOfAll && dropsAll(kind, own);
  return {
    side,
    name,
    sort: { kind: 'filter', hook, one: takesAll ? { pref: Number(pref), protocol } : undefined },
    takes: { kind: takesAll ? 'all' : 'unknown' },
    line: (lines[first] ?? '').trim(),
  };
}

function prefOf(line: string): number {
  return Number(FILTER.exec(line)?.[2]);
}

function dropsAll(kind: string, options: string): boolean {
  if (kind === 'bpf') return ALWAYS_SHOT.test(options);
  return (
    kind === 'matchall' && / action order 1: gact action drop\s+random type none/.test(options.replaceAll('\t', ' '))
  );
}
