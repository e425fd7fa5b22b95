/**
 * The repair for a network that nobody outside knows: the router on the border lends it its own address.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import type { Host } from '../../host/host.ts';
import { familyOf } from '../../net/address.ts';
import { formatPrefix } from '../../net/prefix.ts';
import { type Border, natMachinery } from './border.ts';

/** One masquerade for the sender's network, out of the interface that leads outside. */
export function masquerade(host: Host, { router, out, source }: Border): Repair {
  return {
    intent: `Translate what leaves ${router.name} from ${formatPrefix(source)} by ${out.device}`,
    edits: [
      {
        kind: 'masquerade',
        netns: router.name,
        machinery: natMachinery(host, router),
        traffic: { family: familyOf(source.address), source, outDevice: out.device },
        before: undefined,
      },
    ],
    sideEffects: `All packets from ${formatPrefix(source)} that leave by ${out.device} get its address`,
  };
}
