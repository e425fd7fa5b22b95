/**
 * The page of `nsdiag explain bridge-port-unattached`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const bridgePortUnattached: Page = {
  code: 'bridge-port-unattached',
  group: 'bridge',
  what: 'An interface that ought to be plugged into a bridge is on none, or on another one. It is up, and nothing passes.',
  linux: [
    'A bridge forwards between its ports alone. A device becomes a port by its master and stays one until nomaster, until it is moved to another namespace, or until the bridge is deleted (net/bridge/br_if.c: br_add_if()). Port and bridge are in the same namespace, always.',
  ],
  look: [
    { run: 'ip -n NS link show dev DEV', shows: '"UP" and no "master"' },
    { run: 'bridge -n NS link show', shows: 'the ports of every bridge; no "DEV"' },
    { run: 'ip -n NS link show master BR', shows: '"master BR": who is on it' },
  ],
  fix: [
    {
      run: 'ip -n NS link set dev DEV master BR',
      does: 'the port learns and forwards at once, unless STP is on; the bridge may take another MAC, and neighbours forget it',
    },
  ],
  confused: [
    { code: 'bridge-port-blocking', tell: 'it is a port, and its state is not forwarding' },
    { code: 'bridge-address-on-port', tell: 'it is a port and should not have the address' },
    { code: 'link-down', tell: 'the port or the bridge is down' },
  ],
};
