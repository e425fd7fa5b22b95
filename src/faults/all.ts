/**
 * Every fault rule, in the order in which a packet meets what they are about: the device, the segment, the address, the
 * route, the filter, the far end.
 *
 * @module
 */

import type { FaultRule } from './rule.ts';
import { acceptRaOff } from './rules/accept-ra-off.ts';
import { addressIsBroadcast } from './rules/address-is-broadcast.ts';
import { addressNotFound } from './rules/address-not-found.ts';
import { arpFiltered } from './rules/arp-filtered.ts';
import { bridgeAddressOnPort } from './rules/bridge-address-on-port.ts';
import { bridgeFdbWrong } from './rules/bridge-fdb-wrong.ts';
import { bridgeFilterDrop } from './rules/bridge-filter-drop.ts';
import { bridgeHairpinOff } from './rules/bridge-hairpin-off.ts';
import { bridgeNetfilter } from './rules/bridge-netfilter.ts';
import { bridgePortBlocking } from './rules/bridge-port-blocking.ts';
import { bridgePortIsolated } from './rules/bridge-port-isolated.ts';
import { bridgePortUnattached } from './rules/bridge-port-unattached.ts';
import { bridgeVlanFiltered } from './rules/bridge-vlan-filtered.ts';
import { conntrackFull } from './rules/conntrack-full.ts';
import { conntrackInvalid } from './rules/conntrack-invalid.ts';
import { conntrackStale } from './rules/conntrack-stale.ts';
import { dadFailed } from './rules/dad-failed.ts';
import { danglingVeth } from './rules/dangling-veth.ts';
import { destinationAmbiguous } from './rules/destination-ambiguous.ts';
import { disconnected } from './rules/disconnected.ts';
import { dnatMissing } from './rules/dnat-missing.ts';
import { dnatWrong } from './rules/dnat-wrong.ts';
import { duplicateAddress } from './rules/duplicate-address.ts';
import { duplicateMac } from './rules/duplicate-mac.ts';
import { firewallDrop } from './rules/firewall-drop.ts';
import { firewallReject } from './rules/firewall-reject.ts';
import { forwardingOff } from './rules/forwarding-off.ts';
import { gatewayUnreachable } from './rules/gateway-unreachable.ts';
import { icmpIgnored } from './rules/icmp-ignored.ts';
import { interfaceNoarp } from './rules/interface-noarp.ts';
import { ipv6Disabled } from './rules/ipv6-disabled.ts';
import { linkDown } from './rules/link-down.ts';
import { listenerElsewhere } from './rules/listener-elsewhere.ts';
import { loDown } from './rules/lo-down.ts';
import { macvlanIsolated } from './rules/macvlan-isolated.ts';
import { martianDestination } from './rules/martian-destination.ts';
import { martianSource } from './rules/martian-source.ts';
import { mtuBlackhole } from './rules/mtu-blackhole.ts';
import { mtuExceeded } from './rules/mtu-exceeded.ts';
import { natMissing } from './rules/nat-missing.ts';
import { natWrong } from './rules/nat-wrong.ts';
import { neighborUnresolved } from './rules/neighbor-unresolved.ts';
import { neighborWrong } from './rules/neighbor-wrong.ts';
import { noAddress } from './rules/no-address.ts';
import { noCarrier } from './rules/no-carrier.ts';
import { noInterface } from './rules/no-interface.ts';
import { noListener } from './rules/no-listener.ts';
import { noRoute } from './rules/no-route.ts';
import { outsideView } from './rules/outside-view.ts';
import { policyRule } from './rules/policy-rule.ts';
import { routeBlackhole } from './rules/route-blackhole.ts';
import { routeProhibit } from './rules/route-prohibit.ts';
import { routeThrow } from './rules/route-throw.ts';
import { routeUnreachable } from './rules/route-unreachable.ts';
import { routingLoop } from './rules/routing-loop.ts';
import { rpFilter } from './rules/rp-filter.ts';
import { ruleBlackhole } from './rules/rule-blackhole.ts';
import { ruleProhibit } from './rules/rule-prohibit.ts';
import { ruleUnreachable } from './rules/rule-unreachable.ts';
import { tcDrop } from './rules/tc-drop.ts';
import { vxlanNoFdb } from './rules/vxlan-no-fdb.ts';
import { vxlanPortMismatch } from './rules/vxlan-port-mismatch.ts';
import { vxlanVniMismatch } from './rules/vxlan-vni-mismatch.ts';
import { vxlanWrongRemote } from './rules/vxlan-wrong-remote.ts';
import { wrongGateway } from './rules/wrong-gateway.ts';
import { wrongPrefix } from './rules/wrong-prefix.ts';
import { wrongRoute } from './rules/wrong-route.ts';
import { wrongSource } from './rules/wrong-source.ts';
import { xdpDrop } from './rules/xdp-drop.ts';

/** The vocabulary of causes: FAULTS in README.md. */
export const ALL_RULES: readonly FaultRule[] = [
  noInterface,
  loDown,
  linkDown,
  danglingVeth,
  noCarrier,
  bridgePortUnattached,
  bridgeAddressOnPort,
  bridgePortBlocking,
  bridgePortIsolated,
  bridgeVlanFiltered,
  bridgeHairpinOff,
  bridgeFdbWrong,
  bridgeFilterDrop,
  bridgeNetfilter,
  macvlanIsolated,
  vxlanNoFdb,
  vxlanWrongRemote,
  vxlanVniMismatch,
  vxlanPortMismatch,
  ipv6Disabled,
  wrongPrefix,
  noAddress,
  duplicateMac,
  duplicateAddress,
  interfaceNoarp,
  arpFiltered,
  dadFailed,
  neighborWrong,
  addressIsBroadcast,
  disconnected,
  natWrong,
  natMissing,
  dnatMissing,
  dnatWrong,
  policyRule,
  wrongRoute,
  wrongGateway,
  routingLoop,
  acceptRaOff,
  noRoute,
  routeBlackhole,
  routeUnreachable,
  routeProhibit,
  routeThrow,
  ruleBlackhole,
  ruleUnreachable,
  ruleProhibit,
  gatewayUnreachable,
  addressNotFound,
  neighborUnresolved,
  martianSource,
  martianDestination,
  rpFilter,
  forwardingOff,
  xdpDrop,
  tcDrop,
  mtuBlackhole,
  mtuExceeded,
  conntrackStale,
  conntrackFull,
  conntrackInvalid,
  firewallDrop,
  firewallReject,
  icmpIgnored,
  destinationAmbiguous,
  listenerElsewhere,
  noListener,
  wrongSource,
  outsideView,
];
