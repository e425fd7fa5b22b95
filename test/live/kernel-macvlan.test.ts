/** Who gets the frames of a macvlan. */

import { judge } from '../helpers/judge.ts';
import { liveTest } from '../helpers/world.ts';

/** h and o on a switch; c1 and c2 on macvlans of h; c3 on one of the switch itself. */
const NETWORK = `
  namespaces h o sw c1 c2 c3
  wire h eth0 sw p0
  wire o eth0 sw p1
  bridge_ sw br0 p0 p1
  address h eth0 10.0.0.1/24
  address o eth0 10.0.0.9/24 10.1.0.9/24
  macvlan() { # NAME PARENT-NAME PARENT
    ip -n "$2" link add link "$3" name mv0 netns "$1" type macvlan mode bridge
    ip -n "$1" link set dev mv0 up
  }
  macvlan c1 h eth0; address c1 mv0 10.0.0.11/24
  macvlan c2 h eth0; address c2 mv0 10.0.0.12/24
  macvlan c3 sw br0; address c3 mv0 10.1.0.13/24
  address sw br0 10.1.0.1/24
`;
const mode = (c1: string, c2: string) =>
  `ip -n c1 link set dev mv0 type macvlan mode ${c1}; ip -n c2 link set dev mv0 type macvlan mode ${c2}; forget h o c1 c2`;
const hairpin = (onOff: string) => `bridge -n sw link set dev p0 hairpin ${onOff}; forget h o c1 c2`;
const SIBLINGS = { from: 'c1', to: '10.0.0.12' };

liveTest('macvlans talk to each other as their modes let them, and to their parent never', async () => {
  await judge(NETWORK, [
    { claim: 'bridge mode', ...SIBLINGS, answered: true },
    { claim: 'to the wire', from: 'c1', to: '10.0.0.9', answered: true },
    { claim: 'from the wire', from: 'o', to: '10.0.0.12', answered: true },
    { claim: 'to the parent', from: 'c1', to: '10.0.0.1', answered: false },
    { claim: 'from the parent', from: 'h', to: '10.0.0.11', answered: false },
    { claim: 'bridge and vepa', change: mode('bridge', 'vepa'), ...SIBLINGS, answered: false },
    { claim: 'vepa to the wire', from: 'c2', to: '10.0.0.9', answered: true },
    { claim: 'bridge and private', change: mode('bridge', 'private'), ...SIBLINGS, answered: false },
  ]);
});

liveTest(
  'a switch that sends frames back joins macvlans in vepa mode and their parent, and private ones to nobody',
  async () => {
    await judge(`${NETWORK} bridge -n sw link set dev p0 hairpin on`, [
      { claim: 'to the parent', from: 'c1', to: '10.0.0.1', answered: true },
      { claim: 'both vepa', change: mode('vepa', 'vepa'), ...SIBLINGS, answered: true },
      { claim: 'vepa and bridge', change: mode('vepa', 'bridge'), ...SIBLINGS, answered: true },
      { claim: 'private and vepa', change: mode('private', 'vepa'), ...SIBLINGS, answered: false },
      { claim: 'a private one asks the parent', from: 'c1', to: '10.0.0.1', answered: false },
      { claim: 'the parent asks a private one', from: 'h', to: '10.0.0.11', answered: true },
      {
        claim: 'without the switch',
        change: `${mode('vepa', 'vepa')}; ${hairpin('off')}`,
        ...SIBLINGS,
        answered: false,
      },
    ]);
  },
);

liveTest('a macvlan needs its parent up; one of a bridge is reached by its ports alone', async () => {
  await judge(NETWORK, [
    { claim: 'of a bridge, to a port', from: 'c3', to: '10.1.0.9', answered: true },
    { claim: 'of a bridge, from a port', from: 'o', to: '10.1.0.13', answered: true },
    { claim: 'of a bridge, from the bridge', from: 'sw', to: '10.1.0.13', answered: false },
    { claim: 'parent down', change: 'ip -n h link set dev eth0 down', ...SIBLINGS, answered: false },
    {
      claim: 'its own link up again',
      change: 'ip -n c1 link set dev mv0 down; ip -n c1 link set dev mv0 up',
      ...SIBLINGS,
      answered: false,
    },
  ]);
});
