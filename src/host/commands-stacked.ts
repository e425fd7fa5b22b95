/**
 * Edits of macvlans and of VLAN tables as the commands that make them.
 *
 * @module
 */

import { unreachable } from '../net/unreachable.ts';
import { bridgeIn, ipIn } from './commands-enter.ts';
import type { Edit } from './edit.ts';
import { linksOf, type Netns } from './host.ts';
import type { Link } from './link.ts';

type StackedEdit = Extract<Edit, { kind: 'macvlan-mode' | 'macvlan-add' | 'bridge-vlan' }>;

/** @param netns Before the edit. */
export function stackedCommand(
  netns: Netns,
  edit: StackedEdit,
): { readonly argv: readonly string[]; readonly undo: readonly string[] | undefined } {
  const ip = (...words: readonly string[]) => ipIn(netns, ['link', ...words]);
  switch (edit.kind) {
    case 'macvlan-mode': {
      const set = (mode: string) => ip('set', 'dev', edit.device, 'type', 'macvlan', 'mode', mode);
      const detail = linkOf(netns, edit.device)?.detail;
      return { argv: set(edit.mode), undo: detail?.kind === 'macvlan' ? set(detail.mode) : undefined };
    }
    case 'macvlan-add':
      return {
        argv: ip('add', 'link', edit.lower, 'name', edit.name, 'type', 'macvlan', 'mode', 'bridge'),
        undo: ip('del', 'dev', edit.name),
      };
    case 'bridge-vlan':
      return bridgeVlanCommand(netns, edit);
    default:
      return unreachable(edit);
  }
}

function bridgeVlanCommand(netns: Netns, edit: Extract<StackedEdit, { kind: 'bridge-vlan' }>) {
  const self = linkOf(netns, edit.device)?.detail.kind === 'bridge' ? ['self'] : [];
  const vlan = (verb: string, vid: number, ...flags: readonly string[]) =>
    bridgeIn(netns, ['vlan', verb, 'dev', edit.device, 'vid', String(vid), ...flags, ...self]);
  const flagsOf = ({ pvid, untagged }: { readonly pvid: boolean; readonly untagged: boolean }) => [
    ...(pvid ? ['pvid'] : []),
    ...(untagged ? ['untagged'] : []),
  ];
  const table = netns.bridgeVlans.known ? netns.bridgeVlans.value.filter(({ device }) => device === edit.device) : [];
  const before = table.find(({ vid }) => vid === edit.vid);
  const losesPvid = edit.pvid && table.some(({ vid, pvid }) => pvid && vid !== edit.vid);
  return {
    argv: vlan('add', edit.vid, ...flagsOf(edit)),
    // A PVID that was taken from another VLAN would have to be given back as well: two commands.
    undo: losesPvid
      ? undefined
      : before === undefined
        ? vlan('del', edit.vid)
        : vlan('add', edit.vid, ...flagsOf(before)),
  };
}

function linkOf(netns: Netns, device: string): Link | undefined {
  return linksOf(netns).find(({ name }) => name === device);
}
