/**
 * Edits of vxlan devices as the commands that make them.
 *
 * The remote end and the forwarding database can be changed on a device that exists; its number and port cannot
 * ("Cannot change VNI", "Cannot change port": vxlan_nl2conf()), so that it is deleted and made anew with all that hung
 * on it. Seen in test/live/faults-tunnels.test.ts.
 *
 * @module
 */

import type { Mac } from '../net/mac.ts';
import { unreachable } from '../net/unreachable.ts';
import { routesOver } from './apply-tunnel.ts';
import { bridgeIn, ipIn } from './commands-enter.ts';
import { familyOption, routeWords } from './commands-route.ts';
import type { Edit } from './edit.ts';
import type { Netns } from './host.ts';
import type { InterfaceAddress, Link, LinkDetail } from './link.ts';
import type { FdbEntry } from './route.ts';

type TunnelEdit = Extract<Edit, { kind: 'vxlan-remote' | 'vxlan-remake' | 'fdb-remote' }>;
type Vxlan = Extract<LinkDetail, { kind: 'vxlan' }>;

/** A command and the one that takes it back. */
interface TunnelCommand {
  readonly argv: readonly string[];
  readonly undo: readonly string[] | undefined;
}

/** @param link The device before the edit. */
export function tunnelCommands(netns: Netns, link: Link, edit: TunnelEdit): readonly TunnelCommand[] {
  const { detail } = link;
  if (detail.kind !== 'vxlan') throw new Error(`${edit.device} is no vxlan`);
  switch (edit.kind) {
    case 'vxlan-remote': {
      const set = (remote: string) =>
        ipIn(netns, ['link', 'set', 'dev', edit.device, 'type', 'vxlan', 'id', String(detail.vni), 'remote', remote]);
      return [{ argv: set(edit.remote), undo: detail.remote === undefined ? undefined : set(detail.remote) }];
    }
    case 'fdb-remote':
      return [fdbCommand(netns, edit)];
    case 'vxlan-remake':
      return remake(netns, link, { ...detail, vni: edit.vni, dstPort: edit.dstPort });
    default:
      return unreachable(edit);
  }
}

function fdbCommand(netns: Netns, edit: Extract<TunnelEdit, { kind: 'fdb-remote' }>): TunnelCommand {
  const entry = (verb: string, destination: string) =>
    bridgeIn(netns, ['fdb', verb, edit.mac, 'dev', edit.device, 'dst', destination]);
  if (edit.how === 'append') return { argv: entry('append', edit.destination), undo: entry('del', edit.destination) };
  const replace = (destination: string) => [...entry('replace', destination), 'static'];
  const before = entriesOn(netns, edit.device).find(({ mac }) => mac === edit.mac)?.destination;
  return { argv: replace(edit.destination), undo: before && replace(before) };
}

/** What is deleted with the device cannot be taken back by one command, so that nothing here has an undo. */
function remake(netns: Netns, link: Link, vxlan: Vxlan): readonly TunnelCommand[] {
  const { name } = link;
  const ip = (...words: readonly string[]): TunnelCommand => ({ argv: ipIn(netns, words), undo: undefined });
  return [
    ip('link', 'del', 'dev', name),
    ip('link', 'add', 'name', name, ...macWords(link.mac), 'mtu', String(link.mtu), 'type', 'vxlan', ...words(vxlan)),
    ...(link.master === undefined ? [] : [ip('link', 'set', 'dev', name, 'master', link.master)]),
    ...link.addresses.filter(isGiven).map((each) => ip('addr', 'add', ...addressWords(each), 'dev', name)),
    ...entriesOn(netns, name)
      .filter((entry) => !isOfDevice(entry, vxlan))
      .map((entry) => ({ argv: bridgeIn(netns, ['fdb', 'append', ...entryWords(entry)]), undo: undefined })),
    ...(link.up ? [ip('link', 'set', 'dev', name, 'up')] : []),
    ...routesOver(netns, link).map((route) => ip(...familyOption(route.family), 'route', 'add', ...routeWords(route))),
  ];
}

function macWords(mac: Mac | undefined): readonly string[] {
  return mac === undefined ? [] : ['address', mac];
}

function words({ vni, dstPort, remote, local, link, learning, ttl }: Vxlan): readonly string[] {
  return [
    ...['id', String(vni), 'dstport', String(dstPort)],
    ...(remote === undefined ? [] : ['remote', remote]),
    ...(local === undefined ? [] : ['local', local]),
    ...(link === undefined ? [] : ['dev', link]),
    ...(learning ? [] : ['nolearning']),
    ...(ttl === undefined ? [] : ['ttl', String(ttl)]),
  ];
}

/** The kernel makes its own link-local address again. */
function isGiven({ scope, family }: InterfaceAddress): boolean {
  return !(family === 'inet6' && scope === 'link');
}

function addressWords({ address, prefixLength, family, peer }: InterfaceAddress): readonly string[] {
  const own = peer === undefined ? [`${address}/${prefixLength}`] : [address, 'peer', `${peer}/${prefixLength}`];
  return family === 'inet6' ? [...own, 'nodad'] : own;
}

function entriesOn(netns: Netns, device: string): readonly FdbEntry[] {
  const entries = netns.fdb.known ? netns.fdb.value : [];
  return entries.filter(
    (entry) => entry.device === device && entry.destination !== undefined && entry.state !== 'dynamic',
  );
}

/** The all-zero entry that `remote` makes. */
function isOfDevice(entry: FdbEntry, { remote }: Vxlan): boolean {
  return entry.mac === '00:00:00:00:00:00' && entry.destination === remote;
}

function entryWords({ mac, device, destination, state }: FdbEntry): readonly string[] {
  return [mac, 'dev', device, 'dst', destination ?? '', ...(state === 'static' ? ['static'] : [])];
}
