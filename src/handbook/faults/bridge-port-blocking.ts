/**
 * The page of `nsdiag explain bridge-port-blocking`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const bridgePortBlocking: Page = {
  code: 'bridge-port-blocking',
  group: 'bridge',
  what: 'The port is plugged in and up, and its state is disabled, blocking, listening or learning.',
  linux: [
    'Only a port in state forwarding passes frames. Without STP a port forwards as soon as it has carrier; with STP it waits twice the forward delay, 30 seconds as made (net/bridge/br_stp_timer.c), and STP blocks a port that would close a loop.',
    'While STP is off the state may be set by hand (net/bridge/br_netlink.c: br_set_port_state()): listening, learning and disabled stay, blocking becomes forwarding at once. While it is on, that is refused with "Device or resource busy". Switching STP off leaves a port in the state that it had.',
  ],
  look: [
    {
      run: 'bridge -n NS link show dev DEV',
      shows: '"state blocking", "state listening", "state learning" or "state disabled"',
    },
    {
      run: 'ip -n NS -d link show dev BR',
      shows: '"stp_state 0" means that somebody else has set the state; "forward_delay" in hundredths of a second',
    },
  ],
  fix: [
    { run: 'bridge -n NS link set dev DEV state forwarding', does: 'while STP is off' },
    {
      run: 'ip -n NS link set dev BR type bridge stp_state 0',
      does: 'first, while it is on, and only where no second way exists: with a loop this is a broadcast storm',
    },
  ],
  confused: [
    { code: 'link-down', tell: 'an interface that is down is in state disabled too' },
    { code: 'bridge-port-isolated', tell: 'both ports forward, and not to each other' },
    { code: 'bridge-vlan-filtered', tell: 'forwarding, and the VLAN is not let through' },
  ],
};
