/**
 * Fields that are no bytes of the packet: its devices, marks, connection, and how the routing tables see its addresses.
 *
 * Source: nft(8), META, CT and FIB EXPRESSIONS; libnftables-json(5).
 *
 * @module
 */

import type { CtState, Match } from '../host/ruleset.ts';
import { ETHER_TYPE, type Field, PROTOCOL } from './nft-condition.ts';
import { asList, asObject, asString, type Json } from './nft-json.ts';
import { all, numberRanges } from './nft-values.ts';

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
    default:
      return undefined;
  }
}

/** A number stands for a device that is gone: nft prints the name of `iif` where there is one. */
function deviceField(side: 'in' | 'out'): Field {
  return {
    requires: [],
    among: (values) => {
      const names = all(values, (value) => {
        const text = asString(value);
        if (text === undefined) return undefined;
        if (text.endsWith('\\*')) return { name: `${text.slice(0, -2)}*`, wildcard: false };
        return text.endsWith('*') ? { name: text.slice(0, -1), wildcard: true } : { name: text, wildcard: false };
      });
      return names && { kind: 'device', side, negate: false, names };
    },
  };
}

/** How the frame was addressed. What we walk goes to one host, unless its address says otherwise. */
const PACKET_TYPE: Field = {
  requires: [],
  among: (values) => {
    const types = all(values, (value) => (value === 'broadcast' || value === 'multicast' ? value : undefined));
    return types && { kind: 'address-type', side: 'destination', negate: false, types };
  },
};

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

/** `ct KEY`. */
export function ctField(key: string | undefined): Field | undefined {
  switch (key) {
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

/** `fib daddr type`; lookups that name a device or ask for one are not modelled. */
export function fibField(value: Json): Field | undefined {
  const fib = asObject(value);
  const [flag, ...others] = asList(fib?.['flags']) ?? [];
  if (fib?.['result'] !== 'type' || others.length > 0 || (flag !== 'saddr' && flag !== 'daddr')) return undefined;
  const side = flag === 'saddr' ? 'source' : 'destination';
  return {
    requires: [],
    among: (values) => {
      const types = all(values, asString);
      return types && { kind: 'address-type', side, negate: false, types };
    },
  };
}
