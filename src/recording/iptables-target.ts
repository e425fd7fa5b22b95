/**
 * The target of an iptables rule as a statement of ours.
 *
 * Source: iptables-extensions(8), TARGET EXTENSIONS.
 *
 * @module
 */

import type { NatTarget, NumberRange, Statement } from '../host/ruleset.ts';
import { type Family, parseAddress } from '../net/address.ts';
import { parsePrefix } from '../net/prefix.ts';
import { markAndMask } from './iptables-match.ts';
import type { IptablesModule } from './iptables-options.ts';

/** Targets that change nothing about the way of the packets that we walk; DSCP only routes that name a TOS. */
const HARMLESS: ReadonlySet<string> = new Set([
  'AUDIT',
  'CHECKSUM',
  'CLASSIFY',
  'CONNSECMARK',
  'DSCP',
  'ECN',
  'IDLETIMER',
  'LED',
  'LOG',
  'NFLOG',
  'RATEEST',
  'SECMARK',
  'SET',
  'TCPOPTSTRIP',
  'TEE',
  'TOS',
  'TRACE',
  'ULOG',
]);

/** What `-j TARGET ...` does; a name that is none of iptables' own is a chain of the table. */
export function targetStatement(target: IptablesModule, isChain: boolean, isGoto: boolean, family: Family): Statement {
  if (isChain) return { kind: isGoto ? 'goto' : 'jump', chain: target.name };
  return knownTarget(target, family) ?? { kind: 'unmodelled', text: target.text };
}

function knownTarget(target: IptablesModule, family: Family): Statement | undefined {
  const option = (name: string) => target.options.find((each) => each.name === name)?.args[0];
  switch (target.name) {
    case 'ACCEPT':
      return { kind: 'accept' };
    case 'DROP':
      return { kind: 'drop' };
    case 'RETURN':
      return { kind: 'return' };
    case 'REJECT':
      return {
        kind: 'reject',
        with: option('--reject-with') ?? (family === 'inet' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable'),
      };
    case 'MASQUERADE':
      return translation('masquerade', option('--to-ports'));
    case 'REDIRECT':
      return translation('redirect', option('--to-ports'));
    case 'SNAT': {
      const to = natTarget(option('--to-source') ?? '');
      return to && { kind: 'snat', to };
    }
    case 'DNAT': {
      const to = natTarget(option('--to-destination') ?? '');
      return to && { kind: 'dnat', to };
    }
    case 'NETMAP': {
      const to = parsePrefix(option('--to') ?? '');
      return to && { kind: 'netmap', to };
    }
    case 'TTL':
    case 'HL':
      return timeToLive(target);
    case 'TCPMSS':
      return segmentSize(target);
    case 'NOTRACK':
      return { kind: 'notrack' };
    case 'CT':
      return ctStatement(target);
    case 'MARK':
      return setMark(target, 'packet');
    case 'CONNMARK':
      return setMark(target, 'connection') ?? copyMark(target);
    default:
      return HARMLESS.has(target.name) ? { kind: 'no-effect', text: target.text } : undefined;
  }
}

/** `--ttl-set`, `--hl-inc`, `--ttl-dec`. */
function timeToLive({ options }: IptablesModule): Statement | undefined {
  const [option] = options;
  const value = Number(option?.args[0]);
  if (option === undefined || !Number.isInteger(value)) return undefined;
  if (option.name.endsWith('-set')) return { kind: 'set-ttl', to: value };
  if (option.name.endsWith('-inc')) return { kind: 'change-ttl', by: value };
  return option.name.endsWith('-dec') ? { kind: 'change-ttl', by: -value } : undefined;
}

/** `--set-mss 1400`, `--clamp-mss-to-pmtu`. */
function segmentSize({ options }: IptablesModule): Statement | undefined {
  if (options.some(({ name }) => name === '--clamp-mss-to-pmtu')) return { kind: 'clamp-mss', to: 'path' };
  const size = Number(options.find(({ name }) => name === '--set-mss')?.args[0]);
  return Number.isInteger(size) ? { kind: 'clamp-mss', to: size } : undefined;
}

function translation(kind: 'masquerade' | 'redirect', portsText: string | undefined): Statement | undefined {
  const ports = portsText === undefined ? undefined : portRange(portsText);
  return portsText !== undefined && ports === undefined ? undefined : { kind, ports };
}

/** `192.0.2.1`, `192.0.2.1-192.0.2.9:80-90`, `:80`, `[fd00::1]:80`; ports moved by an offset (`/80`) are not modelled. */
function natTarget(text: string): NatTarget | undefined {
  const isBareIpv6 = !text.startsWith('[') && text.split(':').length > 2;
  const [, bracketed, bare, portsText] = isBareIpv6
    ? [text, text]
    : (/^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(text) ?? []);
  const ports = portsText === undefined ? undefined : portRange(portsText);
  if (portsText !== undefined && ports === undefined) return undefined;
  const addressText = bracketed ?? bare ?? '';
  if (addressText === '') return ports && { addresses: undefined, ports };
  const [first, last = first] = addressText.split('-').map(parseAddress);
  return first && last && { addresses: { first, last }, ports };
}

function portRange(text: string): NumberRange | undefined {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  return first === undefined ? undefined : [Number(first), Number(last ?? first)];
}

/** Zones give one packet several conntrack entries, which we do not model; helpers and timeouts decide nothing here. */
function ctStatement(target: IptablesModule): Statement | undefined {
  if (target.options.some(({ name }) => name.startsWith('--zone'))) return undefined;
  if (target.options.some(({ name }) => name === '--notrack')) return { kind: 'notrack' };
  return { kind: 'no-effect', text: target.text };
}

const ALL = 0xffffffff;

function setMark(target: IptablesModule, of: 'packet' | 'connection'): Statement | undefined {
  for (const { name, args } of target.options) {
    const given = markAndMask(args[0] ?? '');
    if (given === undefined) continue;
    const { value, mask } = given;
    switch (name) {
      case '--set-xmark':
        return { kind: 'set-mark', of, value, mask };
      case '--set-mark':
        return { kind: 'set-mark', of, value, mask: (mask | value) >>> 0 };
      case '--or-mark':
        return { kind: 'set-mark', of, value, mask: value };
      case '--and-mark':
        return { kind: 'set-mark', of, value: 0, mask: (ALL & ~value) >>> 0 };
      case '--xor-mark':
        return { kind: 'set-mark', of, value, mask: 0 };
    }
  }
  return undefined;
}

function copyMark(target: IptablesModule): Statement | undefined {
  const maskOf = (name: string) => {
    const text = target.options.find((each) => each.name === name)?.args[0];
    return text === undefined ? undefined : markAndMask(text)?.value;
  };
  const both = maskOf('--mask');
  const packetMask = maskOf('--nfmask') ?? both ?? ALL;
  const connectionMask = maskOf('--ctmask') ?? both ?? ALL;
  const has = (name: string) => target.options.some((each) => each.name === name);
  if (has('--save-mark')) return { kind: 'copy-mark', to: 'connection', toMask: connectionMask, fromMask: packetMask };
  if (has('--restore-mark')) return { kind: 'copy-mark', to: 'packet', toMask: packetMask, fromMask: connectionMask };
  return undefined;
}
