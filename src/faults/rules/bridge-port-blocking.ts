/**
 * A bridge port is not in the state `forwarding`: disabled by hand, or not yet (or not) released by STP.
 *
 * @module
 */

import { findLink } from '../../host/host.ts';
import { portBlockRule } from '../port-block-rule.ts';
import { placeText } from '../search/text.ts';

export const bridgePortBlocking = portBlockRule({
  code: 'bridge-port-blocking',
  title: 'A bridge port does not forward',
  source: 'net/bridge/br_input.c: br_handle_frame(); net/bridge/br_netlink.c: br_set_port_state()',
  because: 'port-not-forwarding',
  what: (port, { state }) => `${placeText(port)} is in the state ${state}`,
  why: 'A bridge takes frames from, and sends them to, ports in the state forwarding only; with STP a port waits twice the forward delay for that',
  // The kernel refuses to change by hand what its own STP decides.
  setting: ({ at }, { host }) => (runsStp(host, at) ? undefined : { setting: 'state', state: 'forwarding' }),
  intent: (port) => `Let ${port.device} forward`,
  sideEffects: undefined,
});

function runsStp(host: Parameters<typeof findLink>[0], port: Parameters<typeof placeText>[0]): boolean {
  const master = findLink(host, port.netns, port.device)?.master;
  const detail = master === undefined ? undefined : findLink(host, port.netns, master)?.detail;
  return detail?.kind === 'bridge' && detail.stp;
}
