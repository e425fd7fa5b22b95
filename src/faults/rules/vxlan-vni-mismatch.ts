/**
 * The two ends of a vxlan have different network identifiers.
 *
 * @module
 */

import { vxlanMismatchRule } from '../vxlan-mismatch-rule.ts';

export const vxlanVniMismatch = vxlanMismatchRule({
  code: 'vxlan-vni-mismatch',
  title: 'The two ends of a vxlan have different VNIs',
  why: 'A vxlan takes in only packets that carry its own network identifier; the kernel drops those of a number that nobody there has',
  words: ({ vni }) => `VNI ${vni}`,
  differs: (a, b) => a.vni !== b.vni,
  isAlikeBut: (a, b) => a.dstPort === b.dstPort,
  become: ({ dstPort }, { vni }) => ({ vni, dstPort }),
});
