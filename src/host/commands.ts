/**
 * An edit as the commands that make it, complete and to be run as root from where nsdiag runs, without a shell.
 *
 * `dev NAME` is always written out, because a device may be called `br`, `via` or `-x`; sysctl keys have slashes,
 * because it may be called `br0.1`. Held to the kernel, hostile names included, in test/live/faults-commands.test.ts.
 *
 * @module
 */

import { unreachable } from '../net/unreachable.ts';
import { bridgeIn, inNetns, ipIn, netnsArgument } from './commands-enter.ts';
import { familyOption, routeWords, ruleWords } from './commands-route.ts';
import { stackedCommand } from './commands-stacked.ts';
import { tunnelCommands } from './commands-tunnel.ts';
import { forgetWords } from './conntrack-words.ts';
import type { Edit, PortSwitch } from './edit.ts';
import { findLink, findNetns, type Host, type Netns } from './host.ts';
import type { Interceptor } from './interceptor.ts';
import type { DeviceRef, Link } from './link.ts';
import type { Route } from './route.ts';
import { acceptCommands, deleteCommands, natCommands } from './ruleset-commands.ts';

/** One command and the one that takes it back. */
export interface Command {
  readonly argv: readonly string[];
  /** `undefined` when no command does. */
  readonly undo: readonly string[] | undefined;
}

/**
 * The commands of an edit, in order.
 *
 * @param host As it is before the edit: what the undo goes back to.
 * @throws Error when the edit names a namespace that the host does not have: a bug of ours.
 */
export function commandsOf(host: Host, edit: Edit): readonly Command[] {
  const netns = findNetns(host, edit.netns);
  if (netns === undefined) throw new Error(`no namespace ${edit.netns}`);
  switch (edit.kind) {
    case 'link-up':
    case 'link-master':
    case 'link-netns':
    case 'link-mtu':
    case 'link-arp':
    case 'link-mac':
    case 'bridge-port':
    case 'fdb-delete':
      return [linkCommand(host, netns, findLink(host, edit.netns, edit.device), edit)];
    case 'link-checksum': {
      const offload = (tx: 'on' | 'off') => inNetns(netns, ['ethtool', '-K', edit.device, 'tx', tx]);
      return [{ argv: offload('off'), undo: offload('on') }];
    }
    case 'fdb-remote':
    case 'vxlan-remote':
    case 'vxlan-remake':
      return tunnelCommands(netns, existing(host, edit), edit);
    case 'macvlan-mode':
    case 'macvlan-add':
    case 'bridge-vlan':
      return [stackedCommand(netns, edit)];
    case 'address-add':
      return [addressCommand(netns, edit, 'add', 'del')];
    case 'address-delete':
      return [addressCommand(netns, edit, 'del', 'add')];
    case 'route-add':
      return [{ argv: route(netns, 'add', edit.route), undo: route(netns, 'del', edit.route) }];
    case 'route-delete':
      return [{ argv: route(netns, 'del', edit.route), undo: route(netns, 'add', edit.route) }];
    case 'route-change':
      return [{ argv: route(netns, 'change', edit.to), undo: route(netns, 'change', edit.from) }];
    case 'interceptor-delete':
      return [{ argv: withoutInterceptor(netns, edit.device, edit.interceptor), undo: undefined }];
    case 'path-mtu-flush':
      return [{ argv: ipIn(netns, [...familyOption(edit.family), 'route', 'flush', 'cache']), undo: undefined }];
    case 'rule-delete':
      return [ruleDelete(netns, edit)];
    case 'neighbor-proxy': {
      const words = (verb: string) => ipIn(netns, ['neigh', verb, 'proxy', edit.address, 'dev', edit.device]);
      return [{ argv: words('add'), undo: words('del') }];
    }
    case 'neighbor-delete':
      return [neighborDelete(netns, edit)];
    case 'sysctl':
      return [sysctlCommand(netns, edit)];
    case 'filter-accept':
      return acceptCommands(netns, edit);
    case 'masquerade':
    case 'dnat':
      return natCommands(netns, edit);
    case 'connection-delete':
      return [{ argv: inNetns(netns, forgetWords(edit.connection)), undo: undefined }];
    case 'filter-delete':
      return deleteCommands(netns, edit);
    default:
      return unreachable(edit);
  }
}

function withoutInterceptor(netns: Netns, device: string, { sort }: Interceptor): readonly string[] {
  switch (sort.kind) {
    case 'qdisc':
      return inNetns(netns, ['tc', 'qdisc', 'del', 'dev', device, 'root']);
    case 'filter': {
      const { hook, one } = sort;
      const which = one === undefined ? [] : ['pref', String(one.pref), 'protocol', one.protocol];
      return inNetns(netns, ['tc', 'filter', 'del', 'dev', device, hook, ...which]);
    }
    case 'xdp':
      return ipIn(netns, ['link', 'set', 'dev', device, sort.mode, 'off']);
    default:
      return unreachable(sort);
  }
}

type EditOf<Kind extends Edit['kind']> = Extract<Edit, { kind: Kind }>;

type LinkEdit = EditOf<
  'link-up' | 'link-master' | 'link-netns' | 'link-mtu' | 'link-arp' | 'link-mac' | 'bridge-port' | 'fdb-delete'
>;

function linkCommand(host: Host, netns: Netns, link: Link | undefined, edit: LinkEdit): Command {
  const set = (...words: readonly string[]) => ipIn(netns, ['link', 'set', 'dev', edit.device, ...words]);
  const setPort = (...words: readonly string[]) => bridgeIn(netns, ['link', 'set', 'dev', edit.device, ...words]);
  const master = (name: string | undefined) => (name === undefined ? ['nomaster'] : ['master', name]);
  switch (edit.kind) {
    case 'link-up':
      return { argv: set('up'), undo: set('down') };
    case 'link-master':
      return { argv: set(...master(edit.master)), undo: link && set(...master(link.master)) };
    case 'link-netns': {
      const target = findNetns(host, edit.target);
      const back = netnsArgument(host, netns);
      const name = target && netnsArgument(host, target);
      if (target === undefined || name === undefined) throw new Error(`no way to name the namespace ${edit.target}`);
      return {
        argv: set('netns', name),
        undo: back === undefined ? undefined : ipIn(target, ['link', 'set', 'dev', edit.device, 'netns', back]),
      };
    }
    case 'link-mtu':
      return { argv: set('mtu', String(edit.mtu)), undo: link && set('mtu', String(link.mtu)) };
    case 'link-arp':
      return { argv: set('arp', onOff(edit.arp)), undo: set('arp', onOff(!edit.arp)) };
    case 'link-mac':
      return { argv: set('address', edit.mac), undo: link?.mac && set('address', link.mac) };
    case 'bridge-port':
      if (edit.setting === 'state') {
        return { argv: setPort('state', edit.state), undo: link?.port && setPort('state', link.port.state) };
      }
      return {
        argv: setPort(portWord(edit.setting), onOff(edit.on)),
        undo: setPort(portWord(edit.setting), onOff(!edit.on)),
      };
    case 'fdb-delete': {
      const entry = [
        edit.mac,
        'dev',
        edit.device,
        'master',
        ...(edit.vlan === undefined ? [] : ['vlan', `${edit.vlan}`]),
      ];
      return {
        argv: bridgeIn(netns, ['fdb', 'del', ...entry]),
        undo: bridgeIn(netns, ['fdb', 'add', ...entry, 'static']),
      };
    }
    default:
      return unreachable(edit);
  }
}

function existing(host: Host, { netns, device }: DeviceRef): Link {
  const link = findLink(host, netns, device);
  if (link === undefined) throw new Error(`no device ${device} in ${netns}`);
  return link;
}

/** What bridge(8) calls it. */
function portWord(setting: PortSwitch): string {
  if (setting === 'broadcastFlood') return 'bcast_flood';
  return setting === 'multicastFlood' ? 'mcast_flood' : setting;
}

function onOff(on: boolean): string {
  return on ? 'on' : 'off';
}

/** IPv6 without duplicate address detection: the address answers at once, not a second later. */
function addressCommand(
  netns: Netns,
  edit: EditOf<'address-add' | 'address-delete'>,
  verb: 'add' | 'del',
  opposite: 'add' | 'del',
): Command {
  const words = (which: 'add' | 'del') => {
    const address = `${edit.address}/${edit.prefixLength}`;
    const nodad = which === 'add' && edit.address.includes(':') ? ['nodad'] : [];
    return ipIn(netns, ['addr', which, address, 'dev', edit.device, ...nodad]);
  };
  return { argv: words(verb), undo: words(opposite) };
}

function route(netns: Netns, verb: 'add' | 'del' | 'change', value: Route): readonly string[] {
  return ipIn(netns, [...familyOption(value.family), 'route', verb, ...routeWords(value)]);
}

function ruleDelete(netns: Netns, edit: EditOf<'rule-delete'>): Command {
  const rules = netns.rules.known ? netns.rules.value : [];
  const rule = rules.find(({ priority, family }) => priority === edit.priority && family === edit.family);
  const words = rule && ruleWords(rule);
  const family = familyOption(edit.family);
  return {
    argv: ipIn(netns, [...family, 'rule', 'del', 'pref', String(edit.priority)]),
    undo: words && ipIn(netns, [...family, 'rule', 'add', ...words]),
  };
}

function neighborDelete(netns: Netns, edit: EditOf<'neighbor-delete'>): Command {
  const entries = netns.neighbors.known ? netns.neighbors.value : [];
  const entry = entries.find(({ address, device }) => address === edit.address && device === edit.device);
  const permanent = entry?.state === 'permanent' && entry.mac !== undefined ? entry.mac : undefined;
  return {
    argv: ipIn(netns, ['neigh', 'del', edit.address, 'dev', edit.device]),
    undo:
      permanent &&
      ipIn(netns, ['neigh', 'add', edit.address, 'lladdr', permanent, 'dev', edit.device, 'nud', 'permanent']),
  };
}

function sysctlCommand(netns: Netns, edit: EditOf<'sysctl'>): Command {
  const write = (value: string) => inNetns(netns, ['sysctl', '-w', `${edit.key}=${value}`]);
  const before = netns.sysctls.values.get(edit.key);
  return { argv: write(edit.value), undo: before === undefined ? undefined : write(before) };
}
