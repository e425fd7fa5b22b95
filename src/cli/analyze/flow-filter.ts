/**
 * The language in which `--filter` says which flows are wanted:
 *
 *     host 10.0.0.1 and tcp and port 443
 *     net 10.0.0.0/8 and not (end closed or end open)
 *     client 10.0.0.1 and again > 0
 *
 * @module
 */

import { parseAddress } from '../../net/address.ts';
import { contains, hostPrefix, type Prefix, parsePrefix } from '../../net/prefix.ts';
import { FLOW_ENDS, type Flow, type FlowEnd } from '../../postmortem/flows/flow.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';

export type FlowTest = (flow: Flow) => boolean;

/** Why an expression is none, and at which character. */
export interface FilterMistake {
  readonly message: string;
  readonly at: number;
}

export type ParsedFilter =
  | { readonly kind: 'filter'; readonly test: FlowTest }
  | { readonly kind: 'mistake'; readonly mistake: FilterMistake };

/** What `--help` says of it. */
export const FILTER_HELP = `Filters (--filter):
  host ADDR, net PREFIX    either side; client or server before them: that side
  client ADDR, server ADDR, client net PREFIX ...
  port N, port N-M         either side
  tcp, udp, icmp, proto N  the protocol
  vlan N, vni N            as it was tagged or tunnelled
  end STATE                ${FLOW_ENDS.slice(0, 3).join(', ')},
                           ${FLOW_ENDS.slice(3).join(', ')}
  packets, bytes, again (segments sent again), duration, rtt (s):  > < >= <= =
  and, or, not, ( )        'and' binds closer than 'or'`;

const PROTOCOLS: ReadonlyMap<string, readonly number[]> = new Map([
  ['tcp', [IP_PROTOCOL.tcp]],
  ['udp', [IP_PROTOCOL.udp]],
  ['icmp', [IP_PROTOCOL.icmp, IP_PROTOCOL.icmpv6]],
]);

const MEASURES: ReadonlyMap<string, (flow: Flow) => number | undefined> = new Map([
  ['packets', ({ client, server }) => client.packets + server.packets],
  ['bytes', ({ client, server }) => client.bytes + server.bytes],
  ['again', ({ client, server }) => client.sentAgain + server.sentAgain],
  ['duration', ({ firstNs, lastNs }) => Number(lastNs - firstNs) / 1e9],
  ['rtt', ({ handshakeNs }) => (handshakeNs === undefined ? undefined : handshakeNs / 1e9)],
]);

const COMPARISONS: ReadonlyMap<string, (value: number, limit: number) => boolean> = new Map([
  ['>', (value, limit) => value > limit],
  ['<', (value, limit) => value < limit],
  ['>=', (value, limit) => value >= limit],
  ['<=', (value, limit) => value <= limit],
  ['=', (value, limit) => value === limit],
]);

interface Word {
  readonly text: string;
  readonly at: number;
}

/** Thrown and caught in this file: a recursive descent that answers values would be nothing but checks. */
class Mistake {
  readonly mistake: FilterMistake;
  constructor(message: string, at: number) {
    this.mistake = { message, at };
  }
}

/** Deeper nesting than any person writes. */
const MOST_NESTED = 100;

export function parseFlowFilter(expression: string): ParsedFilter {
  try {
    return { kind: 'filter', test: new Parser(expression).whole() };
  } catch (error) {
    if (error instanceof Mistake) return { kind: 'mistake', mistake: error.mistake };
    throw error;
  }
}

class Parser {
  readonly #words: readonly Word[];
  readonly #end: number;
  #next = 0;
  #depth = 0;

  constructor(expression: string) {
    const found = expression.matchAll(/[()!]|&&|\|\||[<>]=?|==?|[^\s()!<>=&|]+|\S/g);
    this.#words = Array.from(found, ({ 0: text, index }) => ({ text, at: index }));
    this.#end = expression.length;
  }

  whole(): FlowTest {
    const test = this.#either();
    const rest = this.#words[this.#next];
    if (rest !== undefined) throw new Mistake(`expected "and" or "or" before "${rest.text}"`, rest.at);
    return test;
  }

  #either(): FlowTest {
    const first = this.#all();
    if (!this.#takes('or', '||')) return first;
    const second = this.#either();
    return (flow) => first(flow) || second(flow);
  }

  #all(): FlowTest {
    const first = this.#one();
    if (!this.#takes('and', '&&')) return first;
    const second = this.#all();
    return (flow) => first(flow) && second(flow);
  }

  #one(): FlowTest {
    const word = this.#word('a condition');
    if (word.text === 'not' || word.text === '!') {
      const inner = this.#nested(word, () => this.#one());
      return (flow) => !inner(flow);
    }
    if (word.text === '(') {
      const inner = this.#nested(word, () => this.#either());
      const close = this.#word('")"');
      if (close.text !== ')') throw new Mistake(`expected ")" before "${close.text}"`, close.at);
      return inner;
    }
    return this.#condition(word);
  }

  #nested(word: Word, parse: () => FlowTest): FlowTest {
    if (++this.#depth > MOST_NESTED) throw new Mistake('nested too deeply', word.at);
    const test = parse();
    this.#depth--;
    return test;
  }

  #condition(word: Word): FlowTest {
    const protocols = PROTOCOLS.get(word.text);
    if (protocols !== undefined) return ({ protocol }) => protocols.includes(protocol);
    const measure = MEASURES.get(word.text);
    if (measure !== undefined) return this.#comparison(measure);
    switch (word.text) {
      case 'host':
      case 'net': {
        const prefix = this.#prefix();
        return ({ client, server }) => contains(prefix, client.address) || contains(prefix, server.address);
      }
      case 'client': {
        const prefix = this.#sidePrefix();
        return ({ client }) => contains(prefix, client.address);
      }
      case 'server': {
        const prefix = this.#sidePrefix();
        return ({ server }) => contains(prefix, server.address);
      }
      case 'port': {
        const [low, high] = this.#ports();
        const isIn = (port: number | undefined) => port !== undefined && port >= low && port <= high;
        return ({ client, server }) => isIn(client.port) || isIn(server.port);
      }
      case 'proto': {
        const wanted = this.#number('a protocol number', 255);
        return ({ protocol }) => protocol === wanted;
      }
      case 'vlan': {
        const id = this.#number('a VLAN id', 4095);
        return ({ vlans }) => vlans.includes(id);
      }
      case 'vni': {
        const id = this.#number('a VNI', 0xffff_ffff);
        return ({ tunnelId }) => tunnelId === id;
      }
      case 'end': {
        const state = this.#word('a state');
        const isState = (text: string): text is FlowEnd => FLOW_ENDS.some((end) => end === text);
        const { text } = state;
        if (isState(text)) return ({ end }) => end === text;
        throw new Mistake(`"${text}" is no end of a flow: ${FLOW_ENDS.join(', ')}`, state.at);
      }
      default:
        throw new Mistake(`"${word.text}" is no condition`, word.at);
    }
  }

  #comparison(measure: (flow: Flow) => number | undefined): FlowTest {
    const sign = this.#word('one of > < >= <= =');
    const compare = COMPARISONS.get(sign.text === '==' ? '=' : sign.text);
    if (compare === undefined) throw new Mistake(`expected one of > < >= <= = before "${sign.text}"`, sign.at);
    const word = this.#word('a number');
    const limit = Number(word.text);
    if (!/^[0-9.]+$/.test(word.text) || Number.isNaN(limit)) throw new Mistake(`"${word.text}" is no number`, word.at);
    return (flow) => {
      const value = measure(flow);
      return value !== undefined && compare(value, limit);
    };
  }

  #sidePrefix(): Prefix {
    const word = this.#words[this.#next];
    if (word?.text === 'net' || word?.text === 'host') this.#next++;
    return this.#prefix();
  }

  /** An address is a net of its own. */
  #prefix(): Prefix {
    const word = this.#word('an address or a prefix');
    const address = parseAddress(word.text);
    const prefix = address === undefined ? parsePrefix(word.text) : hostPrefix(address);
    if (prefix === undefined) throw new Mistake(`"${word.text}" is no address and no prefix`, word.at);
    return prefix;
  }

  #ports(): readonly [number, number] {
    const word = this.#word('a port');
    const [, low, high = low] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(word.text) ?? [];
    if (low === undefined || Number(high) > 65535 || Number(low) > Number(high)) {
      throw new Mistake(`"${word.text}" is no port and no range of ports`, word.at);
    }
    return [Number(low), Number(high)];
  }

  #number(what: string, most: number): number {
    const word = this.#word(what);
    if (!/^\d{1,10}$/.test(word.text) || Number(word.text) > most) {
      throw new Mistake(`"${word.text}" is not ${what}`, word.at);
    }
    return Number(word.text);
  }

  #word(expected: string): Word {
    const word = this.#words[this.#next++];
    if (word === undefined) throw new Mistake(`expected ${expected} at the end`, this.#end);
    return word;
  }

  #takes(...texts: readonly string[]): boolean {
    const isOne = texts.includes(this.#words[this.#next]?.text ?? '');
    if (isOne) this.#next++;
    return isOne;
  }
}
