/**
 * The two ends of a vxlan use different UDP ports.
 *
 * @module
 */

import { vxlanMismatchRule } from '../vxlan-mismatch-rule.ts';

/** IANA's, which every other implementation uses. Linux took 8472 before that was assigned, and still does unless told. */
const ASSIGNED_PORT = 4789;

export const vxlanPortMismatch = vxlanMismatchRule({
  code: 'vxlan-port-mismatch',
  title: 'The two ends of a vxlan use different UDP ports',
  why: `A vxlan listens on the port that it sends to; without dstport Linux takes its old 8472, while ${ASSIGNED_PORT} was assigned`,
  words: ({ dstPort }) => `UDP port ${dstPort}`,
  differs: (a, b) => a.dstPort !== b.dstPort,
  isAlikeBut: (a, b) => a.vni === b.vni,
  become: ({ vni }, { dstPort }) => ({ vni, dstPort }),
  isOdd: ({ dstPort }) => dstPort !== ASSIGNED_PORT,
});
