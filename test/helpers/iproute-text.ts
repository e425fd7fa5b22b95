/**
 * Routes, rules, neighbours, FDB entries and sockets from the words a person types to `ip` and `bridge`, for hosts
 * built in tests. Knows what tests need of that grammar and throws at the first word that it does not know.
 *
 *     default via 10.0.1.254 dev veth0 metric 100 table 7 src 10.0.1.1
 *     blackhole 10.0.3.0/24
 *     10.0.9.0/24 nexthop via 10.0.1.1 dev a nexthop via 10.0.2.1 dev b weight 2
 *     100: from 10.0.0.0/8 iif veth0 fwmark 0x1/0xff lookup 7
 *
 * Source: ip-route(8), ip-rule(8), ip-neighbour(8), bridge(8).
 *
 * @module
 */

import type { DeviceName } from '../../src/host/link.ts';
import {
  type FdbEntry,
  type Neighbor,
  type NeighborState,
  type Nexthop,
  type PolicyRule,
  type Route,
  type RouteType,
  TABLE,
} from '../../src/host/route.ts';
import type { ListeningSocket } from '../../src/host/socket.ts';
import { type Address, type Family, familyOf, parseAddress } from '../../src/net/address.ts';
import { type Mac, parseMac } from '../../src/net/mac.ts';
import { type Port, toPort } from '../../src/net/port.ts';
import { defaultPrefix, type Prefix, parsePrefix } from '../../src/net/prefix.ts';

const ROUTE_TYPES: readonly RouteType[] = [
  ...(['unicast', 'local', 'broadcast', 'anycast', 'multicast'] as const),
  ...(['blackhole', 'unreachable', 'prohibit', 'throw'] as const),
];

/** An address, or a throw: tests write constants. */
export function addr(text: string): Address {
  return need(parseAddress(text), `address ${text}`);
}

/** A prefix, or a throw. */
export function net(text: string): Prefix {
  return need(parsePrefix(text), `prefix ${text}`);
}

/** A MAC address, or a throw. */
export function mac(text: string): Mac {
  return need(parseMac(text), `MAC ${text}`);
}

/** A port, or a throw. */
export function port(value: number): Port {
  return need(toPort(value), `port ${value}`);
}

/**
 * A route as `ip route add` would make it.
 *
 * @param deviceOf Which device's connected net holds a gateway, for routes without `dev`.
 */
export function route(text: string, deviceOf: (via: Address) => DeviceName | undefined = () => undefined): Route {
  const words = new Words(text);
  const type = words.takeOneOf(ROUTE_TYPES) ?? 'unicast';
  const inet6 = words.take('-6') || text.includes(':');
  const first = words.next();
  const destination = first === 'default' ? defaultPrefix(inet6 ? 'inet6' : 'inet') : net(first);
  const { family } = destination;
  const hops: Nexthop[] = [];
  let via: Address | undefined;
  let device: DeviceName | undefined;
  const flags: string[] = [];
  const more: {
    -readonly [Key in 'metric' | 'table' | 'prefsrc' | 'scope' | 'protocol' | 'mtu' | 'from' | 'tos']?: Route[Key];
  } = {};
  const unmodelled: string[] = [];
  words.each({
    via: () => {
      via = addr(words.next());
    },
    dev: () => {
      device = words.next() as DeviceName;
    },
    onlink: () => flags.push('onlink'),
    linkdown: () => flags.push('linkdown'),
    dead: () => flags.push('dead'),
    metric: () => {
      more.metric = Number(words.next());
    },
    table: () => {
      more.table = tableNumber(words.next());
    },
    src: () => {
      more.prefsrc = addr(words.next());
    },
    scope: () => {
      more.scope = words.next() as Route['scope'];
    },
    proto: () => {
      more.protocol = words.next();
    },
    mtu: () => {
      more.mtu = Number(words.next());
    },
    from: () => {
      more.from = net(words.next());
    },
    tos: () => {
      more.tos = Number(words.next());
    },
    nhid: () => unmodelled.push(`nhid ${words.next()}`),
    nexthop: () => hops.push(nexthop(words, deviceOf)),
  });
  const needsDevice = !['blackhole', 'unreachable', 'prohibit', 'throw'].includes(type);
  if (hops.length === 0 && (needsDevice || device !== undefined)) {
    device ??= via === undefined ? undefined : deviceOf(via);
    hops.push({ via, device: need(device, `device of "${text}"`), weight: 1, flags });
  }
  return {
    family,
    type,
    destination,
    table: type === 'local' || type === 'broadcast' ? TABLE.local : TABLE.main,
    metric: family === 'inet6' ? 1024 : 0,
    nexthops: hops,
    scope: defaultScope(family, type, via !== undefined || hops.length > 1),
    protocol: 'boot',
    unmodelled,
    ...more,
  };
}

/** A policy rule as `ip rule` prints it: `100: from 10.0.0.0/8 lookup 7`. */
export function rule(text: string, family: Family = text.includes('::') ? 'inet6' : 'inet'): PolicyRule {
  const words = new Words(text.replace(/^(\d+):/, '$1'));
  const priority = Number(words.next());
  const selectors: { -readonly [Key in keyof PolicyRule]?: PolicyRule[Key] } = {};
  let action: PolicyRule['action'] | undefined;
  words.each({
    not: () => {
      selectors.not = true;
    },
    from: () => setPrefix(words.next(), (prefix) => Object.assign(selectors, { from: prefix })),
    to: () => setPrefix(words.next(), (prefix) => Object.assign(selectors, { to: prefix })),
    iif: () => Object.assign(selectors, { iif: words.next() as DeviceName }),
    oif: () => Object.assign(selectors, { oif: words.next() as DeviceName }),
    fwmark: () => {
      const [value, mask] = words.next().split('/');
      selectors.fwmark = { value: Number(value), mask: mask === undefined ? 0xffffffff : Number(mask) };
    },
    ipproto: () => {
      const name = words.next();
      selectors.protocol = { icmp: 1, tcp: 6, udp: 17, 'ipv6-icmp': 58 }[name] ?? Number(name);
    },
    sport: () => Object.assign(selectors, { sourcePorts: range(words.next()) }),
    dport: () => Object.assign(selectors, { destPorts: range(words.next()) }),
    tos: () => Object.assign(selectors, { tos: Number(words.next()) }),
    suppress_prefixlength: () => Object.assign(selectors, { suppressPrefixLength: Number(words.next()) }),
    uidrange: () => Object.assign(selectors, { unmodelled: [`uidrange ${words.next()}`] }),
    proto: () => Object.assign(selectors, { madeBy: words.next() }),
    lookup: () => {
      action = { kind: 'lookup', table: tableNumber(words.next()) };
    },
    goto: () => {
      action = { kind: 'goto', priority: Number(words.next()) };
    },
    nop: () => {
      action = { kind: 'nop' };
    },
    blackhole: () => {
      action = { kind: 'blackhole' };
    },
    unreachable: () => {
      action = { kind: 'unreachable' };
    },
    prohibit: () => {
      action = { kind: 'prohibit' };
    },
  });
  return { not: false, unmodelled: [], ...selectors, family, priority, action: need(action, `action of "${text}"`) };
}

/** A neighbour as `ip neigh` prints it: `10.0.1.2 dev veth0 lladdr 02:00:00:00:00:01 permanent`. */
export function neighbor(text: string): Neighbor {
  const words = new Words(text);
  const proxy = words.take('proxy');
  const address = addr(words.next());
  let device: DeviceName | undefined;
  let lladdr: Mac | undefined;
  let state: NeighborState = 'permanent';
  words.each({
    dev: () => {
      device = words.next() as DeviceName;
    },
    lladdr: () => {
      lladdr = mac(words.next());
    },
    permanent: () => {
      state = 'permanent';
    },
    noarp: () => {
      state = 'noarp';
    },
    reachable: () => {
      state = 'reachable';
    },
    stale: () => {
      state = 'stale';
    },
    failed: () => {
      state = 'failed';
    },
    incomplete: () => {
      state = 'incomplete';
    },
  });
  return { family: familyOf(address), address, device: need(device, `dev of "${text}"`), mac: lladdr, state, proxy };
}

/** An FDB entry as `bridge fdb` prints it: `02:00:00:00:00:01 dev p1 master br0 static`, `... dev vx0 dst 10.0.0.2`. */
export function fdbEntry(text: string): FdbEntry {
  const words = new Words(text);
  const entry: { -readonly [Key in keyof FdbEntry]: FdbEntry[Key] } = {
    mac: mac(words.next()),
    device: '' as DeviceName,
    master: undefined,
    vlan: undefined,
    destination: undefined,
    state: 'dynamic',
    flags: [],
  };
  words.each({
    dev: () => {
      entry.device = words.next() as DeviceName;
    },
    master: () => {
      entry.master = words.next() as DeviceName;
    },
    dst: () => {
      entry.destination = addr(words.next());
    },
    vlan: () => {
      entry.vlan = Number(words.next());
    },
    port: () => {
      entry.destinationPort = Number(words.next());
    },
    vni: () => {
      entry.vni = Number(words.next());
    },
    self: () => {
      entry.flags = [...entry.flags, 'self'];
    },
    static: () => {
      entry.state = 'static';
    },
    permanent: () => {
      entry.state = 'permanent';
    },
  });
  return entry;
}

/** A socket as `ss -ln` prints it: `tcp 0.0.0.0:80`, `udp *:53`, `tcp [::1]:80`, `tcp 10.0.0.1%eth0:80`. */
export function socket(text: string): ListeningSocket {
  const parts = /^(tcp|udp) (.+):(\d+)( v6only)?$/.exec(text);
  const host = (parts?.[2] ?? '').replace(/^\[(.*)\]/, '$1');
  const [address = '', device] = host.split('%');
  return {
    protocol: parts?.[1] === 'udp' ? 'udp' : 'tcp',
    address: addr(address === '*' ? '::' : address),
    port: port(Number(parts?.[3])),
    v6only: address === '*' ? false : address.includes(':') ? parts?.[4] !== undefined || address === '::' : undefined,
    device: device as DeviceName | undefined,
    process: undefined,
  };
}

class Words {
  readonly #words: string[];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.#words = text.trim().split(/\s+/);
  }

  next(): string {
    return need(this.#words.shift(), `another word in "${this.#text}"`);
  }

  peek(): string | undefined {
    return this.#words[0];
  }

  take(word: string): boolean {
    if (this.#words[0] !== word) return false;
    this.#words.shift();
    return true;
  }

  takeOneOf<T extends string>(choices: readonly T[]): T | undefined {
    const found = choices.find((choice) => choice === this.#words[0]);
    if (found !== undefined) this.#words.shift();
    return found;
  }

  each(actions: Readonly<Record<string, () => unknown>>): void {
    while (this.#words.length > 0) {
      const word = this.next();
      need(actions[word], `meaning of "${word}" in "${this.#text}"`)();
    }
  }
}

function nexthop(words: Words, deviceOf: (via: Address) => DeviceName | undefined): Nexthop {
  let via: Address | undefined;
  let device: DeviceName | undefined;
  let weight = 1;
  const flags: string[] = [];
  while (words.peek() !== undefined && words.peek() !== 'nexthop') {
    const word = words.next();
    if (word === 'via') via = addr(words.next());
    else if (word === 'dev') device = words.next() as DeviceName;
    else if (word === 'weight') weight = Number(words.next());
    else flags.push(word);
  }
  return { via, device: device ?? (via === undefined ? undefined : deviceOf(via)), weight, flags };
}

function defaultScope(family: Family, type: RouteType, viaGateway: boolean): Route['scope'] {
  if (family === 'inet6') return 'global';
  if (type === 'local') return 'host';
  if (type === 'unicast' || type === 'broadcast') return viaGateway ? 'global' : 'link';
  return 'global';
}

function tableNumber(word: string): number {
  return { local: TABLE.local, main: TABLE.main, default: TABLE.default }[word] ?? Number(word);
}

function setPrefix(word: string, set: (prefix: Prefix) => void): void {
  if (word !== 'all') set(net(word));
}

function range(word: string): readonly [number, number] {
  const [first, last = first] = word.split('-').map(Number);
  return [need(first, word), need(last, word)];
}

function need<T>(value: T | undefined, what: string): T {
  if (value === undefined || Number.isNaN(value)) throw new Error(`a test's host lacks: ${what}`);
  return value;
}
