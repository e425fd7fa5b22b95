/**
 * A packet filter's ruleset, in one shape for nft, iptables-nft and iptables-legacy.
 *
 * Whatever a rule says that we do not model stays in it as an `unmodelled` match or statement with its text; a packet
 * that reaches such a rule ends `undecided` unless another match of the rule already says no.
 *
 * Source: nft(8), iptables-extensions(8); include/uapi/linux/netfilter*.h.
 *
 * @module
 */

import type { Prefix } from '../net/prefix.ts';
import type { DeviceName } from './link.ts';

/** Which program's rule it is: all three can be loaded at once, and each has to be repaired with its own tool. */
export type Machinery = 'nft' | 'iptables-nft' | 'iptables-legacy';

export type TableFamily = 'ip' | 'ip6' | 'inet' | 'bridge' | 'arp' | 'netdev';

/** NF_INET_*: the five places at which IP packets pass, and the device's own ingress. */
export type Hook = 'ingress' | 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting' | 'egress';

/** A rule's place, in the identities that nft and iptables print. */
export interface RuleRef {
  readonly machinery: Machinery;
  readonly family: TableFamily;
  readonly table: string;
  readonly chain: string;
  /** nft's handle (`nft -a list ruleset`); iptables has none. */
  readonly handle: number | undefined;
  /** Counted from 1 within its chain, as `iptables -L --line-numbers` does. 0: the chain's policy. */
  readonly position: number;
  /** The rule as its own tool prints it. */
  readonly text: string;
}

/** A closed range of numbers: ports, marks, ICMP types. */
export type NumberRange = readonly [first: number, last: number];

/** One condition of a rule; all of them must hold. */
export type Match =
  | {
      readonly kind: 'address';
      readonly side: 'source' | 'destination';
      readonly negate: boolean;
      readonly prefixes: readonly Prefix[];
    }
  | {
      readonly kind: 'address-range';
      readonly side: 'source' | 'destination';
      readonly negate: boolean;
      readonly family: 'inet' | 'inet6';
      readonly first: bigint;
      readonly last: bigint;
    }
  /** A name that ends in `+` (iptables) or `*` (nft) arrives with `wildcard` set and without that sign. */
  | {
      readonly kind: 'device';
      readonly side: 'in' | 'out';
      readonly negate: boolean;
      readonly names: readonly { readonly name: string; readonly wildcard: boolean }[];
    }
  /** Bridge port on which a bridged frame came in or leaves (iptables physdev). */
  | {
      readonly kind: 'bridge-port';
      readonly side: 'in' | 'out';
      readonly negate: boolean;
      readonly names: readonly { readonly name: string; readonly wildcard: boolean }[];
    }
  /** IP protocol numbers. */
  | { readonly kind: 'protocol'; readonly negate: boolean; readonly protocols: readonly number[] }
  | { readonly kind: 'family'; readonly negate: boolean; readonly families: readonly ('inet' | 'inet6')[] }
  | {
      readonly kind: 'port';
      readonly side: 'source' | 'destination' | 'either';
      readonly negate: boolean;
      readonly ranges: readonly NumberRange[];
    }
  | {
      readonly kind: 'icmp';
      readonly family: 'inet' | 'inet6';
      readonly negate: boolean;
      readonly types: readonly NumberRange[];
      readonly codes: readonly NumberRange[] | undefined;
    }
  | { readonly kind: 'ct-state'; readonly negate: boolean; readonly states: readonly CtState[] }
  /** The connection was translated: IPS_SRC_NAT, IPS_DST_NAT. */
  | { readonly kind: 'ct-status'; readonly negate: boolean; readonly statuses: readonly ('snat' | 'dnat')[] }
  | { readonly kind: 'ct-direction'; readonly negate: boolean; readonly direction: 'original' | 'reply' }
  | {
      readonly kind: 'mark';
      readonly of: 'packet' | 'connection';
      readonly negate: boolean;
      readonly value: number;
      readonly mask: number;
    }
  /**
   * RTN_* of a route lookup of the address (iptables addrtype, nft `fib saddr type`). `on`: an address counts as local
   * only where the packet's device of that side holds it (`--limit-iface-in`, `fib daddr . iif type`).
   */
  | {
      readonly kind: 'address-type';
      readonly side: 'source' | 'destination';
      readonly negate: boolean;
      readonly types: readonly string[];
      readonly on?: 'in' | 'out';
    }
  /**
   * A unicast route leads back to the address (xt_rpfilter, nft `fib saddr oif`). `through`: by the packet's device of
   * that side. `devices`: by one of these.
   */
  | {
      readonly kind: 'route-to';
      readonly side: 'source' | 'destination';
      readonly negate: boolean;
      readonly through?: 'in' | 'out';
      readonly devices?: readonly { readonly name: string; readonly wildcard: boolean }[];
      /** The lookup is made with the packet's mark. */
      readonly usesMark: boolean;
      /** An address of the namespace itself will do. */
      readonly acceptsLocal: boolean;
    }
  /** The ends of the packet's connection as its first packet (`original`) or the answer to it (`reply`) names them. */
  | {
      readonly kind: 'ct-tuple';
      readonly negate: boolean;
      readonly direction: 'original' | 'reply';
      readonly match: Match;
    }
  /** Of ARP alone: 1 asks, 2 answers. */
  | { readonly kind: 'arp-operation'; readonly negate: boolean; readonly operations: readonly number[] }
  /** Of ARP alone: who asks or answers, and who is asked for or told. */
  | {
      readonly kind: 'arp-address';
      readonly side: 'sender' | 'target';
      readonly negate: boolean;
      readonly prefixes: readonly Prefix[];
    }
  /** TTL or hop limit, as it is where the rule stands. */
  | { readonly kind: 'ttl'; readonly negate: boolean; readonly ranges: readonly NumberRange[] }
  /** User or group of the process that sent the packet from here; forwarded packets have none. */
  | {
      readonly kind: 'owner';
      readonly of: 'user' | 'group';
      readonly negate: boolean;
      readonly ranges: readonly NumberRange[];
      /** What the rule says of a packet that no process sent: nft leaves it, iptables takes a negated condition as met. */
      readonly unowned: boolean;
    }
  /**
   * A limit, a quota, a count of connections, a list of recent senders: it depends on what other packets have used up.
   * `within`: whether it holds for as long as nothing is used up.
   */
  | { readonly kind: 'budget'; readonly text: string; readonly within: boolean }
  /** Chance, or a hash that nobody can foretell, decides (statistic, numgen, jhash). */
  | { readonly kind: 'chance'; readonly text: string }
  | { readonly kind: 'tcp-flags'; readonly negate: boolean; readonly mask: number; readonly set: number }
  | { readonly kind: 'length'; readonly negate: boolean; readonly ranges: readonly NumberRange[] }
  /** At least one of the alternatives holds, each of them as a whole: nft's concatenations, mixed sets. */
  | { readonly kind: 'any'; readonly negate: boolean; readonly alternatives: readonly (readonly Match[])[] }
  /** Never true for any packet: an nft rule on an empty set. */
  | { readonly kind: 'never' }
  | { readonly kind: 'unmodelled'; readonly text: string };

/** Conntrack states as nft and iptables name them. */
export type CtState = 'new' | 'established' | 'related' | 'invalid' | 'untracked';

/** Where a NAT rule translates to. */
export interface NatTarget {
  readonly addresses: { readonly first: string; readonly last: string } | undefined;
  readonly ports: NumberRange | undefined;
}

/** What a rule does when all its matches hold, in order. */
export type Statement =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'reject'; readonly with: string }
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'goto'; readonly chain: string }
  | { readonly kind: 'return' }
  | { readonly kind: 'masquerade'; readonly ports: NumberRange | undefined }
  | { readonly kind: 'snat'; readonly to: NatTarget }
  | { readonly kind: 'dnat'; readonly to: NatTarget }
  | { readonly kind: 'redirect'; readonly ports: NumberRange | undefined }
  /** The network part of the end that the hook rewrites; the host part stays. */
  | { readonly kind: 'netmap'; readonly to: Prefix }
  /** mark = (mark & ~mask) ^ value, as `--set-xmark` has it. */
  | { readonly kind: 'set-mark'; readonly of: 'packet' | 'connection'; readonly value: number; readonly mask: number }
  /** to = (to & ~toMask) ^ (from & fromMask): CONNMARK --save-mark and --restore-mark. */
  | {
      readonly kind: 'copy-mark';
      readonly to: 'packet' | 'connection';
      readonly toMask: number;
      readonly fromMask: number;
    }
  | { readonly kind: 'notrack' }
  /** `by`: added to the TTL or hop limit; `to`: what it becomes. */
  | { readonly kind: 'set-ttl'; readonly to: number }
  | { readonly kind: 'change-ttl'; readonly by: number }
  /** Lowers the segment size that a SYN tells: to a number of bytes, or to what the path takes. */
  | { readonly kind: 'clamp-mss'; readonly to: number | 'path' }
  /** counter, log, comment ...: changes nothing about this packet's way. */
  | { readonly kind: 'no-effect'; readonly text: string }
  | { readonly kind: 'unmodelled'; readonly text: string };

/** A rule of a chain. */
export interface FilterRule {
  readonly ref: RuleRef;
  readonly matches: readonly Match[];
  readonly statements: readonly Statement[];
  /** Packets counted so far, when the rule counts. */
  readonly packets: number | undefined;
}

/** What makes a chain a base chain: the kernel calls it. */
export interface BaseChain {
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: Hook;
  /** Lower runs first; iptables' tables have fixed ones (raw -300, mangle -150, dnat -100, filter 0, security 50, snat 100). */
  readonly priority: number;
  readonly policy: 'accept' | 'drop';
  /** netdev family, and ingress of inet: the devices it is bound to. Empty there: nobody said which. */
  readonly devices: readonly DeviceName[];
}

/**
 * A chain of one table. An nft rule that decides by a verdict map stands in it as several rules of one place, one for
 * each element of the map.
 */
export interface Chain {
  readonly name: string;
  /** `undefined` as well where the whole table is dormant. */
  readonly base: BaseChain | undefined;
  readonly rules: readonly FilterRule[];
}

/** A table of one machinery. */
export interface RulesetTable {
  readonly machinery: Machinery;
  readonly family: TableFamily;
  readonly name: string;
  readonly chains: readonly Chain[];
}

/** Everything that may filter or translate in one namespace. */
export interface Ruleset {
  readonly tables: readonly RulesetTable[];
  /** Parts that could not be read (a tool missing, no permission): a walk that depends on them is undecided. */
  readonly unread: readonly UnreadRules[];
}

/** Rules that may exist and could not be read. */
export interface UnreadRules {
  readonly machinery: Machinery;
  /** iptables and ip6tables are read apart; `undefined`: any family. */
  readonly family?: 'ip' | 'ip6' | undefined;
  readonly why: string;
}
