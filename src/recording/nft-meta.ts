/**
 * Fields that are no bytes of the packet: its devices, marks, connection, and how the routing tables see its addresses.
 *
 * Source: nft(8), META, CT and FIB EXPRESSIONS; libnftables-json(5).
 *
 * @module
 */

import type { CtState, Match } from '../host/ruleset.ts';
import type { Family } from '../net/address.ts';
import { ETHER_TYPE, type Field, PROTOCOL } from './nft-condition.ts';
import { asList, asObject, asString, type Json } from './nft-json.ts';
import { addressMatch, all, numberRanges } from './nft-values.ts';

/** `meta KEY`. */
export function metaField(key: string | undefined): Field | undefined {
  switch (key) {
    case 'iif':
    case 'iifname':
      return deviceField('in');
    case 'oif':
    case 'oifname':
      return deviceField('out');
    case 'mark':
      return markField('packet', FULL_MARK);
    case 'l4proto':
      return PROTOCOL;
    case 'nfproto':
    case 'protocol':
      return ETHER_TYPE;
    case 'length':
      return {
        requires: [],
        among: (values) => {
          const ranges = numberRanges(values);
          return ranges && { kind: 'length', negate: false, ranges };
        },
      };
    case 'pkttype':
      return PACKET_TYPE;
    case 'skuid':
      return ownerField('user');
    case 'skgid':
      return ownerField('group');
    default:
      return undefined;
  }
}

/** A number stands for a device that is gone: nft prints the name of `iif` where there is one. */
function deviceField(side: 'in' | 'out'): Field {
  return {
    requires: [],
    among: (values) => {
      const names = all(values, deviceName);
      return names && { kind: 'device', side, negate: false, names };
    },
  };
}

function deviceName(value: Json): { readonly name: string; readonly wildcard: boolean } | undefined {
  const text = asString(value);
  if (text === undefined) return undefined;
  if (text.endsWith('\\*')) return { name: `${text.slice(0, -2)}*`, wildcard: false };
  return text.endsWith('*') ? { name: text.slice(0, -1), wildcard: true } : { name: text, wildcard: false };
}

/** How the frame was addressed. What we walk goes to one host, unless its address says otherwise. */
const PACKET_TYPE: Field = {
  requires: [],
  among: (values) => {
    const types = all(values, (value) => (value === 'broadcast' || value === 'multicast' ? value : undefined));
    return types && { kind: 'address-type', side: 'destination', negate: false, types };
  },
};

/** A packet that no process sent has no owner to compare: the rule is left, also where it asks for another one. */
function ownerField(of: 'user' | 'group'): Field {
  return {
    requires: [],
    among: (values) => {
      const ranges = numberRanges(values, (value) => (typeof value === 'number' ? value : undefined));
      return ranges && { kind: 'owner', of, negate: false, ranges, unowned: false };
    },
  };
}

const FULL_MARK = 0xffffffff;

/** A mark, or some bits of it. */
export function markField(of: 'packet' | 'connection', mask: number): Field {
  return {
    requires: [],
    among: (values) => {
      const marks = all(values, (value): Match | undefined => {
        const mark = typeof value === 'number' ? value : undefined;
        return mark === undefined ? undefined : { kind: 'mark', of, negate: false, value: mark, mask };
      });
      if (marks === undefined || marks.length === 1) return marks?.[0];
      return { kind: 'any', negate: false, alternatives: marks.map((mark) => [mark]) };
    },
  };
}

const CT_STATES: readonly string[] = ['new', 'established', 'related', 'invalid', 'untracked'] satisfies CtState[];

/** `ct KEY`, `ct original KEY`. */
export function ctField(key: string | undefined, direction: string | undefined): Field | undefined {
  if (direction === 'original' || direction === 'reply') return tupleField(key ?? '', direction);
  switch (key) {
    case 'protocol':
      return tupleField(key, 'original');
    case 'state':
      return { requires: [], among: ctStates, anyBit: ctStates };
    case 'status':
      return { requires: [], among: () => undefined, anyBit: ctStatuses };
    case 'direction':
      return { requires: [], among: ctDirection };
    case 'mark':
      return markField('connection', FULL_MARK);
    default:
      return undefined;
  }
}

/** A packet has one state, so that a set of states and a mask of states say the same. */
function ctStates(values: readonly Json[]): Match | undefined {
  const states = all(values, (value) => CT_STATES.find((state) => state === value) as CtState | undefined);
  return states && { kind: 'ct-state', negate: false, states };
}

function ctStatuses(values: readonly Json[]): Match | undefined {
  const statuses = all(values, (value) => (value === 'snat' || value === 'dnat' ? value : undefined));
  return statuses && { kind: 'ct-status', negate: false, statuses };
}

function ctDirection(values: readonly Json[]): Match | undefined {
  const [direction] = values;
  if (values.length !== 1 || (direction !== 'original' && direction !== 'reply')) return undefined;
  return { kind: 'ct-direction', negate: false, direction };
}

/** One end of the connection, as its first packet or the answer to that names it. */
function tupleField(key: string, direction: 'original' | 'reply'): Field | undefined {
  const read = endReader(key);
  if (read === undefined) return undefined;
  const [, familyWord] = /^(ip6?) /.exec(key) ?? [];
  const families: readonly Family[] = [familyWord === 'ip' ? 'inet' : 'inet6'];
  return {
    // Asked about a connection of the other family, the rule is left (nft_ct_get_eval(), NFT_CT_SRC_IP).
    requires: familyWord === undefined ? [] : [{ kind: 'family', negate: false, families }],
    among: (values) => {
      const match = read(values);
      return match && { kind: 'ct-tuple', negate: false, direction, match };
    },
  };
}

/** `saddr` alone is how nft before 0.9 wrote it. */
function endReader(key: string): ((values: readonly Json[]) => Match | undefined) | undefined {
  const [, familyWord, end] = /^(?:(ip6?) )?([sd])addr$/.exec(key) ?? [];
  if (end !== undefined) {
    const side = end === 's' ? 'source' : 'destination';
    const read = (family: Family) => (values: readonly Json[]) => addressMatch(side, family, values);
    return (values) => {
      if (familyWord !== undefined) return read(familyWord === 'ip' ? 'inet' : 'inet6')(values);
      return read('inet')(values) ?? read('inet6')(values);
    };
  }
  switch (key) {
    case 'proto-src':
    case 'proto-dst':
      return (values) => {
        const ranges = numberRanges(values);
        const side = key === 'proto-src' ? 'source' : 'destination';
        return ranges && { kind: 'port', side, negate: false, ranges };
      };
    case 'protocol':
      return PROTOCOL.among;
    default:
      return undefined;
  }
}

/** `fib daddr type`, `fib saddr . iif oif`. */
export function fibField(value: Json): Field | undefined {
  const fib = asObject(value);
  const flags = all(asList(fib?.['flags']) ?? [], asString) ?? [];
  const isSource = flags.includes('saddr');
  if (isSource === flags.includes('daddr')) return undefined;
  const side = isSource ? 'source' : 'destination';
  const through = flags.includes('iif') ? 'in' : flags.includes('oif') ? 'out' : undefined;
  switch (fib?.['result']) {
    case 'type':
      return {
        requires: [],
        among: (values) => {
          const types = all(values, asString);
          return types && { kind: 'address-type', side, negate: false, types, ...(through && { on: through }) };
        },
      };
    case 'oif':
    case 'oifname': {
      const lookup = { kind: 'route-to', side, usesMark: flags.includes('mark'), acceptsLocal: false } as const;
      return { requires: [], among: (values) => routeTo({ ...lookup, ...(through && { through }) }, values) };
    }
    default:
      return undefined;
  }
}

type RouteTo = Extract<Match, { kind: 'route-to' }>;

/** `exists`, `missing` (which nft 0.8 wrote as 0), or the names of devices. */
function routeTo(lookup: Omit<RouteTo, 'negate'>, values: readonly Json[]): Match | undefined {
  const [value] = values;
  if (values.length === 1 && typeof value === 'boolean') return { ...lookup, negate: !value };
  if (values.length === 1 && value === 0) return { ...lookup, negate: true };
  const devices = all(values, deviceName);
  return devices && { ...lookup, negate: false, devices };
}
