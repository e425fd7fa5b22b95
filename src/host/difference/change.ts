/**
 * One way in which a host is not as it was: what turned, and where.
 *
 * @module
 */

import type { Netns } from '../host.ts';
import type { Interceptor } from '../interceptor.ts';
import type { BridgeVlan, DeviceName, InterfaceAddress, Link, NetnsName } from '../link.ts';
import type { PathMtu } from '../path-mtu.ts';
import type { FdbEntry, Neighbor, PolicyRule, Route } from '../route.ts';
import type { Chain, FilterRule, RulesetTable } from '../ruleset.ts';
import type { ListeningSocket } from '../socket.ts';
import type { SysctlKey } from '../sysctl.ts';
import type { Turn } from './turn.ts';

/** What of a namespace is read in one go, and may fail to be. */
export type ReadPart =
  | 'links'
  | 'routes'
  | 'rules'
  | 'neighbors'
  | 'fdb'
  | 'bridgeVlans'
  | 'ruleset'
  | 'sysctls'
  | 'sockets'
  | 'pathMtus';

/** A chain of a table, with what the words need of the table. */
export interface TableChain {
  readonly table: Pick<RulesetTable, 'machinery' | 'family' | 'name'>;
  readonly chain: Chain;
}

/** A device that is another now; `moved` between namespaces, `renamed` within one. */
export type LinkTurn =
  | Turn<Link>
  | { readonly action: 'renamed'; readonly before: Link; readonly after: Link }
  | { readonly action: 'moved'; readonly from: NetnsName; readonly before: Link; readonly after: Link };

/** Narrow on `subject`, then on `action`. `netns` is where it happened; of a device that moved, where it is now. */
export type Change = { readonly netns: NetnsName } & (
  | ({ readonly subject: 'netns' } & Turn<Netns>)
  | ({ readonly subject: 'link' } & LinkTurn)
  | ({ readonly subject: 'interceptor'; readonly device: DeviceName } & Turn<Interceptor>)
  | ({ readonly subject: 'address'; readonly device: DeviceName } & Turn<InterfaceAddress>)
  | ({ readonly subject: 'route' } & Turn<Route>)
  | ({ readonly subject: 'rule' } & Turn<PolicyRule>)
  | ({ readonly subject: 'filter-table' } & Turn<RulesetTable>)
  | ({ readonly subject: 'filter-chain' } & Turn<TableChain>)
  | ({ readonly subject: 'filter-rule' } & Turn<FilterRule>)
  | ({ readonly subject: 'sysctl'; readonly key: SysctlKey } & Turn<string>)
  | ({ readonly subject: 'neighbor' } & Turn<Neighbor>)
  | ({ readonly subject: 'fdb' } & Turn<FdbEntry>)
  | ({ readonly subject: 'bridge-vlan' } & Turn<BridgeVlan>)
  | ({ readonly subject: 'socket' } & Turn<ListeningSocket>)
  | ({ readonly subject: 'path-mtu' } & Turn<PathMtu>)
  /** It could be read once, and not the other time: nothing is known of what changed there. */
  | { readonly subject: 'reading'; readonly action: 'lost' | 'regained'; readonly part: ReadPart; readonly why: string }
);

/** The device that it happened to, when it was one. */
export function deviceOfChange(change: Change): DeviceName | undefined {
  switch (change.subject) {
    case 'link':
      return change.action === 'deleted' ? change.before.name : change.after.name;
    case 'interceptor':
    case 'address':
      return change.device;
    case 'neighbor':
    case 'fdb':
    case 'bridge-vlan':
    case 'path-mtu':
      return change.action === 'deleted' ? change.before.device : change.after.device;
    case 'netns':
    case 'route':
    case 'rule':
    case 'filter-table':
    case 'filter-chain':
    case 'filter-rule':
    case 'sysctl':
    case 'socket':
    case 'reading':
      return undefined;
  }
}
