/**
 * What the sender has learned of the path to one destination: asked of `ip route get`, because `ip route show cache` does
 * not list what has been learned and not been used since (net/ipv4/route.c fnhe_dump_bucket(): seen on 6.18, right after
 * the ICMP error).
 *
 * @module
 */

import * as v from 'valibot';
import { ipIn } from '../host/commands-enter.ts';
import { known } from '../host/fact.ts';
import { findNetns, type Host, replaceNetns } from '../host/host.ts';
import type { DeviceName } from '../host/link.ts';
import type { PathMtu } from '../host/path-mtu.ts';
import { familyOf, parseAddress } from '../net/address.ts';
import { parseIprouteJson } from '../recording/iproute-json.ts';
import { argvInNetns } from '../system/enter-netns.ts';
import { run } from '../system/run.ts';
import type { Question } from '../walk/question.ts';

const Learned = v.looseObject({
  dev: v.string(),
  gateway: v.optional(v.string()),
  /** Only of what was learned; a route's own `mtu` does not expire. */
  expires: v.number(),
  metrics: v.pipe(v.array(v.looseObject({ mtu: v.number() })), v.minLength(1)),
});

/** The host with what its kernel says of the path from the question's namespace to the destination. */
export async function withPathMtu(host: Host, question: Question, signal: AbortSignal | undefined): Promise<Host> {
  const netns = findNetns(host, question.netns);
  if (netns === undefined || !netns.pathMtus.known) return host;
  const from = question.from === undefined ? [] : ['from', question.from];
  const words = ['-json', 'route', 'get', question.destination, ...from];
  const options = signal === undefined ? {} : { signal };
  const { stdout } = await run(argvInNetns(netns.entry, ['ip', ...words]), options);
  const learned = readLearned(stdout, question);
  const before = netns.pathMtus.value;
  if (learned === undefined || before.some((each) => each.destination === learned.destination)) return host;
  const source = { command: ipIn(netns, words.slice(1)) };
  return replaceNetns(host, netns.name, (each) => ({ ...each, pathMtus: known([...before, learned], source) }));
}

function readLearned(stdout: string, { destination }: Question): PathMtu | undefined {
  const row = v.safeParse(Learned, firstRow(stdout));
  const mtu = row.success ? row.output.metrics[0]?.mtu : undefined;
  if (!row.success || mtu === undefined) return undefined;
  const via = row.output.gateway === undefined ? undefined : parseAddress(row.output.gateway);
  return { family: familyOf(destination), destination, via, device: row.output.dev as DeviceName, mtu };
}

function firstRow(stdout: string): unknown {
  try {
    const rows = parseIprouteJson(stdout);
    return Array.isArray(rows) ? rows[0] : undefined;
  } catch {
    return undefined;
  }
}
