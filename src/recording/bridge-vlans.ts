/**
 * `bridge -j vlan show` to the VLAN tables of bridges that filter VLANs, and of their ports. A range of VLANs is
 * printed as its first and its last.
 *
 *     [{"ifname":"p1","vlans":[{"vlan":1,"flags":["PVID","Egress Untagged"]},{"vlan":10,"vlanEnd":12}]}]
 *
 * Source: bridge/vlan.c print_vlan(), print_vlan_flags() of iproute2 6.1; this kernel has no VLAN filtering.
 *
 * @module
 */

import * as v from 'valibot';
import { type Fact, mapFact } from '../host/fact.ts';
import type { BridgeVlan } from '../host/link.ts';
import { DeviceField } from './fields.ts';
import { rowsOf } from './output.ts';
import type { RecordedNamespace } from './recording.ts';

const Vid = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4095));

const VlanRow = v.looseObject({
  ifname: DeviceField,
  vlans: v.array(
    v.looseObject({
      vlan: Vid,
      vlanEnd: v.optional(Vid),
      flags: v.optional(v.array(v.string()), []),
    }),
  ),
});

/** Unknown where nobody had a reason to look: no bridge there filters VLANs. */
export function bridgeVlansOf(namespace: RecordedNamespace): Fact<readonly BridgeVlan[]> {
  return mapFact(rowsOf(namespace, 'vlan', VlanRow), (rows) =>
    rows.flatMap(({ ifname, vlans }) => vlans.flatMap((each) => entriesOf(ifname, each))),
  );
}

function entriesOf(
  device: BridgeVlan['device'],
  { vlan, vlanEnd = vlan, flags }: v.InferOutput<typeof VlanRow>['vlans'][number],
): readonly BridgeVlan[] {
  const pvid = flags.includes('PVID');
  const untagged = flags.includes('Egress Untagged');
  return Array.from({ length: Math.max(0, vlanEnd - vlan + 1) }, (_, index) => ({
    device,
    vid: vlan + index,
    pvid,
    untagged,
  }));
}
