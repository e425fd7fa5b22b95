/**
 * A device that ought to be a port of a bridge is on none, or on another one: `ip link set DEV master BR` (or
 * `brctl addif`) was forgotten.
 *
 * @module
 */

import { findLink } from '../../host/host.ts';
import type { DeviceName, DeviceRef } from '../../host/link.ts';
import { defineRule } from '../define.ts';
import { linkEvidence } from '../evidence.ts';
import { missingJoints } from '../search/joint.ts';

export const bridgePortUnattached = defineRule({
  code: 'bridge-port-unattached',
  title: 'An interface is not attached to its bridge',
  source: 'net/bridge/br_if.c: br_add_if(); net/bridge/br_input.c: br_handle_frame()',
  explains: [
    'no-carrier',
    'rp-filter',
    'arp-filtered',
    'no-address',
    'address-not-found',
    'gateway-unreachable',
    'neighbor-unresolved',
    'disconnected',
    'link-down',
  ],

  find(context) {
    const joints = missingJoints(context);
    const [likely] = joints;
    if (likely === undefined) return [];
    const { port, bridge } = likely;
    const masterOf = ({ netns, device }: DeviceRef) => findLink(context.host, netns, device)?.master;
    const master = masterOf(port);
    return [
      {
        ...port,
        what:
          master === undefined
            ? `${port.device} in ${port.netns} is on no bridge, and the way leads over ${bridge}`
            : `${port.device} in ${port.netns} is on bridge ${master}, and the way leads over ${bridge}`,
        why:
          master === undefined
            ? 'A bridge passes frames between its ports only; a frame that arrives at an interface without a bridge stays there'
            : 'A bridge passes frames between its own ports only: two bridges are two wires, whatever addresses are on them',
        evidence: linkEvidence(context.host, port),
        repairs: joints.map((joint) => ({
          intent: `Attach ${joint.port.device} to ${joint.bridge}`,
          edits: [{ kind: 'link-master', ...joint.port, master: joint.bridge }],
          sideEffects: sideEffectsOf(joint.port.device, masterOf(joint.port)),
        })),
      },
    ];
  },
});

function sideEffectsOf(port: DeviceName, master: DeviceName | undefined): string | undefined {
  return master === undefined
    ? undefined
    : `${port} leaves ${master}: what is behind it, and what else is there, are cut off from each other`;
}
