/**
 * One namespace of a topology as rows: its devices as a tree, each with what it is, its addresses and where it leads.
 *
 * A port stands below its bridge, and what stands on a device below that. Ports that differ in nothing but a number are
 * one row.
 *
 * @module
 */

import type { DeviceRef, Link } from '../../host/link.ts';
import { formatPrefix, prefixOf } from '../../net/prefix.ts';
import type { Mark, Marks } from '../../topology/comparison.ts';
import { odditiesAt, type Place, type Topology } from '../../topology/topology.ts';
import { ownAddresses } from '../../topology/use.ts';
import type { Wire } from '../../topology/wires.ts';
import { addressTexts, kindText, stateText } from '../device-text.ts';
import { rangesText, spanText, stemOf } from './ranges.ts';

/** A line of the tree, unescaped. */
export interface Row {
  /** `├ ` and the like, in front of the name. */
  readonly branch: string;
  readonly name: string;
  /** Kind and state; nothing for a veth that is up. */
  readonly kind: string;
  readonly isOdd: boolean;
  readonly mark: Mark | undefined;
  readonly isDown: boolean;
  readonly addresses: readonly string[];
  readonly leads: readonly Lead[];
  /** What is odd about it, and not said by its state. */
  readonly codes: readonly string[];
}

/** A device with where its wires lead. */
interface Node {
  readonly link: Link;
  readonly leads: readonly Lead[];
  readonly codes: readonly string[];
  readonly mark: Mark | undefined;
}

/** The far end of a wire, and what is to be said behind it. */
interface Lead {
  readonly to: { readonly netns: string; readonly device: string } | undefined;
  readonly text: string;
}

/** Oddities that the state says by itself. */
const SAID_BY_STATE: ReadonlySet<string> = new Set(['link-down', 'lo-down', 'no-carrier']);

/** So many alike are one row. */
const LEAST_ALIKE = 3;

/** @param fold Whether ports that are alike are one row. */
export function rowsOf(topology: Topology, place: Place, fold: boolean, marks: Marks): readonly Row[] {
  const nodes = place.devices.map((link) => nodeOf(topology, place, link, marks));
  const names = new Set(nodes.map(({ link }) => link.name as string));
  const below = (name: string | undefined) => nodes.filter((node) => parentOf(node.link, place, names) === name);
  const rows: Row[] = [];
  const enter = (siblings: readonly Node[], indent: string, isTop: boolean): void => {
    const groups =
      fold && !isTop ? groupsOf(siblings, (name) => below(name).length > 0) : siblings.map((node) => [node]);
    groups.forEach((group, index) => {
      const isLast = index === groups.length - 1;
      rows.push(rowOf(group, isTop ? '' : `${indent}${isLast ? '└ ' : '├ '}`));
      const [first] = group;
      if (first !== undefined && group.length === 1) {
        enter(below(first.link.name), isTop ? '' : `${indent}${isLast ? '  ' : '│ '}`, false);
      }
    });
  };
  enter(below(undefined), '', true);
  return rows;
}

/** What two namespaces share that are told in one; nothing of it is a name or an address of their own. */
export function shapeOf(topology: Topology, place: Place, marks: Marks): string {
  const nodes = place.devices.map((link) => nodeOf(topology, place, link, marks));
  return JSON.stringify([stemOf(place.netns.name), nodes.map((node) => [node.link.name, nodeShape(node)])]);
}

/** The rows of several namespaces of one shape, as those of one. */
export function foldedRows(topology: Topology, places: readonly Place[], fold: boolean, marks: Marks): readonly Row[] {
  const all = places.map((place) => rowsOf(topology, place, fold, marks));
  return (all[0] ?? []).map((row, index) => {
    const same = all.flatMap((rows) => rows[index] ?? []);
    return {
      ...row,
      addresses: row.addresses.map((_, at) => spanText(same.map((each) => each.addresses[at] ?? ''))),
      leads: row.leads.map((lead, at) => spanLead(same.map((each) => each.leads[at] ?? lead))),
    };
  });
}

function nodeOf(topology: Topology, { netns }: Place, link: Link, marks: Marks): Node {
  const ref = { netns: netns.name, device: link.name };
  return {
    link,
    leads: topology.wires.flatMap((wire) => leadOf(wire, ref) ?? []),
    mark: marks.ofDevice(ref),
    codes: [...new Set(odditiesAt(topology, ref).map(({ code }) => code))],
  };
}

function leadOf(wire: Wire, { netns, device }: DeviceRef): Lead | undefined {
  const isFrom = wire.from.netns === netns && wire.from.device === device;
  const isTo = 'to' in wire && wire.to.netns === netns && wire.to.device === device;
  if (!isFrom && !isTo) return undefined;
  switch (wire.kind) {
    case 'veth':
      return { to: isFrom ? wire.to : wire.from, text: '' };
    case 'tunnel': {
      const [to, remote] = isFrom ? [wire.to, wire.remote] : [wire.from, wire.back];
      return remote === undefined ? undefined : { to, text: `by ${remote}` };
    }
    case 'stacked':
      // The tree itself shows what stands in the same namespace.
      return isFrom && wire.to.netns !== netns ? { to: wire.to, text: '' } : undefined;
    case 'port':
      return undefined;
    case 'open-tunnel':
      return wire.holder === undefined
        ? { to: undefined, text: wire.remote }
        : { to: wire.holder, text: `by ${wire.remote}` };
    case 'outside':
      return { to: undefined, text: 'outside' };
    case 'unseen':
      return { to: undefined, text: `index ${wire.ifindex} in a namespace that was not found` };
  }
}

/** `→ ns2 eth0`, `→ outside`. */
export function leadText({ to, text }: Lead): string {
  return ['→', ...(to === undefined ? [] : [to.netns, to.device]), ...(text === '' ? [] : [text])].join(' ');
}

/** `→ ns1…ns30 eth0`. */
function spanLead(leads: readonly Lead[]): Lead {
  const ends = leads.flatMap(({ to }) => to ?? []);
  const text = spanText(leads.map((lead) => lead.text));
  if (ends.length === 0) return { to: undefined, text };
  const to = { netns: spanText(ends.map(({ netns }) => netns)), device: spanText(ends.map(({ device }) => device)) };
  return { to, text };
}

function parentOf({ master, detail }: Link, { netns }: Place, names: ReadonlySet<string>): string | undefined {
  if (master !== undefined) return names.has(master) ? master : undefined;
  const isStacked = detail.kind === 'macvlan' || detail.kind === 'vlan';
  if (!isStacked || detail.lower.kind !== 'found' || detail.lower.netns !== netns.name) return undefined;
  return names.has(detail.lower.device) ? detail.lower.device : undefined;
}

/** In the order of the first of each group. */
function groupsOf(siblings: readonly Node[], hasChildren: (name: string) => boolean): readonly (readonly Node[])[] {
  const groups = new Map<string, Node[]>();
  siblings.forEach((node, index) => {
    const isAlone = node.codes.length > 0 || node.mark !== undefined || hasChildren(node.link.name);
    const key = isAlone ? `${index}` : JSON.stringify([stemOf(node.link.name), nodeShape(node)]);
    groups.set(key, [...(groups.get(key) ?? []), node]);
  });
  return [...groups.values()].flatMap((group) => (group.length < LEAST_ALIKE ? group.map((node) => [node]) : [group]));
}

/** All but its own name and the host bits of its addresses. */
function nodeShape({ link, leads, codes }: Node): readonly unknown[] {
  const nets = ownAddresses(link).map(({ address, prefixLength }) => formatPrefix(prefixOf(address, prefixLength)));
  const ends = leads.map(({ to, text }) => (to === undefined ? text : `${stemOf(to.netns)} ${stemOf(to.device)}`));
  return [kindText(link), stateText(link), link.mtu, link.master, nets, ends, codes, link.port?.state];
}

function rowOf(group: readonly Node[], branch: string): Row {
  const links = group.map(({ link }) => link);
  const [first] = group;
  if (first === undefined) throw new RangeError('a group of nothing');
  const state = stateText(first.link);
  const kind = kindText(first.link);
  const count = group.length === 1 ? '' : `${group.length} ${kind}${kind === 'veth' ? 's' : ''} alike`;
  const one = kind === 'veth' ? '' : kind;
  return {
    branch,
    name: rangesText(links.map(({ name }) => name)),
    kind: [count === '' ? one : count, state ?? ''].filter((word) => word !== '').join(' '),
    isOdd: first.codes.length > 0,
    mark: first.mark,
    isDown: state !== undefined,
    addresses: addressTexts(first.link).map((_, at) => spanText(links.map((link) => addressTexts(link)[at] ?? ''))),
    leads: first.leads.map((lead, at) => spanLead(group.map(({ leads }) => leads[at] ?? lead))),
    codes: first.codes.filter((code) => !SAID_BY_STATE.has(code)),
  };
}
