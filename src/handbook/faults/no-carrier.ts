/**
 * The page of `nsdiag explain no-carrier`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const noCarrier: Page = {
  code: 'no-carrier',
  group: 'link',
  what: 'The interface is up and nothing is behind it: the other end is down, no program reads the tun, the bridge has no live port, no cable.',
  linux: [
    'Without carrier the queue of the device is taken away, and what is sent is dropped (net/sched/sch_generic.c: dev_deactivate()). The route stays, marked linkdown, and is still used unless ignore_routes_with_linkdown is set (ip-sysctl.rst).',
    'A bridge has carrier as long as one of its ports forwards (net/bridge/br_stp.c: br_port_state_selection()). A tun or tap has carrier while a program holds it open.',
  ],
  look: [
    { run: 'ip -n NS link show dev DEV', shows: '"NO-CARRIER": it is up, and there is no "LOWER_UP"' },
    { run: 'ip -n NS route show dev DEV', shows: '"linkdown": the route stays' },
  ],
  fix: [
    {
      does: 'Bring up the other end, start the program that reads the tunnel, or attach a live port. Where the other end is ours the cause is named instead: link-down, dangling-veth',
    },
  ],
  confused: [
    { code: 'link-down', tell: 'the end without UP is the cause, the end without LOWER_UP shows it' },
    { code: 'dangling-veth', tell: 'the peer was left in another namespace' },
    { code: 'interface-noarp', tell: 'carrier is there and ARP is off' },
  ],
};
