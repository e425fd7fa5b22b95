/**
 * `ip -N -j rule show` of both families to policy rules.
 *
 * Rules select by ever more attributes, and one that is overlooked turns a rule for few packets into one for all: what
 * is not read here makes the rule unmodelled, whatever it is.
 *
 * Source: ip/iprule.c print_rule() of iproute2 6.1; net/core/fib_rules.c.
 *
 * @module
 */

import * as v from 'valibot';
import { type Fact, known, mapFact } from '../host/fact.ts';
import type { PolicyRule, RuleAction } from '../host/route.ts';
import type { Address, Family } from '../net/address.ts';
import { type Prefix, parsePrefix } from '../net/prefix.ts';
import { AddressField, DeviceField, NumberField, RouteTypeField, TableField } from './fields.ts';
import { rowsOf } from './output.ts';
import type { RecordedNamespace } from './recording.ts';
import { routeProtocol } from './rtnetlink-names.ts';

const Port = v.optional(v.number());

/** What stands there matters even when its value is `null`: that is how iproute2 prints a word alone. */
const Word = v.optional(v.null());

const RuleRow = v.looseObject({
  priority: v.optional(v.number(), 0),
  not: Word,
  src: v.union([v.literal('all'), AddressField]),
  srclen: v.optional(v.number()),
  dst: v.optional(AddressField),
  dstlen: v.optional(v.number()),
  iif: v.optional(DeviceField),
  oif: v.optional(DeviceField),
  fwmark: v.optional(NumberField),
  fwmask: v.optional(NumberField),
  tos: v.optional(NumberField),
  /** `tcp`; `ipproto-6` with `-N`. */
  ipproto: v.optional(v.string()),
  sport: Port,
  sport_start: Port,
  sport_end: Port,
  dport: Port,
  dport_start: Port,
  dport_end: Port,
  suppress_prefixlen: v.optional(v.number()),
  table: v.optional(TableField),
  goto: v.optional(v.number()),
  unresolved: Word,
  nop: Word,
  action: v.optional(RouteTypeField),
  protocol: v.optional(v.string()),
});

type RuleRow = v.InferOutput<typeof RuleRow>;

/** Besides what the schema names: realms, and whether its device exists just now. */
const WITHOUT_EFFECT = ['flow_to', 'flow_from', 'iif_detached', 'oif_detached'];
const UNDERSTOOD = new Set([...Object.keys(RuleRow.entries), ...WITHOUT_EFFECT]);

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, 'ipv6-icmp': 58, sctp: 132 };

/** All rules in the order in which they are asked, IPv4 first. */
export function rulesOf(namespace: RecordedNamespace): Fact<readonly PolicyRule[]> {
  const inet = rulesOfFamily(namespace, 'inet', 'rule4');
  const inet6 = rulesOfFamily(namespace, 'inet6', 'rule6');
  if (!inet.known) return inet;
  return inet6.known ? known([...inet.value, ...inet6.value], inet.source) : inet6;
}

function rulesOfFamily(namespace: RecordedNamespace, family: Family, key: string): Fact<readonly PolicyRule[]> {
  return mapFact(rowsOf(namespace, key, RuleRow), (rows) => rows.map((row) => ruleOf(row, family)));
}

function ruleOf(row: RuleRow, family: Family): PolicyRule {
  const protocol = protocolOf(row.ipproto);
  const action = actionOf(row);
  const from = row.src === 'all' ? undefined : selectorPrefix(row.src, row.srclen);
  const to = row.dst === undefined ? undefined : selectorPrefix(row.dst, row.dstlen);
  const sourcePorts = portRange(row.sport, row.sport_start, row.sport_end);
  const destPorts = portRange(row.dport, row.dport_start, row.dport_end);
  return {
    family,
    priority: row.priority,
    not: row.not === null,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(row.iif === undefined ? {} : { iif: row.iif }),
    ...(row.oif === undefined ? {} : { oif: row.oif }),
    ...(row.fwmark === undefined ? {} : { fwmark: { value: row.fwmark, mask: row.fwmask ?? 0xffffffff } }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(sourcePorts === undefined ? {} : { sourcePorts }),
    ...(destPorts === undefined ? {} : { destPorts }),
    ...(row.tos === undefined ? {} : { tos: row.tos }),
    ...(row.suppress_prefixlen === undefined ? {} : { suppressPrefixLength: row.suppress_prefixlen }),
    action: action ?? { kind: 'nop' },
    ...madeBy(row.protocol),
    unmodelled: [
      ...(action === undefined ? ['an action that is not known'] : []),
      ...(from === undefined && row.src !== 'all' ? [`from ${row.src}/${row.srclen}`] : []),
      ...(to === undefined && row.dst !== undefined ? [`to ${row.dst}/${row.dstlen}`] : []),
      ...(row.ipproto !== undefined && protocol === undefined ? [`ipproto ${row.ipproto}`] : []),
      ...strangeWords(row),
    ],
  };
}

/** The kernel, `ip` itself and whoever writes fixed rules tell nothing by their number. */
const ANYBODY = ['unspec', '0', 'kernel', 'boot', 'static'];

function madeBy(text: string | undefined): Pick<PolicyRule, 'madeBy'> {
  const protocol = text === undefined ? undefined : routeProtocol(text);
  return protocol === undefined || ANYBODY.includes(protocol) ? {} : { madeBy: protocol };
}

function actionOf(row: RuleRow): RuleAction | undefined {
  if (row.nop === null) return { kind: 'nop' };
  // A goto to a rule that does not exist is passed over (fib_rules_lookup()).
  if (row.goto !== undefined) return row.unresolved === null ? { kind: 'nop' } : { kind: 'goto', priority: row.goto };
  if (row.action === 'blackhole' || row.action === 'unreachable' || row.action === 'prohibit') {
    return { kind: row.action };
  }
  return row.table === undefined ? undefined : { kind: 'lookup', table: row.table };
}

function protocolOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = /^(?:ipproto-)?(\d+)$/.exec(text)?.[1];
  return number === undefined ? PROTOCOLS[text] : Number(number);
}

/** iproute2 leaves out the length of a single address. */
function selectorPrefix(address: Address, length: number | undefined): Prefix | undefined {
  return parsePrefix(length === undefined ? address : `${address}/${length}`);
}

function portRange(
  single: number | undefined,
  first = single,
  last = single,
): readonly [first: number, last: number] | undefined {
  return first === undefined || last === undefined ? undefined : [first, last];
}

/** `uid_start 0`, `tun_id 5`, `l3mdev`. */
function strangeWords(row: RuleRow): readonly string[] {
  const strange = Object.entries(row).filter(([key]) => !UNDERSTOOD.has(key));
  return strange.map(([key, value]) => (value === null ? key : `${key} ${String(value)}`));
}
