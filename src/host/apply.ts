/**
 * An edit as the host after it: true to the kernel, so that a repair that was walked works when it is run.
 *
 * What the kernel would refuse (`refusalOf`) leaves the host as it is. Held to the kernel in
 * test/live/faults-apply.test.ts: the host after the model's edit equals the host collected after the printed commands.
 *
 * @module
 */

import { familyOf } from '../net/address.ts';
import { unreachable } from '../net/unreachable.ts';
import { addAddress, deleteAddress } from './apply-address.ts';
import { deleteFdbEntry, editBridgePort } from './apply-bridge.ts';
import { addBridgeVlan } from './apply-bridge-vlan.ts';
import { deleteInterceptor } from './apply-interceptor.ts';
import { enslave, moveLink, raiseLink, setMtu } from './apply-link.ts';
import { addMacvlan, setMacvlanMode } from './apply-macvlan.ts';
import { addRoute, changeRoute, deleteRoute } from './apply-route.ts';
import { writeSysctl } from './apply-sysctl.ts';
import { remake, setFdbRemote, setRemote } from './apply-tunnel.ts';
import { changeLink, forgetLearned, forgetNeighbors } from './change.ts';
import type { Edit } from './edit.ts';
import { mapFact } from './fact.ts';
import { type Host, replaceNetns } from './host.ts';
import { refusalOf } from './refusal.ts';
import type { Ruleset } from './ruleset.ts';
import { addNat, deleteRule, insertAccept } from './ruleset-edit.ts';

/** The host after the edit; the same host when the kernel would refuse it. */
export function applyEdit(host: Host, edit: Edit): Host {
  if (refusalOf(host, edit) !== undefined) return host;
  switch (edit.kind) {
    case 'link-up':
      return raiseLink(host, edit);
    case 'link-master':
      return enslave(host, edit, edit.master);
    case 'link-netns':
      return moveLink(host, edit, edit.target);
    case 'link-mtu':
      return setMtu(host, edit, edit.mtu);
    case 'link-arp':
      return forgetNeighbors(forgetLearned(changeLink(host, edit, (link) => ({ ...link, noArp: !edit.arp }))), edit);
    case 'link-mac':
      return forgetNeighbors(forgetLearned(changeLink(host, edit, (link) => ({ ...link, mac: edit.mac }))), edit);
    case 'link-checksum':
      return changeLink(host, edit, (link) => ({ ...link, txChecksumming: 'off' }));
    case 'bridge-port':
      return editBridgePort(host, edit, edit);
    case 'fdb-delete':
      return deleteFdbEntry(host, edit, edit.mac, edit.vlan);
    case 'fdb-remote':
      return setFdbRemote(host, edit);
    case 'macvlan-mode':
      return setMacvlanMode(host, edit);
    case 'macvlan-add':
      return addMacvlan(host, edit);
    case 'bridge-vlan':
      return addBridgeVlan(host, edit);
    case 'vxlan-remote':
      return setRemote(host, edit, edit.remote);
    case 'vxlan-remake':
      return remake(host, edit);
    case 'address-add':
      return addAddress(host, edit, edit.address, edit.prefixLength);
    case 'address-delete':
      return deleteAddress(host, edit, edit.address, edit.prefixLength);
    case 'route-add':
      return addRoute(host, edit.netns, edit.route);
    case 'route-delete':
      return deleteRoute(host, edit.netns, edit.route);
    case 'route-change':
      return changeRoute(host, edit.netns, edit.from, edit.to);
    case 'interceptor-delete':
      return deleteInterceptor(host, edit, edit.interceptor);
    case 'path-mtu-flush':
      return replaceNetns(host, edit.netns, (netns) => ({
        ...netns,
        pathMtus: mapFact(netns.pathMtus, (learned) => learned.filter(({ family }) => family !== edit.family)),
      }));
    case 'rule-delete':
      return deletePolicyRule(host, edit);
    case 'neighbor-proxy':
      return addProxy(host, edit);
    case 'neighbor-delete':
      return deleteNeighbor(host, edit);
    case 'sysctl':
      return writeSysctl(host, edit.netns, edit.key, edit.value);
    case 'filter-accept':
      return editRuleset(host, edit, (ruleset) => insertAccept(ruleset, edit));
    case 'masquerade':
    case 'dnat':
      return editRuleset(host, edit, (ruleset) => addNat(ruleset, edit));
    case 'connection-delete':
      return forget(host, edit);
    case 'filter-delete':
      return editRuleset(host, edit, (ruleset) => deleteRule(ruleset, edit));
    default:
      return unreachable(edit);
  }
}

function editRuleset(host: Host, { netns }: Edit, change: (ruleset: Ruleset) => Ruleset): Host {
  return replaceNetns(host, netns, (each) => ({ ...each, ruleset: mapFact(each.ruleset, change) }));
}

function forget(host: Host, { netns, connection }: Extract<Edit, { kind: 'connection-delete' }>): Host {
  return replaceNetns(host, netns, (each) => ({
    ...each,
    connections: mapFact(each.connections, (table) => ({
      ...table,
      entries: table.entries.filter(({ text }) => text !== connection.text),
    })),
  }));
}

/** `ip rule del pref N` takes the first rule with that number. */
function deletePolicyRule(host: Host, edit: Extract<Edit, { kind: 'rule-delete' }>): Host {
  return replaceNetns(host, edit.netns, (netns) => ({
    ...netns,
    rules: mapFact(netns.rules, (rules) => {
      const gone = rules.find(({ priority, family }) => priority === edit.priority && family === edit.family);
      return rules.filter((rule) => rule !== gone);
    }),
  }));
}

function addProxy(host: Host, { netns: name, device, address }: Extract<Edit, { kind: 'neighbor-proxy' }>): Host {
  const entry = { family: familyOf(address), address, device, mac: undefined, state: 'none', proxy: true } as const;
  return replaceNetns(host, name, (netns) => ({
    ...netns,
    neighbors: mapFact(netns.neighbors, (entries) => [...entries, entry]),
  }));
}

function deleteNeighbor(host: Host, edit: Extract<Edit, { kind: 'neighbor-delete' }>): Host {
  return replaceNetns(host, edit.netns, (netns) => ({
    ...netns,
    neighbors: mapFact(netns.neighbors, (entries) =>
      entries.filter(({ address, device, proxy }) => proxy || address !== edit.address || device !== edit.device),
    ),
  }));
}
