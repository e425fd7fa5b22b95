/**
 * The options of an ebtables rule that nft cannot show (`xt`), as our matches: those of the extensions ip, ip6, arp,
 * mark_m, pkttype. What nft shows itself (`-p`, `-i`, `--limit` ...) is left to nft.
 *
 * Source: ebtables-nft(8), MATCH EXTENSIONS; net/bridge/netfilter/ebt_ip.c, ebt_ip6.c, ebt_arp.c, ebt_mark_m.c.
 * Held to the kernel in test/live/netfilter-ebtables.test.ts.
 *
 * @module
 */

import { iptablesWords } from '../host/iptables-words.ts';
import type { Match, NumberRange } from '../host/ruleset.ts';
import type { Family } from '../net/address.ts';
import { parsePrefix } from '../net/prefix.ts';
import { icmpTypeOf, protocolNumberOf } from './nft-names.ts';

/** `--ip-src ! 10.0.0.0/8`. */
export interface EbtablesOption {
  readonly name: string;
  readonly negate: boolean;
  readonly args: readonly string[];
  readonly text: string;
}

/** Take a rule apart, from behind `-A CHAIN`. A text in quotes is one argument, whatever stands in it. */
export function ebtablesOptions(rule: string): readonly EbtablesOption[] {
  const options: { name: string; words: string[]; raws: string[] }[] = [];
  for (const { text, raw } of iptablesWords(rule)) {
    const open = options.at(-1);
    if (open === undefined || /^--?[a-z]/i.test(raw)) options.push({ name: text, words: [], raws: [raw] });
    else {
      open.words.push(text);
      open.raws.push(raw);
    }
  }
  return options.map(({ name, words, raws }) => {
    const negate = words[0] === '!';
    return { name, negate, args: negate ? words.slice(1) : words, text: raws.join(' ') };
  });
}

/** Which extension, by the name that nft prints, reads the option; `undefined`: none, nft shows it. */
export function extensionOf({ name }: EbtablesOption): string | undefined {
  return EXTENSIONS.find(({ prefix }) => name.startsWith(prefix))?.extension;
}

const EXTENSIONS: readonly { readonly prefix: string; readonly extension: string }[] = [
  { prefix: '--ip6-', extension: 'ip6' },
  { prefix: '--ip-', extension: 'ip' },
  { prefix: '--arp-', extension: 'arp' },
  { prefix: '--pkttype-', extension: 'pkttype' },
  { prefix: '--vlan-', extension: 'vlan' },
  { prefix: '--stp-', extension: 'stp' },
  { prefix: '--802_3-', extension: '802_3' },
  { prefix: '--log', extension: 'log' },
  { prefix: '--nflog', extension: 'nflog' },
];

/** What the option asks of the packet; one that is not modelled says so. */
export function ebtablesMatches(option: EbtablesOption): readonly Match[] {
  return matchesOf(option) ?? [{ kind: 'unmodelled', text: option.text }];
}

function matchesOf(option: EbtablesOption): readonly Match[] | undefined {
  const { name, negate, args } = option;
  const [value = ''] = args;
  if (name === '--mark') return markMatch(negate, value);
  if (name === '--pkttype-type') return packetType(negate, value);
  const [, family, field = ''] = /^--(ip6?|arp)-(.*)$/.exec(name) ?? [];
  switch (family) {
    case 'ip':
      return ipMatch('inet', field, option);
    case 'ip6':
      return ipMatch('inet6', field, option);
    case 'arp':
      return arpMatch(field, negate, value);
    default:
      return undefined;
  }
}

function ipMatch(family: Family, field: string, { negate, args: [value = ''] }: EbtablesOption): Match[] | undefined {
  switch (field) {
    case 'src':
    case 'dst': {
      const prefix = parsePrefix(value);
      const side = field === 'src' ? 'source' : 'destination';
      return prefix && [{ kind: 'address', side, negate, prefixes: [prefix] }];
    }
    case 'proto': {
      const protocol = protocolNumberOf(value);
      return protocol === undefined ? undefined : [{ kind: 'protocol', negate, protocols: [protocol] }];
    }
    case 'sport':
    case 'dport': {
      const range = rangeOf(value);
      return range && [{ kind: 'port', side: field === 'sport' ? 'source' : 'destination', negate, ranges: [range] }];
    }
    case 'icmp-type': {
      const unreachable = family === 'inet' ? UNREACHABLE_CODES.indexOf(value) : -1;
      const [typeText = '', codeText] = unreachable < 0 ? value.split('/') : ['3', String(unreachable)];
      const type = icmpTypeOf(family, typeText);
      const types = type === undefined ? rangeOf(typeText) : ([type, type] as const);
      const codes = codeText === undefined ? undefined : rangeOf(codeText);
      if (types === undefined || (codeText !== undefined && codes === undefined)) return undefined;
      return [{ kind: 'icmp', family, negate, types: [types], codes: codes && [codes] }];
    }
    default:
      return undefined;
  }
}

/** How iptables calls the codes of ICMP type 3, in the order of their numbers. */
const UNREACHABLE_CODES = [
  'network-unreachable',
  'host-unreachable',
  'protocol-unreachable',
  'port-unreachable',
  'fragmentation-needed',
  'source-route-failed',
  'network-unknown',
  'host-unknown',
  'source-host-isolated',
  'network-prohibited',
  'host-prohibited',
  'TOS-network-unreachable',
  'TOS-host-unreachable',
  'communication-prohibited',
  'host-precedence-violation',
  'precedence-cutoff',
];

/** `80`, `80:90`. */
function rangeOf(text: string): NumberRange | undefined {
  const [, first, last] = /^(\d+)(?::(\d+))?$/.exec(text) ?? [];
  return first === undefined ? undefined : [Number(first), Number(last ?? first)];
}

/** ARP of ours is about IPv4 over Ethernet, and asks for others: it is never gratuitous. */
function arpMatch(field: string, negate: boolean, value: string): Match[] | undefined {
  switch (field) {
    case 'op': {
      const operation = arpOperation(value);
      return operation === undefined ? undefined : [{ kind: 'arp-operation', negate, operations: [operation] }];
    }
    case 'ip-src':
    case 'ip-dst': {
      const prefix = parsePrefix(value);
      const side = field === 'ip-src' ? 'sender' : 'target';
      return prefix && [{ kind: 'arp-address', side, negate, prefixes: [prefix] }];
    }
    case 'gratuitous':
      return negate ? [] : [{ kind: 'never' }];
    case 'htype':
      return /^(0x)?1$/.test(value) || value === 'Ethernet' ? certain(!negate) : undefined;
    case 'ptype':
      return /^0x0?800$/.test(value) || value === 'IPv4' ? certain(!negate) : undefined;
    default:
      return undefined;
  }
}

/** In the order of their numbers, from 1. */
const ARP_OPERATIONS = [
  'Request',
  'Reply',
  'Request_Reverse',
  'Reply_Reverse',
  'DRARP_Request',
  'DRARP_Reply',
  'DRARP_Error',
  'InARP_Request',
  'ARP_NAK',
];

function arpOperation(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const index = ARP_OPERATIONS.indexOf(text);
  return index < 0 ? undefined : index + 1;
}

function certain(isTrue: boolean): Match[] {
  return isTrue ? [] : [{ kind: 'never' }];
}

/** `0x1/0xff`: these bits are so; `/0x5`: one of these bits is set. */
function markMatch(negate: boolean, text: string): Match[] | undefined {
  const [, value, mask] = /^(0x[0-9a-f]+|\d+)?(?:\/(0x[0-9a-f]+|\d+))?$/i.exec(text) ?? [];
  if (value !== undefined) {
    return [{ kind: 'mark', of: 'packet', negate, value: Number(value), mask: Number(mask ?? 0xffffffff) }];
  }
  return mask === undefined
    ? undefined
    : [{ kind: 'mark', of: 'packet', negate: !negate, value: 0, mask: Number(mask) }];
}

/** How the frame was addressed. What we walk goes to one host, unless its address says otherwise. */
function packetType(negate: boolean, value: string): Match[] | undefined {
  if (value !== 'broadcast' && value !== 'multicast') return undefined;
  return [{ kind: 'address-type', side: 'destination', negate, types: [value] }];
}
