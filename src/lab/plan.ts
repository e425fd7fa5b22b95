/**
 * A lab to the commands that build it, in an order in which each works: the commands that a person would type.
 *
 * The parts are made in the order in which they stand here. Each names what it leaves on the host, and only that: a
 * namespace takes everything in it along when it goes.
 *
 * @module
 */

import type { Argv } from '../system/run.ts';
import { execIn, HOST, ipIn, isInet6, place } from './commands.ts';
import { macvlanSteps, vxlanSteps } from './device-steps.ts';
import { switchStep } from './frame-switch.ts';
import { listenStep } from './listener.ts';
import { netfilterSteps } from './netfilter-steps.ts';
import { resolverSteps } from './resolver-steps.ts';
import type { Fault, Lab } from './schema.ts';
import { command, iptablesTable, type Made, onHost, type Step } from './step.ts';
import { xdpSteps } from './xdp-steps.ts';

/** The steps that build a lab on a machine where nothing is in its way. */
export function planLab(lab: Lab): readonly Step[] {
  return [
    ...lab.namespaces.filter((netns) => netns !== HOST).flatMap(netnsSteps),
    ...lab.sysctls.flatMap((each) => sysctlSteps(each, (device) => device === undefined)),
    ...lab.bridges.map(bridgeStep),
    ...lab.links.flatMap((ends) => linkSteps(lab, ends)),
    ...lab.vxlans.flatMap((each) => vxlanSteps(lab, each)),
    ...lab.bridges.flatMap(bridgeUpSteps),
    ...lab.macvlans.flatMap(macvlanSteps),
    ...lab.sysctls.flatMap((each) => sysctlSteps(each, (device) => device !== undefined)),
    ...lab.routes.map(routeStep),
    ...lab.rules.map(ruleStep),
    ...netfilterSteps(lab),
    ...lab.listeners.map(listenStep),
    ...lab.resolvers.flatMap(resolverSteps),
  ];
}

function netnsSteps(netns: string): readonly Step[] {
  const purpose = `namespace ${netns}`;
  return [
    command(purpose, ['ip', 'netns', 'add', netns], { kind: 'netns', name: netns }),
    command(purpose, [...ipIn(netns), 'link', 'set', 'dev', 'lo', 'up']),
  ];
}

/** The device that a sysctl is of, if it is of one: `net.ipv4.conf.eth0.rp_filter`. */
function sysctlDevice(key: string): string | undefined {
  // sysctl(8) takes both forms; with slashes, a dot is part of a name (br0.1).
  const separator = key.includes('/') ? '/' : '.';
  const [, , table, device] = key.split(separator);
  const isOfDevice = (table === 'conf' || table === 'neigh') && device !== 'all' && device !== 'default';
  return isOfDevice ? device : undefined;
}

/**
 * One `sysctl -w` a namespace. Sysctls of devices wait until these exist; those of all and default come before any
 * device does, because a device is born with a copy of default.
 */
function sysctlSteps(
  { netns: namespaces, set }: Lab['sysctls'][number],
  isNow: (device: string | undefined) => boolean,
): readonly Step[] {
  const all = Object.entries(set).filter(([key]) => isNow(sysctlDevice(key)));
  // Where br_netfilter is not loaded, there is no such key and nothing to switch off: -e passes over it.
  const ofBridges = all.filter(([key]) => /^net[./]bridge/.test(key));
  const others = all.filter((each) => !ofBridges.includes(each));
  return namespaces.flatMap((netns) =>
    [
      { options: ['-w'], entries: others },
      { options: ['-e', '-w'], entries: ofBridges },
    ].flatMap(({ options, entries }) => {
      if (entries.length === 0) return [];
      const words = entries.map(([key, value]) => `${key}=${value}`);
      const made = entries.map(([key]): Made => ({ kind: 'sysctl', key }));
      const argv = execIn(netns, ['sysctl', ...options, ...words]);
      return [command(`how ${place(netns)} behaves`, argv, ...onHost(netns, ...made))];
    }),
  );
}

function bridgeStep({ netns, name }: Lab['bridges'][number]): Step {
  const argv: Argv = [...ipIn(netns), 'link', 'add', 'dev', name, 'type', 'bridge'];
  return command(`bridge ${name} of ${place(netns)}`, argv, ...onHost(netns, { kind: 'device', name }));
}

/** Addresses and up come after the ports: an address added to a bridge that is down has no route until it is up. */
function bridgeUpSteps({ netns, name, addresses }: Lab['bridges'][number]): readonly Step[] {
  const purpose = `bridge ${name} of ${place(netns)}, now with its ports`;
  return [...addresses.map((address) => addressStep(purpose, netns, name, address)), upStep(purpose, netns, name)];
}

function linkSteps(lab: Lab, ends: Lab['links'][number]): readonly Step[] {
  // Made from the host's end where there is one: `ip` names another namespace, but has no name for its own.
  const [near, far] = ends[1].netns === HOST ? [ends[1], ends[0]] : ends;
  const purpose = `veth: ${near.name} of ${place(near.netns)} to ${far.name} of ${place(far.netns)}`;
  const peer = ['type', 'veth', 'peer', 'name', far.name, ...(far.netns === near.netns ? [] : ['netns', far.netns])];
  const argv: Argv = [...ipIn(near.netns), 'link', 'add', 'dev', near.name, ...peer];
  return [
    // The other end goes with this one.
    command(purpose, argv, ...onHost(near.netns, { kind: 'device', name: near.name })),
    ...ends.flatMap(({ netns, name, addresses, up, mtu }) => [
      ...(mtu === undefined
        ? []
        : [command(purpose, [...ipIn(netns), 'link', 'set', 'dev', name, 'mtu', String(mtu)])]),
      ...lab.bridges
        .filter((bridge) => bridge.netns === netns && bridge.ports.includes(name))
        .map((bridge) => command(purpose, [...ipIn(netns), 'link', 'set', 'dev', name, 'master', bridge.name])),
      ...addresses.map((address) => addressStep(purpose, netns, name, address)),
      ...(up ? [upStep(purpose, netns, name)] : []),
    ]),
  ];
}

function addressStep(purpose: string, netns: string, device: string, address: string): Step {
  // Without nodad an IPv6 address is tentative, and answers nobody, for the first second or two.
  const options = isInet6(address) ? ['nodad'] : [];
  return command(purpose, [...ipIn(netns), 'addr', 'add', address, 'dev', device, ...options]);
}

function upStep(purpose: string, netns: string, device: string): Step {
  return command(purpose, [...ipIn(netns), 'link', 'set', 'dev', device, 'up']);
}

function routeStep({ netns, to, type, via, dev, src, metric, table }: Lab['routes'][number]): Step {
  const route = [
    ...(type === 'unicast' ? [] : [type]),
    to,
    ...option('via', via),
    ...option('dev', dev),
    ...option('src', src),
    ...option('metric', metric),
    ...option('table', table),
  ];
  // `default` alone does not tell the family.
  const family = [to, via, src].some((text) => text !== undefined && isInet6(text)) ? ['-6'] : [];
  const inFamily: Argv = [...ipIn(netns), ...family];
  return command(
    `routes of ${place(netns)}`,
    [...inFamily, 'route', 'add', ...route],
    ...onHost(netns, { kind: 'setting', remove: [...inFamily, 'route', 'del', ...route] }),
  );
}

function option(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [name, String(value)];
}

function ruleStep({ netns, rule }: Lab['rules'][number]): Step {
  const family = rule.some(isInet6) ? ['-6'] : [];
  const inFamily: Argv = [...ipIn(netns), ...family];
  const remove: Argv = [...inFamily, 'rule', 'del', ...rule];
  return command(
    `policy rules of ${place(netns)}`,
    [...inFamily, 'rule', 'add', ...rule],
    ...onHost(netns, { kind: 'setting', remove }),
  );
}

/** The steps that inject a fault of a lab that is up. */
export function planFault(fault: Fault): readonly Step[] {
  const purpose = fault.name;
  // Taken back last in, first out: what is listed first is undone first when it is put down last.
  const undo = fault.undo.map((remove): Made => ({ kind: 'setting', remove })).reverse();
  return [
    ...fault.stop.map((listener): Step => ({ kind: 'stop', purpose, listener })),
    ...fault.run.map((argv, index) => command(purpose, argv, ...leftOnHostBy(argv), ...(index === 0 ? undo : []))),
    ...fault.start.map(listenStep),
    ...fault.switches.map(switchStep),
    ...xdpSteps(fault),
    ...fault.resolvers.flatMap(resolverSteps),
  ];
}

/** What is read off a fault's command: the host's sysctls that it sets, the device that it moves there. */
function leftOnHostBy(argv: Argv): readonly Made[] {
  const moved = /^ip -n \S+ link set dev (\S+) netns 1$/.exec(argv.join(' '))?.[1];
  if (moved !== undefined) return [{ kind: 'device', name: moved }];
  if (argv[0] !== 'sysctl') return iptablesTable(argv);
  return argv.flatMap((word): readonly Made[] => {
    const key = /^(net[./][^=]+)=/.exec(word)?.[1];
    return key === undefined ? [] : [{ kind: 'sysctl', key }];
  });
}
