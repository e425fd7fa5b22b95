/**
 * The IP firewall drops a frame that was only bridged: br_netfilter sends it through the IP hooks.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import { sysctlKey } from '../../host/sysctl.ts';
import { packetFamily } from '../../journey/packet.ts';
import { defineRule } from '../define.ts';
import { sysctlEvidence } from '../evidence.ts';
import { filteredIn, filterFound } from '../filter-rule.ts';

export const bridgeNetfilter = defineRule({
  code: 'bridge-netfilter',
  title: 'The IP firewall drops a bridged frame',
  source: 'net/bridge/br_netfilter_hooks.c: br_nf_forward_ip(); net.bridge.bridge-nf-call-iptables',
  explains: [],

  find(context) {
    const filtered = filteredIn(context);
    if (filtered === undefined || !filtered.reason.bridged || filtered.reason.rule.family === 'bridge') return [];
    const { netns, reason } = filtered;
    const name = packetFamily(reason.packet) === 'inet' ? 'iptables' : 'ip6tables';
    const key = sysctlKey(`net/bridge/bridge-nf-call-${name}`);
    const switchOff: Repair = {
      intent: 'Keep bridged frames out of the IP firewall',
      edits: [{ kind: 'sysctl', netns: netns.name, key, value: '0' }],
      sideEffects: `No bridged frame in ${netns.name} passes the IP firewall any more; Docker and Kubernetes rely on it`,
    };
    const isSet = netns.sysctls.values.get(key) === '1';
    const found = filterFound(
      context,
      filtered,
      `With ${key} set, frames that a bridge only passes between its ports go through the FORWARD chains of the IP firewall, too`,
      isSet ? [switchOff] : [],
    );
    return [{ ...found, evidence: [...found.evidence, sysctlEvidence(netns, key)] }];
  },
});
