/**
 * What `nft -j list ruleset` prints, as tables, chains and rules.
 *
 * Every rule keeps its handle, its place and its text. What is not modelled stays in its rule as such. Sets and maps
 * are written out in the rules that use them; those that packets themselves fill are not modelled. nft 1.0.6 prints
 * garbage for the flags of a table: then it cannot be told whether its chains are hooked in, and that is said. It prints no
 * devices for netdev chains either; `nft list chains` does.
 *
 * Source: libnftables-json(5), nft(8); seen with nftables 1.0.6.
 *
 * @module
 */

import type { DeviceName } from '../host/link.ts';
import type {
  BaseChain,
  Chain,
  FilterRule,
  Hook,
  Ruleset,
  RulesetTable,
  TableFamily,
  UnreadRules,
} from '../host/ruleset.ts';
import { type BoundDevices, boundKey, NO_BOUND_DEVICES } from './nft-devices.ts';
import {
  asInteger,
  asList,
  asObject,
  asString,
  type Json,
  type JsonObject,
  listed,
  parseJson,
  untag,
} from './nft-json.ts';
import type { NamedSets } from './nft-match.ts';
import { ruleBodies } from './nft-statement.ts';
import { ruleText } from './nft-text.ts';

/** Read the listing. A text that is no such listing is one unread part, not an error. */
export function parseNftRuleset(text: string, bound: BoundDevices = NO_BOUND_DEVICES): Ruleset {
  const objects = asList(untag(parseJson(text), 'nftables'));
  if (objects === undefined)
    return { tables: [], unread: [{ machinery: 'nft', why: 'nft printed no JSON that can be read' }] };
  const listing = sort(objects);
  const tables = listing.tables.map((table) => tableOf(table, listing, bound));
  return { tables: tables.flatMap(({ table }) => table), unread: tables.flatMap(({ unread }) => unread) };
}

/** The objects of the listing by kind: nft prints them as one flat list. */
interface Listing {
  readonly tables: readonly JsonObject[];
  readonly chains: readonly JsonObject[];
  readonly rules: readonly JsonObject[];
  readonly sets: readonly JsonObject[];
  readonly limits: readonly JsonObject[];
  readonly quotas: readonly JsonObject[];
  /** Names of the sets (`@name`) that rules add to. */
  readonly filledByPackets: ReadonlySet<string>;
}

function sort(objects: readonly Json[]): Listing {
  const under = (tag: string) =>
    objects.map((object) => asObject(untag(object, tag))).filter((object) => object !== undefined);
  const rules = under('rule');
  const filled = rules.flatMap((rule) => (asList(rule['expr']) ?? []).flatMap(filledSet));
  return {
    tables: under('table'),
    chains: under('chain'),
    rules,
    sets: [...under('set'), ...under('map')],
    limits: under('limit'),
    quotas: under('quota'),
    filledByPackets: new Set(filled),
  };
}

function filledSet(expression: Json): readonly string[] {
  const name = asString(asObject(untag(expression, 'set'))?.['set'] ?? asObject(untag(expression, 'map'))?.['map']);
  return name === undefined ? [] : [name];
}

const FAMILIES: readonly string[] = ['ip', 'ip6', 'inet', 'bridge', 'arp', 'netdev'] satisfies TableFamily[];
const HOOKS: readonly string[] = [
  'ingress',
  'prerouting',
  'input',
  'forward',
  'output',
  'postrouting',
  'egress',
] satisfies Hook[];

interface ReadTable {
  readonly table: readonly RulesetTable[];
  readonly unread: readonly UnreadRules[];
}

function tableOf(object: JsonObject, listing: Listing, bound: BoundDevices): ReadTable {
  const name = asString(object['name']);
  const family = FAMILIES.find((each) => each === object['family']) as TableFamily | undefined;
  if (name === undefined || family === undefined) return { table: [], unread: [] };
  const isOurs = (each: JsonObject) => each['family'] === family && each['table'] === name;
  const findObject = (kind: string, named: string) =>
    (kind === 'limit' ? listing.limits : kind === 'quota' ? listing.quotas : []).find(
      (each) => isOurs(each) && each['name'] === named,
    );
  const sets = { ...namedSets(family, listing.sets.filter(isOurs), listing.filledByPackets), findObject };
  const rules = listing.rules.filter(isOurs);
  const dormancy = dormancyOf(object['flags']);
  const chains = listing.chains.filter(isOurs).map((chain): Chain => {
    const chainName = asString(chain['name']) ?? '';
    return {
      name: chainName,
      base: dormancy === 'dormant' ? undefined : baseOf(chain, bound.get(boundKey(family, name, chainName))),
      rules: rulesOf({ family, table: name, chain: chainName }, rules, sets),
    };
  });
  const why = `nft does not say whether table ${family} ${name} is dormant`;
  return {
    table: [{ machinery: 'nft', family, name, chains }],
    unread: dormancy === 'unknown' && chains.some(({ base }) => base !== undefined) ? [{ machinery: 'nft', why }] : [],
  };
}

/** Flags of a table that leave its chains hooked in. */
const AWAKE_FLAGS: readonly unknown[] = ['owner', 'persist'];

function dormancyOf(flags: Json | undefined): 'dormant' | 'awake' | 'unknown' {
  if (flags === undefined) return 'awake';
  if (listed(flags).includes('dormant')) return 'dormant';
  return listed(flags).every((flag) => AWAKE_FLAGS.includes(flag)) ? 'awake' : 'unknown';
}

function namedSets(
  family: TableFamily,
  sets: readonly JsonObject[],
  filledByPackets: ReadonlySet<string>,
): Omit<NamedSets, 'findObject'> {
  return {
    family,
    elements: (name) => {
      const set = sets.find((each) => each['name'] === name);
      if (set === undefined || filledByPackets.has(`@${name}`)) return undefined;
      const flags = set['flags'] === undefined ? [] : listed(set['flags']);
      return flags.includes('dynamic') ? undefined : (asList(set['elem']) ?? []);
    },
  };
}

/** @param bound The devices, where the listing itself does not name them. */
function baseOf(chain: JsonObject, bound: readonly DeviceName[] = []): BaseChain | undefined {
  const hook = HOOKS.find((each) => each === chain['hook']) as Hook | undefined;
  const priority = asInteger(chain['prio']);
  if (hook === undefined || priority === undefined) return undefined;
  const type = chain['type'] === 'nat' || chain['type'] === 'route' ? chain['type'] : 'filter';
  const listedDevices = chain['dev'] === undefined ? [] : listed(chain['dev']).flatMap((each) => asString(each) ?? []);
  const devices = listedDevices.length > 0 ? (listedDevices as DeviceName[]) : bound;
  return {
    type,
    hook,
    priority,
    policy: chain['policy'] === 'drop' ? 'drop' : 'accept',
    devices,
  };
}

interface ChainPlace {
  readonly family: TableFamily;
  readonly table: string;
  readonly chain: string;
}

function rulesOf(place: ChainPlace, rules: readonly JsonObject[], sets: NamedSets): readonly FilterRule[] {
  return rules
    .filter((rule) => rule['chain'] === place.chain)
    .flatMap((rule, index) => {
      const expressions = asList(rule['expr']) ?? [];
      const ref = {
        machinery: 'nft',
        ...place,
        handle: asInteger(rule['handle']),
        position: index + 1,
        text: ruleText(expressions, asString(rule['comment']), place.family),
      } as const;
      const packets = packetsOf(expressions);
      return ruleBodies(expressions, sets).map((body) => ({ ref, ...body, packets }));
    });
}

function packetsOf(expressions: readonly Json[]): number | undefined {
  for (const expression of expressions) {
    const packets = asInteger(asObject(untag(expression, 'counter'))?.['packets']);
    if (packets !== undefined) return packets;
  }
  return undefined;
}
