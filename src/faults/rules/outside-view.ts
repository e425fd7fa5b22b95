/**
 * The packet left by an interface behind which there is no namespace of ours. What happens there cannot be seen here.
 *
 * @module
 */

import { packetFamily } from '../../journey/packet.ts';
import { defineRule } from '../define.ts';
import { linkEvidence } from '../evidence.ts';
import { familyText } from '../search/text.ts';

export const outsideView = defineRule({
  code: 'outside-view',
  title: 'The packet leaves for where nsdiag cannot look',
  source: 'the interface has no other end on this machine',
  explains: [],

  find({ host, journey }) {
    const { fate, packet } = journey;
    if (fate.kind !== 'left-host') return [];
    const ref = { netns: fate.netns, device: fate.device };
    const what = packet === undefined ? 'the packet' : `the ${familyText(packetFamily(packet))} packet`;
    return [
      {
        ...ref,
        what: `${what} leaves ${ref.netns} by ${ref.device}, for outside of this machine`,
        why: 'Up to here everything is in order; whether it is answered is decided by machines that nsdiag does not see',
        evidence: linkEvidence(host, ref),
        repairs: [],
      },
    ];
  },
});
