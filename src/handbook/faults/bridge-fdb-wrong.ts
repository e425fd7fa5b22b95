/**
 * The page of `nsdiag explain bridge-fdb-wrong`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const bridgeFdbWrong: Page = {
  code: 'bridge-fdb-wrong',
  group: 'bridge',
  what: 'The bridge knows the MAC on the wrong port, by an entry that somebody made; or it does not know it and may not flood.',
  linux: [
    "A known MAC goes to one port. An unknown one goes to every port with flood on (net/bridge/br_forward.c: br_flood()). A learned entry ages after 300 seconds, a static one does not. Both follow their owner's next frame to another port, unless the entry is sticky (net/bridge/br_fdb.c: br_fdb_update()). A permanent one is the bridge's own: it takes the frames itself.",
  ],
  look: [
    {
      run: 'bridge -n NS fdb show br BR',
      shows: 'the "MAC", the port and "static", perhaps "sticky". What was learned shows neither',
    },
    { run: 'bridge -d -n NS link show dev DEV', shows: '"flood on" and "learning on", when they are as made' },
  ],
  fix: [
    { run: 'bridge -n NS fdb del MAC dev DEV master', does: 'the bridge floods and learns again' },
    { run: 'bridge -n NS link set dev DEV flood on', does: 'where unknown MACs are to reach that port' },
  ],
  confused: [
    { code: 'neighbor-wrong', tell: 'the sender itself has the wrong MAC: ip neigh shows it' },
    { code: 'duplicate-mac', tell: 'the entry jumps between two ports' },
    { code: 'vxlan-no-fdb', tell: 'the database is that of a vxlan' },
  ],
};
