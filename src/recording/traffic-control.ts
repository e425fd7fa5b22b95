/**
 * What tc may do to packets of each device: `tc qdisc show`, and `tc filter show` of those devices where a qdisc can
 * carry filters. Nothing of it is modelled; a qdisc that never drops a lone packet is not worth a word.
 *
 *     qdisc netem 8001: dev eth0 root refcnt 2 limit 1000 delay 10ms loss 10%
 *     qdisc clsact ffff: dev eth0 parent ffff:fff1
 *
 * Source: tc/tc_qdisc.c print_qdisc() of iproute2 6.1; net/sched/sch_*.c.
 *
 * @module
 */

import { outputOf } from './output.ts';
import { FILTER_READ } from './reads.ts';
import type { RecordedNamespace } from './recording.ts';

/** They queue, delay or share; one packet alone passes. `htb` passes what no class claims. */
const HARMLESS = new Set([
  ...['noqueue', 'noop', 'mq', 'mqprio', 'pfifo', 'bfifo', 'pfifo_fast', 'prio', 'multiq', 'sfq', 'fq', 'etf'],
  ...['codel', 'fq_codel', 'pie', 'fq_pie', 'cake', 'red', 'choke', 'hhf', 'sfb', 'htb', 'tbf', 'taprio'],
  // Only carriers of filters, which are listed by themselves.
  ...['clsact', 'ingress'],
]);

const QDISC = /^qdisc (\S+) \S+ dev (\S+)(.*)$/;

/** What may drop packets, by device. Devices without an entry have nothing of the kind, or nobody could tell. */
export function trafficControlOf(namespace: RecordedNamespace): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const add = (device: string, what: string): void => {
    const known = found.get(device);
    if (known === undefined) found.set(device, [what]);
    else known.push(what);
  };
  const qdiscs = outputOf(namespace, 'qdisc');
  for (const line of qdiscs.known ? qdiscs.value.stdout.split('\n') : []) {
    const [, kind = '', device, options = ''] = QDISC.exec(line) ?? [];
    const drops = kind === 'netem' ? / (?:loss|corrupt) /.test(options) : !HARMLESS.has(kind);
    if (device !== undefined && drops) add(device, `qdisc ${kind}`);
  }
  for (const [key, output] of Object.entries(namespace.outputs)) {
    const [, place, device] = FILTER_READ.exec(key) ?? [];
    if (device === undefined) continue;
    if (output.exitCode !== 0) add(device, `tc filters on ${place} that could not be read`);
    else if (output.stdout.trim() !== '') add(device, `tc filter on ${place}`);
  }
  return found;
}
