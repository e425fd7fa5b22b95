/**
 * The page of every fault code, by group, in the order in which a packet meets what they are about.
 *
 * @module
 */

import { acceptRaOff } from './faults/accept-ra-off.ts';
import { addressIsBroadcast } from './faults/address-is-broadcast.ts';
import { addressNotFound } from './faults/address-not-found.ts';
import { arpFiltered } from './faults/arp-filtered.ts';
import { badOffload } from './faults/bad-offload.ts';
import { bridgeAddressOnPort } from './faults/bridge-address-on-port.ts';
import { bridgeFdbWrong } from './faults/bridge-fdb-wrong.ts';
import { bridgeFilterDrop } from './faults/bridge-filter-drop.ts';
import { bridgeHairpinOff } from './faults/bridge-hairpin-off.ts';
import { bridgeNetfilter } from './faults/bridge-netfilter.ts';
import { bridgePortBlocking } from './faults/bridge-port-blocking.ts';
import { bridgePortIsolated } from './faults/bridge-port-isolated.ts';
import { bridgePortUnattached } from './faults/bridge-port-unattached.ts';
import { bridgeVlanFiltered } from './faults/bridge-vlan-filtered.ts';
import { conntrackFull } from './faults/conntrack-full.ts';
import { conntrackInvalid } from './faults/conntrack-invalid.ts';
import { conntrackStale } from './faults/conntrack-stale.ts';
import { dadFailed } from './faults/dad-failed.ts';
import { danglingVeth } from './faults/dangling-veth.ts';
import { destinationAmbiguous } from './faults/destination-ambiguous.ts';
import { disconnected } from './faults/disconnected.ts';
import { dnatMissing } from './faults/dnat-missing.ts';
import { dnatWrong } from './faults/dnat-wrong.ts';
import { duplicateAddress } from './faults/duplicate-address.ts';
import { duplicateMac } from './faults/duplicate-mac.ts';
import { firewallDrop } from './faults/firewall-drop.ts';
import { firewallReject } from './faults/firewall-reject.ts';
import { forwardingOff } from './faults/forwarding-off.ts';
import { gatewayUnreachable } from './faults/gateway-unreachable.ts';
import { icmpIgnored } from './faults/icmp-ignored.ts';
import { interfaceNoarp } from './faults/interface-noarp.ts';
import { ipv6Disabled } from './faults/ipv6-disabled.ts';
import { linkDown } from './faults/link-down.ts';
import { listenerElsewhere } from './faults/listener-elsewhere.ts';
import { loDown } from './faults/lo-down.ts';
import { macvlanIsolated } from './faults/macvlan-isolated.ts';
import { martianDestination } from './faults/martian-destination.ts';
import { martianSource } from './faults/martian-source.ts';
import { mtuBlackhole } from './faults/mtu-blackhole.ts';
import { mtuExceeded } from './faults/mtu-exceeded.ts';
import { nameUnresolved } from './faults/name-unresolved.ts';
import { natMissing } from './faults/nat-missing.ts';
import { natWrong } from './faults/nat-wrong.ts';
import { neighborUnresolved } from './faults/neighbor-unresolved.ts';
import { neighborWrong } from './faults/neighbor-wrong.ts';
import { noAddress } from './faults/no-address.ts';
import { noCarrier } from './faults/no-carrier.ts';
import { noInterface } from './faults/no-interface.ts';
import { noListener } from './faults/no-listener.ts';
import { noRoute } from './faults/no-route.ts';
import { outsideView } from './faults/outside-view.ts';
import { policyRule } from './faults/policy-rule.ts';
import { routeBlackhole } from './faults/route-blackhole.ts';
import { routeProhibit } from './faults/route-prohibit.ts';
import { routeThrow } from './faults/route-throw.ts';
import { routeUnreachable } from './faults/route-unreachable.ts';
import { routingLoop } from './faults/routing-loop.ts';
import { rpFilter } from './faults/rp-filter.ts';
import { ruleBlackhole } from './faults/rule-blackhole.ts';
import { ruleProhibit } from './faults/rule-prohibit.ts';
import { ruleUnreachable } from './faults/rule-unreachable.ts';
import { tcDrop } from './faults/tc-drop.ts';
import { unexplainedLoss } from './faults/unexplained-loss.ts';
import { vxlanNoFdb } from './faults/vxlan-no-fdb.ts';
import { vxlanPortMismatch } from './faults/vxlan-port-mismatch.ts';
import { vxlanVniMismatch } from './faults/vxlan-vni-mismatch.ts';
import { vxlanWrongRemote } from './faults/vxlan-wrong-remote.ts';
import { wrongGateway } from './faults/wrong-gateway.ts';
import { wrongPrefix } from './faults/wrong-prefix.ts';
import { wrongRoute } from './faults/wrong-route.ts';
import { wrongSource } from './faults/wrong-source.ts';
import { xdpDrop } from './faults/xdp-drop.ts';
import type { Page } from './page.ts';

export const FAULT_PAGES: readonly Page[] = [
  linkDown,
  loDown,
  noCarrier,
  noInterface,
  danglingVeth,
  mtuExceeded,
  mtuBlackhole,
  interfaceNoarp,
  macvlanIsolated,
  disconnected,
  badOffload,
  bridgePortUnattached,
  bridgeAddressOnPort,
  bridgePortBlocking,
  bridgePortIsolated,
  bridgeVlanFiltered,
  bridgeHairpinOff,
  bridgeFdbWrong,
  bridgeFilterDrop,
  bridgeNetfilter,
  noAddress,
  wrongPrefix,
  addressNotFound,
  addressIsBroadcast,
  duplicateAddress,
  duplicateMac,
  neighborWrong,
  neighborUnresolved,
  arpFiltered,
  ipv6Disabled,
  dadFailed,
  noRoute,
  acceptRaOff,
  routeBlackhole,
  routeUnreachable,
  routeProhibit,
  routeThrow,
  ruleBlackhole,
  ruleUnreachable,
  ruleProhibit,
  policyRule,
  wrongRoute,
  gatewayUnreachable,
  wrongGateway,
  routingLoop,
  forwardingOff,
  rpFilter,
  martianSource,
  martianDestination,
  vxlanVniMismatch,
  vxlanPortMismatch,
  vxlanWrongRemote,
  vxlanNoFdb,
  firewallDrop,
  firewallReject,
  tcDrop,
  xdpDrop,
  natMissing,
  natWrong,
  dnatMissing,
  dnatWrong,
  conntrackFull,
  conntrackInvalid,
  conntrackStale,
  icmpIgnored,
  noListener,
  listenerElsewhere,
  wrongSource,
  destinationAmbiguous,
  outsideView,
  nameUnresolved,
  unexplainedLoss,
];
