/**
 * What `ip -json -details -Numeric -batch - -force` prints when every line of the batch is a `route get`: one JSON array for
 * each that the kernel answered, in order, and on stderr the complaint about each other one with its line number.
 *
 * Source: iproute2 ip/iproute.c and lib/utils.c, do_batch(); as seen with iproute2 6.1 on a 6.18 kernel.
 *
 * @module
 */

import type { DeviceName } from '../host/link.ts';
import type { RouteWitness } from '../journey/observation.ts';
import { parseAddress } from '../net/address.ts';
import { parseIprouteJson } from '../recording/iproute-json.ts';

type Answer = RouteWitness['answer'];

/** RTN_*, by number. Source: include/uapi/linux/rtnetlink.h. */
const ROUTE_TYPES: readonly string[] = [
  'unspec',
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
  'xresolve',
];

const FAILED_LINE = /^Command failed .*:(\d+)$/;

/**
 * Read the answers to a batch.
 *
 * @param lines How many lines the batch had.
 * @returns One for each line, in order; `undefined` where there is none (`ip` itself could not run, or was cut short).
 */
export function readRouteGets(lines: number, stdout: string, stderr: string): readonly (Answer | undefined)[] {
  const complaints = complaintsByLine(stderr);
  const routes = stdout.split('\n').flatMap((line) => readRoute(line) ?? []);
  return Array.from({ length: lines }, (_, index) => {
    const text = complaints.get(index + 1);
    return text === undefined ? routes.shift() : { kind: 'error', text };
  });
}

function complaintsByLine(stderr: string): ReadonlyMap<number, string> {
  const complaints = new Map<number, string>();
  let said: string[] = [];
  for (const line of stderr.split('\n')) {
    const failed = FAILED_LINE.exec(line);
    if (failed === null) {
      if (line !== '') said.push(line.replace(/^RTNETLINK answers: /, ''));
      continue;
    }
    complaints.set(Number(failed[1]), said.join('; '));
    said = [];
  }
  return complaints;
}

function readRoute(line: string): Answer | undefined {
  const route = firstObject(line);
  if (route === undefined) return undefined;
  const type = text(route['type']) ?? 'unicast';
  const table = Number(text(route['table']));
  const cache = route['cache'];
  return {
    kind: 'route',
    type: ROUTE_TYPES[Number(type)] ?? type,
    device: text(route['dev']) as DeviceName | undefined,
    via: parseAddress(text(route['gateway']) ?? viaOfOtherFamily(route['via']) ?? ''),
    source: parseAddress(text(route['prefsrc']) ?? ''),
    table: Number.isNaN(table) ? undefined : table,
    ...(Array.isArray(cache) && cache.includes('redirected') && { redirected: true as const }),
  };
}

/** Of an array; `undefined` when the line is none, or was cut when `ip` was ended. */
function firstObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed = parseIprouteJson(line);
    const first: unknown = Array.isArray(parsed) ? parsed[0] : undefined;
    return typeof first === 'object' && first !== null ? { ...first } : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 5549: an IPv4 route whose gateway is an IPv6 address. */
function viaOfOtherFamily(via: unknown): string | undefined {
  return typeof via === 'object' && via !== null && 'host' in via ? text(via.host) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
