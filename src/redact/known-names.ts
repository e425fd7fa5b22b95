/**
 * Every name that a recording holds, from the places where names stand: namespaces, devices, chains, tables, sets,
 * processes. What is found here is replaced wherever it stands.
 *
 * @module
 */

import * as v from 'valibot';
import { parseIprouteJson } from '../recording/iproute-json.ts';
import { parseBoundDevices } from '../recording/nft-devices.ts';
import type { RecordedNamespace, Recording } from '../recording/recording.ts';
import type { KnownName } from './pseudonyms.ts';

/** What is to be replaced. */
export interface Names {
  readonly names: readonly KnownName[];
  /** With what rules name several devices: `acme` of `-i acme+`. */
  readonly beginnings: readonly string[];
}

/** All of them; the first kind of a name counts. */
export function namesIn({ namespaces }: Recording): Names {
  const found = namespaces.flatMap(namesOfNamespace);
  const inner = namespaces.map(namesInside);
  return {
    names: [...found, ...inner.flatMap(({ names }) => names)],
    beginnings: [...new Set(inner.flatMap(({ beginnings }) => beginnings))],
  };
}

/** A path is known by itself and by its last part, which is often a container's id. */
function namesOfNamespace({ name, aliases, entry }: RecordedNamespace): readonly KnownName[] {
  const own = [name, ...aliases, ...(entry.kind === 'named' ? [entry.name] : [])];
  const paths = [...own, ...(entry.kind === 'path' ? [entry.path] : [])].filter((each) => each.includes('/'));
  const words = own.filter((each) => !each.includes('/') && !/^pid:\d+$/.test(each));
  const parts = paths.flatMap((path) => path.split('/').filter((part) => !PATH_PARTS.has(part)));
  return [...words, ...parts].map((each) => ({ name: each, kind: 'ns' }));
}

const PATH_PARTS = new Set([
  '',
  'proc',
  'run',
  'var',
  'lib',
  'netns',
  'docker',
  'ns',
  'net',
  'task',
  'tmp',
  'containers',
]);

const LinkRows = v.array(
  v.looseObject({
    ifname: v.string(),
    altnames: v.optional(v.array(v.string()), []),
    linkinfo: v.optional(v.looseObject({ info_kind: v.optional(v.string()) })),
    addr_info: v.optional(v.array(v.looseObject({ label: v.optional(v.string()) })), []),
  }),
);

function namesInside({ outputs }: RecordedNamespace): Names {
  const text = (key: string) => (Object.hasOwn(outputs, key) ? (outputs[key]?.stdout ?? '') : '');
  const saves = Object.entries(outputs).flatMap(([key, { stdout }]) => (/tables|ebtables/.test(key) ? [stdout] : []));
  const parts = [
    linkNames(text('link')),
    ...['route4', 'route6', 'rule4', 'rule6', 'neigh', 'fdb'].map((key) => deviceValues(text(key))),
    sysctlNames(text('sysctl')),
    nftNames(text('nft')),
    boundNames(text('nft-chains')),
    ...saves.map(saveNames),
    each(text('ipset'), /^create (\S+)/gm, 'set'),
    each(text('sockets'), /\("((?:[^"\\]|\\.)*?)",pid=/g, 'process'),
    each(text('qdisc'), /\bdev (\S+)/g, 'dev'),
  ];
  return {
    names: parts.flatMap(({ names }) => names),
    beginnings: parts.flatMap(({ beginnings }) => beginnings),
  };
}

function each(text: string, pattern: RegExp, kind: string): Names {
  return { names: Array.from(text.matchAll(pattern), ([, name = '']) => ({ name, kind })), beginnings: [] };
}

function linkNames(stdout: string): Names {
  const rows = v.safeParse(LinkRows, jsonOf(stdout));
  const names = (rows.success ? rows.output : []).flatMap(({ ifname, altnames, linkinfo, addr_info }) => {
    const kind = /^[a-z]{2,8}$/.test(linkinfo?.info_kind ?? '') ? (linkinfo?.info_kind ?? 'dev') : 'dev';
    const labels = addr_info.flatMap(({ label }) => label ?? []);
    return [ifname, ...altnames, ...labels].map((name) => ({ name, kind }));
  });
  return { names, beginnings: [] };
}

/** Of routes and rules, which may name devices that are not there. */
function deviceValues(stdout: string): Names {
  const { names } = each(stdout, /"(?:dev|iif|oif|ifname|master)":\s*("(?:[^"\\]|\\.)*")/g, 'dev');
  return { names: names.map(({ name, kind }) => ({ name: unquoted(name), kind })), beginnings: [] };
}

function sysctlNames(stdout: string): Names {
  return each(stdout, /^(?:\/proc\/sys\/net\/)?ipv[46]\/(?:conf|neigh)\/([^/\n]+)\//gm, 'dev');
}

/** Chains, sets and the like of `iptables-save` and `ebtables-save`, and devices that rules name. */
function saveNames(stdout: string): Names {
  const devices = Array.from(
    stdout.matchAll(/ (?:-[io]|--(?:in|out)-interface|--physdev-(?:in|out)|--logical-(?:in|out)|--oif|--iif) (\S+)/g),
    ([, name = '']) => name,
  );
  return {
    names: [
      ...each(stdout, /^:(\S+)/gm, 'chain').names,
      ...each(stdout, / --(?:match-set|add-set|del-set|hashlimit-name|name) (\S+)/g, 'set').names,
      ...devices.filter((name) => !name.endsWith('+')).map((name) => ({ name, kind: 'dev' })),
    ],
    beginnings: devices.filter((name) => name.endsWith('+')).map((name) => name.slice(0, -1)),
  };
}

const NFT_KINDS = {
  table: 'table',
  chain: 'chain',
  set: 'set',
  map: 'set',
  flowtable: 'flowtable',
  counter: 'counter',
  quota: 'quota',
  limit: 'limit',
  secmark: 'secmark',
  synproxy: 'synproxy',
  'ct helper': 'helper',
  'ct timeout': 'timeout',
  'ct expectation': 'expectation',
} as const;

const Ruleset = v.object({ nftables: v.array(v.record(v.string(), v.unknown())) });
const Named = v.looseObject({ name: v.string() });

function nftNames(stdout: string): Names {
  const ruleset = v.safeParse(Ruleset, jsonOf(stdout));
  const names = (ruleset.success ? ruleset.output.nftables : []).flatMap((item) =>
    Object.entries(NFT_KINDS).flatMap(([key, kind]) => {
      const named = v.safeParse(Named, item[key]);
      return named.success ? [{ name: named.output.name, kind }] : [];
    }),
  );
  const devices = nftDevices(stdout);
  return {
    names: [...names, ...devices.filter((name) => !name.endsWith('*')).map((name) => ({ name, kind: 'dev' }))],
    beginnings: devices.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1)),
  };
}

/** `iifname "x"`, alone or in a set written into the rule; of sets by name, their elements. */
function nftDevices(stdout: string): readonly string[] {
  const right = /"(?:iifname|oifname|ibrname|obrname)"\}\},\s*"right":\s*("(?:[^"\\]|\\.)*"|\{"set":\s*\[[^\]]*\])/g;
  const sets = /"type":\s*"ifname"[^}]*?"elem":\s*(\[[^\]]*\])/g;
  const lists = [...stdout.matchAll(right), ...stdout.matchAll(sets)].map(([, list = '']) => list);
  return lists.flatMap((list) =>
    Array.from(list.matchAll(/"(?:[^"\\]|\\.)*"/g), ([name]) => unquoted(name)).filter(
      (name) => name !== 'set' && !name.startsWith('@'),
    ),
  );
}

/** Devices that chains are bound to, which need not be there. */
function boundNames(stdout: string): Names {
  const names = [...parseBoundDevices(stdout).values()].flat();
  return { names: names.map((name) => ({ name, kind: 'dev' })), beginnings: [] };
}

function jsonOf(text: string): unknown {
  try {
    return parseIprouteJson(text);
  } catch {
    return undefined;
  }
}

function unquoted(json: string): string {
  const value = jsonOf(json);
  return typeof value === 'string' ? value : json.slice(1, -1);
}
