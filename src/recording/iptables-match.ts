/**
 * The conditions of an iptables rule as our matches.
 *
 * An option or a module that we do not model is an `unmodelled` match with its text; the others of the rule still count.
 *
 * Source: iptables-extensions(8); net/netfilter/xt_*.c; names and numbers as iptables 1.8.9 saves them.
 *
 * @module
 */

import type { CtState, Match, NumberRange } from '../host/ruleset.ts';
import { addressBits, type Family, familyOf, parseAddress } from '../net/address.ts';
import { parsePrefix } from '../net/prefix.ts';
import { type IpSets, setMatches } from './ipset.ts';
import { isWholeModule, wholeModule } from './iptables-module.ts';
import type { IptablesModule, IptablesOption } from './iptables-options.ts';
import { icmpTypeOf, protocolNumberOf, tcpFlagOf } from './nft-names.ts';

/** `-s`, `-d`, `-i`, `-o`, `-p`, `-f`. */
export function baseMatches(option: IptablesOption): readonly Match[] {
  const [value = ''] = option.args;
  switch (option.name) {
    case '-s':
    case '--source':
      return modelled(option, addressMatch('source', option.negate, value));
    case '-d':
    case '--destination':
      return modelled(option, addressMatch('destination', option.negate, value));
    case '-i':
    case '--in-interface':
      return [{ kind: 'device', side: 'in', negate: option.negate, names: [deviceName(value)] }];
    case '-o':
    case '--out-interface':
      return [{ kind: 'device', side: 'out', negate: option.negate, names: [deviceName(value)] }];
    case '-p':
    case '--protocol':
      return value === 'all' ? [] : modelled(option, protocolMatch(option.negate, value));
    // Second and later fragments; what we walk is whole when it reaches a rule.
    case '-f':
    case '--fragment':
      return option.negate ? [] : [{ kind: 'never' }];
    default:
      return [unmodelled(option.text)];
  }
}

/** `-m NAME ...`. */
export function moduleMatches(module: IptablesModule, family: Family, sets: IpSets): readonly Match[] {
  if (module.name === 'set') return setMatches(module, family, sets) ?? [unmodelled(module.text)];
  if (isWholeModule(module)) return wholeModule(module) ?? [unmodelled(module.text)];
  const read = MODULES.get(module.name);
  if (read === undefined) return [unmodelled(module.text)];
  return module.options.flatMap((option) => modelled(option, read(option, family), module));
}

type ReadOption = (option: IptablesOption, family: Family) => readonly Match[] | undefined;

const MODULES: ReadonlyMap<string, ReadOption> = new Map<string, ReadOption>([
  ['comment', ({ name }) => (name === '--comment' ? [] : undefined)],
  ['tcp', transportOption],
  ['udp', transportOption],
  ['udplite', transportOption],
  ['sctp', transportOption],
  ['dccp', transportOption],
  ['multiport', multiportOption],
  ['icmp', icmpOption],
  ['icmp6', icmpOption],
  ['state', conntrackOption],
  ['conntrack', conntrackOption],
  ['mark', (option) => markOption(option, 'packet')],
  ['connmark', (option) => markOption(option, 'connection')],
  ['addrtype', addrtypeOption],
  ['pkttype', pkttypeOption],
  ['physdev', physdevOption],
  ['iprange', iprangeOption],
  ['length', lengthOption],
]);

function modelled(
  option: IptablesOption,
  matches: readonly Match[] | undefined,
  module?: IptablesModule,
): readonly Match[] {
  const text = module === undefined ? option.text : `-m ${module.name} ${option.text}`;
  return matches ?? [unmodelled(text)];
}

function unmodelled(text: string): Match {
  return { kind: 'unmodelled', text };
}

/** Masks with holes (`10.0.0.0/255.0.255.0`) are no prefixes. */
function addressMatch(side: 'source' | 'destination', negate: boolean, text: string): readonly Match[] | undefined {
  const prefix = parsePrefix(text);
  return prefix && [{ kind: 'address', side, negate, prefixes: [prefix] }];
}

function deviceName(text: string): { readonly name: string; readonly wildcard: boolean } {
  return text.endsWith('+') ? { name: text.slice(0, -1), wildcard: true } : { name: text, wildcard: false };
}

function protocolMatch(negate: boolean, text: string): readonly Match[] | undefined {
  const protocol = protocolNumberOf(text);
  return protocol === undefined ? undefined : [{ kind: 'protocol', negate, protocols: [protocol] }];
}

function transportOption({ name, negate, args: [value = '', set = ''] }: IptablesOption): readonly Match[] | undefined {
  switch (name) {
    case '--sport':
    case '--source-port':
      return portMatch('source', negate, [value]);
    case '--dport':
    case '--destination-port':
      return portMatch('destination', negate, [value]);
    case '--tcp-flags': {
      const mask = flagBits(value);
      const bits = flagBits(set);
      return mask === undefined || bits === undefined ? undefined : [{ kind: 'tcp-flags', negate, mask, set: bits }];
    }
    case '--syn':
      return [{ kind: 'tcp-flags', negate, mask: SYN_MASK, set: SYN }];
    default:
      return undefined;
  }
}

const SYN = 0x02;
/** FIN, SYN, RST, ACK: what `--syn` looks at. */
const SYN_MASK = 0x17;
/** ALL is FIN, SYN, RST, PSH, ACK, URG. */
const ALL_FLAGS = 0x3f;

function flagBits(text: string): number | undefined {
  if (text === 'NONE') return 0;
  if (text === 'ALL') return ALL_FLAGS;
  const flags = text.split(',').map((flag) => tcpFlagOf(flag === 'ECE' ? 'ecn' : flag));
  return flags.reduce<number | undefined>(
    (bits, flag) => (bits === undefined || flag === undefined ? undefined : bits | flag),
    0,
  );
}

function portMatch(
  side: 'source' | 'destination' | 'either',
  negate: boolean,
  texts: readonly string[],
): readonly Match[] | undefined {
  const ranges = numberRanges(texts);
  return ranges && [{ kind: 'port', side, negate, ranges }];
}

/** `80`, `1024:65535`. */
function numberRanges(texts: readonly string[]): readonly NumberRange[] | undefined {
  const ranges: NumberRange[] = [];
  for (const text of texts) {
    const [, first, last] = /^(\d+)(?::(\d+))?$/.exec(text) ?? [];
    if (first === undefined) return undefined;
    ranges.push([Number(first), Number(last ?? first)]);
  }
  return ranges;
}

function multiportOption({ name, negate, args: [value = ''] }: IptablesOption): readonly Match[] | undefined {
  const side = new Map([
    ['--sports', 'source'],
    ['--dports', 'destination'],
    ['--ports', 'either'],
  ] as const).get(name as '--ports');
  return side && portMatch(side, negate, value.split(','));
}

function icmpOption(
  { name, negate, args: [value = ''] }: IptablesOption,
  family: Family,
): readonly Match[] | undefined {
  if (name !== '--icmp-type' && name !== '--icmpv6-type') return undefined;
  if (value === 'any') return negate ? [{ kind: 'never' }] : [];
  const [typeText = '', codeText] = value.split('/');
  const type = icmpTypeOf(family, typeText);
  if (type === undefined || (codeText !== undefined && !/^\d+$/.test(codeText))) return undefined;
  const code = codeText === undefined ? undefined : Number(codeText);
  return [
    { kind: 'icmp', family, negate, types: [[type, type]], codes: code === undefined ? undefined : [[code, code]] },
  ];
}

const CT_STATES: ReadonlyMap<string, CtState> = new Map([
  ['NEW', 'new'],
  ['ESTABLISHED', 'established'],
  ['RELATED', 'related'],
  ['INVALID', 'invalid'],
  ['UNTRACKED', 'untracked'],
]);

function conntrackOption({ name, negate, args: [value = ''] }: IptablesOption): readonly Match[] | undefined {
  switch (name) {
    case '--ctstate':
    case '--state':
      return ctStateMatch(negate, value.split(','));
    case '--ctdir':
      return [{ kind: 'ct-direction', negate, direction: value === 'REPLY' ? 'reply' : 'original' }];
    case '--ctproto':
      return ofTuple('original', negate, protocolMatch(false, value));
    default:
      return tupleOption(name, negate, value);
  }
}

/** `--ctorigdst`, `--ctreplsrcport` ...: the ends of the connection, as they were before anything was translated. */
function tupleOption(name: string, negate: boolean, value: string): readonly Match[] | undefined {
  const [, direction, end, port] = /^--ct(orig|repl)(src|dst)(port)?$/.exec(name) ?? [];
  if (direction === undefined) return undefined;
  const side = end === 'src' ? 'source' : 'destination';
  const inner = port === undefined ? addressMatch(side, false, value) : portMatch(side, false, [value]);
  return ofTuple(direction === 'orig' ? 'original' : 'reply', negate, inner);
}

function ofTuple(
  direction: 'original' | 'reply',
  negate: boolean,
  inner: readonly Match[] | undefined,
): readonly Match[] | undefined {
  return inner?.map((match) => ({ kind: 'ct-tuple', negate, direction, match }));
}

/** SNAT and DNAT are "states" to iptables only: the connection was translated. */
function ctStateMatch(negate: boolean, words: readonly string[]): readonly Match[] | undefined {
  const states = words.map((word) => CT_STATES.get(word)).filter((state) => state !== undefined);
  const statuses = words.filter((word) => word === 'SNAT' || word === 'DNAT');
  if (states.length + statuses.length !== words.length) return undefined;
  if (statuses.length === 0) return [{ kind: 'ct-state', negate, states }];
  const translated: Match = {
    kind: 'ct-status',
    negate: false,
    statuses: statuses.map((word) => (word === 'SNAT' ? 'snat' : 'dnat')),
  };
  return [{ kind: 'any', negate, alternatives: [[{ kind: 'ct-state', negate: false, states }], [translated]] }];
}

function markOption(
  { name, negate, args: [value = ''] }: IptablesOption,
  of: 'packet' | 'connection',
): readonly Match[] | undefined {
  const mark = name === '--mark' ? markAndMask(value) : undefined;
  return mark && [{ kind: 'mark', of, negate, ...mark }];
}

/** `0x1/0xff`; without a mask, all bits count. */
export function markAndMask(text: string): { readonly value: number; readonly mask: number } | undefined {
  const [, value, mask] = /^(0x[0-9a-f]+|\d+)(?:\/(0x[0-9a-f]+|\d+))?$/i.exec(text) ?? [];
  return value === undefined
    ? undefined
    : { value: Number(value), mask: mask === undefined ? 0xffffffff : Number(mask) };
}

function addrtypeOption({ name, negate, args: [value = ''] }: IptablesOption): readonly Match[] | undefined {
  if (name !== '--src-type' && name !== '--dst-type') return undefined;
  const side = name === '--src-type' ? 'source' : 'destination';
  return [{ kind: 'address-type', side, negate, types: value.toLowerCase().split(',') }];
}

/** How the frame was addressed. What we walk goes to one host, unless its address says otherwise. */
function pkttypeOption({ name, negate, args: [value = ''] }: IptablesOption): readonly Match[] | undefined {
  if (name !== '--pkt-type' || (value !== 'broadcast' && value !== 'multicast')) return undefined;
  return [{ kind: 'address-type', side: 'destination', negate, types: [value] }];
}

/** Every name: what `--physdev-is-in` asks is whether there is a port at all. */
const ANY_NAME = { name: '', wildcard: true } as const;

function physdevOption({ name, negate, args: [value = ''] }: IptablesOption): readonly Match[] | undefined {
  const port = (side: 'in' | 'out', wanted: { readonly name: string; readonly wildcard: boolean }) =>
    [{ kind: 'bridge-port', side, negate, names: [wanted] }] as const;
  switch (name) {
    case '--physdev-in':
      return port('in', deviceName(value));
    case '--physdev-out':
      return port('out', deviceName(value));
    case '--physdev-is-in':
      return port('in', ANY_NAME);
    // Bridged means that a port to leave by is known (xt_physdev.c).
    case '--physdev-is-out':
    case '--physdev-is-bridged':
      return port('out', ANY_NAME);
    default:
      return undefined;
  }
}

function iprangeOption({ name, negate, args: [value = ''] }: IptablesOption): readonly Match[] | undefined {
  if (name !== '--src-range' && name !== '--dst-range') return undefined;
  const [first, last] = value.split('-').map(parseAddress);
  if (first === undefined || last === undefined) return undefined;
  return [
    {
      kind: 'address-range',
      side: name === '--src-range' ? 'source' : 'destination',
      negate,
      family: familyOf(first),
      first: addressBits(first),
      last: addressBits(last),
    },
  ];
}

/** The whole packet, IPv6's fixed header included (xt_length.c). */
function lengthOption({ name, negate, args: [value = ''] }: IptablesOption): readonly Match[] | undefined {
  const ranges = name === '--length' ? numberRanges([value]) : undefined;
  return ranges && [{ kind: 'length', negate, ranges }];
}
