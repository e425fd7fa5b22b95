/**
 * The vxlan and macvlan devices of a lab to the commands that make them: they stand on other devices, so they come after
 * the links and bridges.
 *
 * @module
 */

import type { Argv } from '../system/run.ts';
import { ipIn, isInet6, place } from './commands.ts';
import type { Lab } from './schema.ts';
import { command, onHost, type Step } from './step.ts';

/** A vxlan, in the namespace whose packets carry it. */
export function vxlanSteps(lab: Lab, vxlan: Lab['vxlans'][number]): readonly Step[] {
  const { netns, name, vni, port, remote, local, learning, mtu, addresses } = vxlan;
  const purpose = `vxlan ${name} of ${place(netns)}`;
  const argv: Argv = [
    ...ipIn(netns),
    ...['link', 'add', 'name', name, 'mtu', String(mtu)],
    ...['type', 'vxlan', 'id', String(vni), 'dstport', String(port)],
    ...(remote === undefined ? [] : ['remote', remote]),
    ...(local === undefined ? [] : ['local', local]),
    ...(learning ? [] : ['nolearning']),
  ];
  return [
    command(purpose, argv, ...onHost(netns, { kind: 'device', name })),
    ...lab.bridges
      .filter((bridge) => bridge.netns === netns && bridge.ports.includes(name))
      .map((bridge) => command(purpose, [...ipIn(netns), 'link', 'set', 'dev', name, 'master', bridge.name])),
    ...addressSteps(purpose, netns, name, addresses),
  ];
}

/** A macvlan, made beside its parent and put where it belongs. */
export function macvlanSteps({ netns, name, parent, mode, addresses }: Lab['macvlans'][number]): readonly Step[] {
  const purpose = `macvlan ${name} of ${place(netns)}, on ${parent.name} of ${place(parent.netns)}`;
  const argv: Argv = [
    ...ipIn(parent.netns),
    ...['link', 'add', 'link', parent.name, 'name', name],
    ...(netns === parent.netns ? [] : ['netns', netns]),
    ...['type', 'macvlan', 'mode', mode],
  ];
  return [
    // It goes with its namespace, or with its parent.
    command(purpose, argv, ...onHost(netns, { kind: 'device', name })),
    ...addressSteps(purpose, netns, name, addresses),
  ];
}

function addressSteps(purpose: string, netns: string, name: string, addresses: readonly string[]): readonly Step[] {
  return [
    ...addresses.map((address) =>
      command(purpose, [
        ...ipIn(netns),
        ...['addr', 'add', address, 'dev', name],
        ...(isInet6(address) ? ['nodad'] : []),
      ]),
    ),
    command(purpose, [...ipIn(netns), 'link', 'set', 'dev', name, 'up']),
  ];
}
