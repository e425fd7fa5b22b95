/**
 * A device that ought to be a port of a bridge is on none, or on another one: `ip link set DEV master BR` (or
 * `brctl addif`) was forgotten.
 *
 * @module
 */

import { findLink } from '../../host/host.ts';
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
    const master = findLink(context.host, port.netns, port.device)?.master;
    return [
      {
        ...port,
        what:
          master === undefined
            ? `${port.device} in ${port.netns} is on no bridge, and the way leads over ${bridge}`
            : `${port.device} in ${port.netns} is on bridge ${master}, and the way leads over ${bridge}`,
        why: 'A bridge passes frames between its ports only; a frame that arrives at an interface without a bridge stays there',
        evidence: linkEvidence(context.host, port),
        repairs: joints.map((joint) => ({
          intent: `Attach ${joint.port.device} to ${joint.bridge}`,
          edits: [{ kind: 'link-master', ...joint.port, master: joint.bridge }],
          sideEffects: undefined,
        })),
      },
    ];
  },
});
