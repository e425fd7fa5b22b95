/**
 * br_netfilter: bridged frames that are sent through the hooks of IP as if they were routed.
 *
 * In prerouting, forward and postrouting (never in input and output) the rules of IP see the bridge as the device on
 * both sides, and the ports through physdev. What the bridge then takes for itself is not sent through prerouting a
 * second time (ip_sabotage_in()), and its port stays known until it leaves.
 *
 * Source: net/bridge/br_netfilter_hooks.c; Documentation/networking/ip-sysctl.rst, bridge-nf-call-*. Seen in
 * test/live/netfilter-bridge.test.ts.
 *
 * @module
 */

import { linksOf, type Netns } from '../../host/host.ts';
import type { DeviceName } from '../../host/link.ts';
import { readSysctl, sysctlKey } from '../../host/sysctl.ts';
import { packetFamily } from '../../journey/packet.ts';
import type { Family } from '../../net/address.ts';
import { isTranslated, trackedConnection } from './connection.ts';
import type { HookPass } from './contract.ts';
import type { PortName } from './situation.ts';
import type { Tristate } from './tristate.ts';

/**
 * Whether frames on the bridge are sent through the hooks of IP.
 *
 * Either the namespace's sysctl or the bridge's own option suffices. Without the module there is no such sysctl.
 */
export function callsIpHooks(netns: Netns, bridge: DeviceName, family: Family): Tristate {
  const key = sysctlKey(`net/bridge/bridge-nf-call-${family === 'inet' ? 'iptables' : 'ip6tables'}`);
  if (!netns.sysctls.values.has(key)) return netns.sysctls.unreadable === undefined ? false : 'unknown';
  const setting = readSysctl(netns.sysctls, key);
  if (!setting.known) return 'unknown';
  const detail = linksOf(netns).find(({ name }) => name === bridge)?.detail;
  if (setting.value !== 0) return true;
  if (detail?.kind !== 'bridge') return 'unknown';
  return family === 'inet' ? detail.nfCallIptables : detail.nfCallIp6tables;
}

/** Whether the device is a bridge of the namespace. */
export function isBridge(netns: Netns, device: DeviceName | undefined): device is DeviceName {
  return linksOf(netns).some(({ name, detail }) => name === device && detail.kind === 'bridge');
}

/**
 * The ports that physdev sees.
 *
 * A frame whose destination was translated, and whose new one is behind the same bridge, is bridged on (../redirected.ts).
 * Where nobody knows whether br_netfilter is on, it is routed here, and by which port it leaves is not known.
 */
export function bridgePorts(pass: HookPass): { readonly inPort: PortName; readonly outPort: PortName } {
  const { bridged, netns, inDevice, outDevice, hook, arrivalPort } = pass;
  if (bridged !== undefined) return { inPort: bridged.inPort, outPort: bridged.outPort };
  if (hook === 'output' || !isBridge(netns, inDevice)) return { inPort: undefined, outPort: undefined };
  const calls = callsIpHooks(netns, inDevice, packetFamily(pass.packet));
  if (calls === false) return { inPort: undefined, outPort: undefined };
  return {
    inPort: calls === true && arrivalPort !== undefined ? arrivalPort : { unknown: 'whether' },
    outPort: outDevice === inDevice && wasRedirected(pass) ? { unknown: 'which' } : undefined,
  };
}

function wasRedirected({ conntrack }: HookPass): boolean {
  const tracked = trackedConnection(conntrack);
  if (tracked === undefined) return false;
  return isTranslated(tracked.connection, tracked.direction === 'original' ? 'destination' : 'source');
}
