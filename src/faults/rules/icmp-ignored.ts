/**
 * The destination is reached and does not answer pings: icmp_echo_ignore_all.
 *
 * @module
 */

import { sysctlKey } from '../../host/sysctl.ts';
import { defineRule } from '../define.ts';
import { sysctlEvidence } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';

export const icmpIgnored = defineRule({
  code: 'icmp-ignored',
  title: 'The destination ignores echo requests',
  source: 'net/ipv4/icmp.c: icmp_echo(); net/ipv6/icmp.c: icmpv6_echo_reply()',
  explains: [],

  find(context) {
    const dropped = droppedAs(context, 'echo-ignored');
    if (dropped === undefined) return [];
    const { netns, device, reason } = dropped;
    const key = sysctlKey(reason.key);
    return [
      {
        netns: netns.name,
        device: device?.device,
        what: `${netns.name} gets the echo request and does not answer`,
        why: `With ${key} set the kernel drops every echo request in silence; TCP and UDP are not affected`,
        evidence: [sysctlEvidence(netns, key)],
        repairs: [
          {
            intent: `Let ${netns.name} answer echo requests`,
            edits: [{ kind: 'sysctl', netns: netns.name, key, value: '0' }],
            sideEffects: undefined,
          },
        ],
      },
    ];
  },
});
