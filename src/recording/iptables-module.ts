/**
 * The modules of iptables (`-m NAME`) whose options mean something only together, as our matches.
 *
 * Source: iptables-extensions(8); net/netfilter/xt_limit.c, xt_hashlimit.c, xt_connlimit.c, xt_recent.c, xt_owner.c,
 * xt_addrtype.c, xt_policy.c; net/ipv4/netfilter/ipt_rpfilter.c; options as iptables 1.8.9 saves them.
 *
 * @module
 */

import type { Match, NumberRange } from '../host/ruleset.ts';
import type { IptablesModule, IptablesOption } from './iptables-options.ts';

/** What the module asks for; `undefined`: nothing that we model, or not as a whole. */
export function wholeModule(module: IptablesModule): readonly Match[] | undefined {
  return WHOLE.get(module.name)?.(module);
}

/** Whether the module is one of these. */
export function isWholeModule({ name, options }: IptablesModule): boolean {
  // Restricts which devices' addresses count as local, for the other options of the module.
  if (name === 'addrtype') return options.some((option) => option.name.startsWith('--limit-iface'));
  return WHOLE.has(name);
}

const WHOLE: ReadonlyMap<string, (module: IptablesModule) => readonly Match[] | undefined> = new Map([
  ['limit', ({ text }: IptablesModule) => [{ kind: 'budget', text, within: true } as const]],
  ['hashlimit', hashlimit],
  ['connlimit', connlimit],
  ['quota', quota],
  ['recent', recent],
  ['statistic', ({ text }: IptablesModule) => [{ kind: 'chance', text } as const]],
  ['owner', owner],
  ['rpfilter', rpfilter],
  ['addrtype', limitedAddrtype],
  ['policy', policy],
  ['ttl', timeToLive],
  ['hl', timeToLive],
  // Extension headers and IPsec, which no packet of ours has: the module then says no, whatever its options.
  ...['ah', 'esp', 'rt', 'frag', 'hbh', 'dst', 'mh'].map((name) => [name, () => [{ kind: 'never' } as const]] as const),
]);

function optionOf({ options }: IptablesModule, ...names: readonly string[]): IptablesOption | undefined {
  return options.find(({ name }) => names.includes(name));
}

function hashlimit(module: IptablesModule): readonly Match[] | undefined {
  const over = optionOf(module, '--hashlimit-above');
  const upTo = optionOf(module, '--hashlimit-upto', '--hashlimit');
  if (over === undefined && upTo === undefined) return undefined;
  const isOver = over === undefined ? upTo?.negate === true : !over.negate;
  return [{ kind: 'budget', text: module.text, within: !isOver }];
}

/** The packet's own connection counts as the first. */
function connlimit(module: IptablesModule): readonly Match[] | undefined {
  const option = optionOf(module, '--connlimit-above', '--connlimit-upto');
  const most = Number(option?.args[0]);
  if (option === undefined || !Number.isInteger(most)) return undefined;
  return connectionCount(most, (option.name === '--connlimit-above') !== option.negate, module.text);
}

/** A count of connections, the packet's own included, that is over `most`, or is not; nft has the same as `ct count`. */
export function connectionCount(most: number, isOver: boolean, text: string): readonly Match[] {
  if (most > 0) return [{ kind: 'budget', text, within: !isOver }];
  return isOver ? [] : [{ kind: 'never' }];
}

/** A quota that is smaller than one packet may be what is left of a larger one, or used up from the beginning. */
function quota(module: IptablesModule): readonly Match[] | undefined {
  const option = optionOf(module, '--quota');
  if (option === undefined || !(Number(option.args[0]) > LARGEST_PACKET_BYTES)) return undefined;
  return [{ kind: 'budget', text: module.text, within: !option.negate }];
}

const LARGEST_PACKET_BYTES = 65_535;

/** Who is on the list of recent senders is not read; several hits within a time are more than one packet makes. */
function recent(module: IptablesModule): readonly Match[] | undefined {
  const set = optionOf(module, '--set');
  if (set !== undefined) return set.negate ? [{ kind: 'never' }] : [];
  const asked = optionOf(module, '--rcheck', '--update');
  const hits = Number(optionOf(module, '--hitcount')?.args[0] ?? 1);
  if (asked === undefined || hits < 2) return undefined;
  return [{ kind: 'budget', text: module.text, within: asked.negate }];
}

function owner(module: IptablesModule): readonly Match[] | undefined {
  const matches = module.options.map(({ name, negate, args }): Match | undefined => {
    const of = name === '--uid-owner' ? 'user' : name === '--gid-owner' ? 'group' : undefined;
    const range = idRange(args[0] ?? '');
    if (of === undefined || range === undefined) return undefined;
    return { kind: 'owner', of, negate, ranges: [range], unowned: negate };
  });
  return allRead(matches);
}

/** `1000`, `0-999`; iptables saves no names. */
function idRange(text: string): NumberRange | undefined {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  return first === undefined ? undefined : [Number(first), Number(last ?? first)];
}

function rpfilter(module: IptablesModule): readonly Match[] {
  const has = (name: string) => optionOf(module, name) !== undefined;
  return [
    {
      kind: 'route-to',
      side: 'source',
      negate: has('--invert'),
      ...(!has('--loose') && { through: 'in' as const }),
      usesMark: has('--validmark'),
      acceptsLocal: has('--accept-local'),
    },
  ];
}

function limitedAddrtype(module: IptablesModule): readonly Match[] | undefined {
  const on = optionOf(module, '--limit-iface-in') === undefined ? 'out' : 'in';
  const asked = module.options.filter(({ name }) => !name.startsWith('--limit-iface'));
  const matches = asked.map(({ name, negate, args }): Match | undefined => {
    const side = name === '--src-type' ? 'source' : name === '--dst-type' ? 'destination' : undefined;
    const types = (args[0] ?? '').toLowerCase().split(',');
    return side && { kind: 'address-type', side, negate, types, on };
  });
  return allRead(matches);
}

/** Nothing here is sent through IPsec. */
function policy(module: IptablesModule): readonly Match[] | undefined {
  const pol = optionOf(module, '--pol');
  if (pol === undefined || pol.negate) return undefined;
  if (pol.args[0] === 'ipsec') return [{ kind: 'never' }];
  return pol.args[0] === 'none' && module.options.length === 2 ? [] : undefined;
}

function timeToLive({ options }: IptablesModule): readonly Match[] | undefined {
  const matches = options.map(({ name, negate, args }): Match | undefined => {
    const value = Number(args[0]);
    const range = Number.isInteger(value) ? ttlRange(name.slice(name.lastIndexOf('-') + 1), value) : undefined;
    return range && { kind: 'ttl', negate, ranges: [range] };
  });
  return allRead(matches);
}

const MAX_TTL = 255;

function ttlRange(how: string, value: number): NumberRange | undefined {
  if (how === 'eq') return [value, value];
  if (how === 'lt') return [0, value - 1];
  return how === 'gt' ? [value + 1, MAX_TTL] : undefined;
}

function allRead(matches: readonly (Match | undefined)[]): readonly Match[] | undefined {
  const read = matches.filter((match) => match !== undefined);
  return read.length === matches.length ? read : undefined;
}
