/**
 * What nft, iptables-nft, ebtables-nft and iptables-legacy say of one namespace, as one ruleset.
 *
 * All three can be loaded at once. Legacy tables are listed only where the kernel says that there are some: then it is
 * known that there are none without a program to list them.
 *
 * Source: /proc/net/ip_tables_names; seen with nftables 1.0.6 and iptables 1.8.9.
 *
 * @module
 */

import { type Fact, known, unknown } from '../host/fact.ts';
import type { Machinery, Ruleset, RulesetTable, UnreadRules } from '../host/ruleset.ts';
import { mergeEbtables } from './ebtables-merge.ts';
import { type IpSets, parseIpsetSave } from './ipset.ts';
import { parseIptablesSave } from './iptables-save.ts';
import { parseNftRuleset } from './nft.ts';
import { NO_BOUND_DEVICES, parseBoundDevices } from './nft-devices.ts';
import { outputOf, recordedOutput, sourceOf } from './output.ts';
import type { RecordedNamespace } from './recording.ts';
import { isMadeByIptables, mergeTables } from './ruleset-merge.ts';

/** What one program had to say. */
interface Part {
  readonly tables: readonly RulesetTable[];
  readonly unread: readonly UnreadRules[];
  readonly isRead: boolean;
}

const FAMILIES = [
  { family: 'ip', program: 'iptables' },
  { family: 'ip6', program: 'ip6tables' },
] as const;

/** Unknown when nothing at all could be read; parts that could not be read are named in `unread`. */
export function rulesetOf(namespace: RecordedNamespace): Fact<Ruleset> {
  if (namespace.obstacle !== null) return unknown(namespace.obstacle);
  const nft = nftPart(namespace);
  const saved = FAMILIES.map((each) => savedPart(namespace, `${each.program}-nft`, 'iptables-nft', each.family));
  const legacy = FAMILIES.map((each) => legacyPart(namespace, each.program, each.family));
  const parts = [nft, ...saved, ...legacy];
  const unread = parts.flatMap((part) => part.unread);
  if (parts.every((part) => !part.isRead)) return unknown([...new Set(unread.map(({ why }) => why))].join('; '));

  const savedTables = saved.flatMap(({ tables }) => tables);
  const tables = nft.isRead ? mergeTables(nft.tables, savedTables) : savedTables;
  // nft lists the tables of iptables-nft as well: where it lists none, nothing is missing without iptables-nft-save.
  const missesNothing = nft.isRead && nft.unread.length === 0 && !nft.tables.some(isMadeByIptables);
  return known(
    {
      tables: [...tables, ...legacy.flatMap((part) => part.tables)],
      unread: missesNothing ? unread.filter(({ machinery }) => machinery !== 'iptables-nft') : unread,
    },
    sourceOf(namespace, nft.isRead ? ['nft', 'list', 'ruleset'] : ['iptables-save']),
  );
}

function nftPart(namespace: RecordedNamespace): Part {
  const output = outputOf(namespace, 'nft');
  if (!output.known) return unreadPart('nft', undefined, output.why);
  const chains = outputOf(namespace, 'nft-chains');
  const bound = chains.known ? parseBoundDevices(chains.value.stdout) : NO_BOUND_DEVICES;
  const { tables, unread } = parseNftRuleset(output.value.stdout, bound);
  const ebtables = outputOf(namespace, 'ebtables-nft');
  return { tables: ebtables.known ? mergeEbtables(tables, ebtables.value.stdout) : tables, unread, isRead: true };
}

function savedPart(
  namespace: RecordedNamespace,
  key: string,
  machinery: Exclude<Machinery, 'nft'>,
  family: 'ip' | 'ip6',
): Part {
  const output = outputOf(namespace, key);
  if (!output.known) return unreadPart(machinery, family, output.why);
  return { ...parseIptablesSave(output.value.stdout, { machinery, family }, setsOf(namespace)), isRead: true };
}

/** None where they could not be read: a rule that asks for one is then not modelled. */
function setsOf(namespace: RecordedNamespace): IpSets {
  const output = outputOf(namespace, 'ipset');
  return parseIpsetSave(output.known ? output.value.stdout : '');
}

function legacyPart(namespace: RecordedNamespace, program: string, family: 'ip' | 'ip6'): Part {
  const names = outputOf(namespace, `${program}-names`);
  if (!names.known) {
    // No such file: the kernel has no legacy iptables, or has not loaded it.
    const isAbsent = /No such file/.test(recordedOutput(namespace, `${program}-names`)?.stderr ?? '');
    return isAbsent ? NOTHING : unreadPart('iptables-legacy', family, names.why);
  }
  if (names.value.stdout.trim() === '') return NOTHING;
  return savedPart(namespace, `${program}-legacy`, 'iptables-legacy', family);
}

const NOTHING: Part = { tables: [], unread: [], isRead: true };

function unreadPart(machinery: Machinery, family: 'ip' | 'ip6' | undefined, why: string): Part {
  return { tables: [], unread: [{ machinery, family, why }], isRead: false };
}
