/**
 * The page of `nsdiag explain mac-flapping`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const macFlapping: FindingPage = {
  code: 'mac-flapping',
  title: 'A MAC address moves between ports',
  group: 'saved capture',
  what: 'Frames of one MAC are on one side of the place of the capture now and on the other side then: in a capture of all devices (tcpdump -i any) they go out by a device and come in there too; in one of several interfaces they pass from one to the other, and others back.',
  linux: [
    'A bridge learns a MAC anew with each frame (IEEE 802.1Q section 8.7). A move is normal after a migration or a failover; back and forth is a loop, a cloned MAC, or bonding that the switch does not know of.',
  ],
  look: [
    { run: 'tcpdump -enr FILE ether host MAC', shows: 'the MAC, and in which places it sends' },
    { run: 'bridge fdb show', shows: 'behind which port the bridge heard it last: ask twice' },
  ],
  fix: [{ does: 'find both ports: bridge fdb show on every bridge between the capture points' }],
  confused: [
    { code: 'duplicate-mac', tell: 'what why says where it sees both devices' },
    { code: 'l2-loop', tell: 'the same frame comes back, not only the same MAC' },
  ],
};
