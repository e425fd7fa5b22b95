/**
 * Whether the parts of a lab agree with each other: what the schema, which sees one value at a time, cannot say.
 *
 * @module
 */

import { type Family, familyOf, parseAddress } from '../net/address.ts';
import { parsePrefix } from '../net/prefix.ts';
import type { Argv } from '../system/run.ts';
import { actsOnHost, HOST } from './commands.ts';
import { nearest } from './nearest.ts';
import { netfilterSteps } from './netfilter-steps.ts';
import type { Problem, YamlPath } from './problem.ts';
import type { Fault, Lab, LabQuestion, Listener, Resolver } from './schema.ts';

/** What a fault may run. Not a wall (a lab file runs as root, like a Makefile), but a slip is caught here. */
const FAULT_PROGRAMS = ['bridge', 'conntrack', 'ip', 'ip6tables', 'iptables', 'nft', 'sysctl', 'tc'];

/** Every disagreement within a lab; empty when there is none. */
export function referenceProblems(lab: Lab): readonly Problem[] {
  return [
    ...duplicates(lab.namespaces, ['namespaces']),
    ...netnsProblems(lab),
    ...deviceProblems(lab),
    ...lab.routes.flatMap((route, index) => routeProblems(route, ['routes', index])),
    ...lab.firewall.flatMap((rule, index) => firewallProblems(rule, ['firewall', index])),
    ...lab.questions.flatMap((question, index) => questionProblems(question, ['questions', index])),
    ...lab.listeners.flatMap((each, index) => listenerProblems(each, ['listeners', index])),
    ...lab.resolvers.flatMap((each, index) => resolverProblems(each, ['resolvers', index])),
    ...duplicates(names(lab.listeners), ['listeners']),
    ...duplicates(names(lab.faults), ['faults']),
    ...lab.faults.flatMap((fault, index) => faultProblems(lab, fault, ['faults', index])),
  ];
}

/** The devices that a lab makes in a namespace. */
export function devicesIn(lab: Lab, netns: string): readonly string[] {
  const ends = [...lab.bridges, ...lab.links.flat(), ...lab.vxlans, ...lab.macvlans];
  return ends.filter((end) => end.netns === netns).map(({ name }) => name);
}

function netnsProblems(lab: Lab): readonly Problem[] {
  const named: { readonly path: YamlPath; readonly netns: string | undefined }[] = [
    ...lab.sysctls.flatMap(({ netns }, i) =>
      netns.map((each, k) => ({ path: ['sysctls', i, 'netns', k], netns: each })),
    ),
    ...lab.links.flatMap((ends, i) => ends.map(({ netns }, k) => ({ path: ['links', i, k, 'netns'], netns }))),
    ...lab.macvlans.map(({ parent }, i) => ({ path: ['macvlans', i, 'parent', 'netns'], netns: parent.netns })),
    ...(
      ['bridges', 'vxlans', 'macvlans', 'routes', 'rules', 'nat', 'firewall', 'listeners', 'resolvers'] as const
    ).flatMap((part) => lab[part].map(({ netns }, i) => ({ path: [part, i, 'netns'], netns }))),
    ...lab.questions.map(({ from }, i) => ({ path: ['questions', i, 'from'], netns: from })),
    ...lab.faults.flatMap((fault, i) => [
      { path: ['faults', i, 'question', 'from'], netns: fault.question.from },
      ...fault.start.map(({ netns }, k) => ({ path: ['faults', i, 'start', k, 'netns'], netns })),
      ...(['switches', 'xdp', 'resolvers'] as const).flatMap((part) =>
        fault[part].map(({ netns }, k) => ({ path: ['faults', i, part, k, 'netns'], netns })),
      ),
      // A fault may lie in the host, even of a lab that does not touch it: what was never moved is there.
      ...fault.expect.flatMap(({ netns }, k) =>
        netns === HOST ? [] : [{ path: ['faults', i, 'expect', k, 'netns'], netns }],
      ),
    ]),
  ];
  return named.flatMap(({ path, netns }) => {
    if (netns === undefined) return [];
    return unknown(netns, lab.namespaces, 'namespace').map((because) => ({ path, because }));
  });
}

function deviceProblems(lab: Lab): readonly Problem[] {
  const problems: Problem[] = [];
  for (const netns of lab.namespaces) {
    for (const { because } of duplicates(devicesIn(lab, netns), [])) {
      problems.push({ path: ['links'], because: `${because} in ${netns}` });
    }
  }
  const endsIn = (netns: string): readonly string[] =>
    names([...lab.links.flat(), ...lab.vxlans].filter((end) => end.netns === netns));
  lab.bridges.forEach(({ netns, ports }, i) => {
    ports.forEach((port, k) => {
      const path = ['bridges', i, 'ports', k];
      problems.push(
        ...unknown(port, endsIn(netns), `end of a link, or vxlan, in ${netns}`).map((because) => ({ path, because })),
      );
    });
  });
  const devices = [
    ...lab.macvlans.map(({ parent }, i) => ({
      path: ['macvlans', i, 'parent', 'name'],
      netns: parent.netns,
      device: parent.name,
    })),
    ...lab.routes.map(({ netns, dev }, i) => ({ path: ['routes', i, 'dev'], netns, device: dev })),
    ...lab.faults.flatMap((fault, i) => [
      ...fault.xdp.map(({ netns, dev }, k) => ({ path: ['faults', i, 'xdp', k, 'dev'], netns, device: dev })),
      ...fault.switches.flatMap(({ netns, between }, k) =>
        between.map((device, at) => ({ path: ['faults', i, 'switches', k, 'between', at], netns, device })),
      ),
    ]),
    ...lab.nat.map((rule, i) => {
      const key = rule.action === 'dnat' ? 'in' : 'out';
      return { path: ['nat', i, key], netns: rule.netns, device: rule.action === 'dnat' ? rule.in : rule.out };
    }),
  ];
  for (const { path, netns, device } of devices) {
    if (device === undefined) continue;
    const known = ['lo', ...devicesIn(lab, netns)];
    problems.push(...unknown(device, known, `device in ${netns}`).map((because) => ({ path, because })));
  }
  return problems;
}

function routeProblems(route: Lab['routes'][number], path: YamlPath): readonly Problem[] {
  const hasNextHop = route.via !== undefined || route.dev !== undefined;
  if (route.type === 'unicast' && !hasNextHop) return [{ path, because: 'needs via or dev' }];
  if (route.type !== 'unicast' && hasNextHop) return [{ path, because: `is ${route.type}, and so has no via or dev` }];
  const families = new Set<Family>();
  const to = parsePrefix(route.to);
  if (to !== undefined) families.add(to.family);
  for (const text of [route.via, route.src]) {
    const address = text === undefined ? undefined : parseAddress(text);
    if (address !== undefined) families.add(familyOf(address));
  }
  return families.size > 1 ? [{ path, because: 'mixes IPv4 and IPv6' }] : [];
}

function firewallProblems(rule: Lab['firewall'][number], path: YamlPath): readonly Problem[] {
  const said = [rule.iptables, rule.ip6tables, rule.nft].filter((each) => each !== undefined);
  return said.length === 1 ? [] : [{ path, because: 'needs one of iptables, ip6tables, nft' }];
}

function questionProblems(question: LabQuestion, path: YamlPath): readonly Problem[] {
  const hasPort = question.port !== undefined;
  if (question.proto !== 'icmp' && question.size !== undefined) {
    return [{ path: [...path, 'size'], because: 'only a ping of a lab has a size' }];
  }
  if (question.proto !== 'udp' && question.sourcePort !== undefined) {
    return [{ path: [...path, 'sourcePort'], because: 'only udp keeps to a port of its own in a lab' }];
  }
  if (question.proto === 'icmp' && hasPort) return [{ path: [...path, 'port'], because: 'icmp has no ports' }];
  if (question.proto !== 'icmp' && !hasPort) return [{ path, because: `needs a port, as it is ${question.proto}` }];
  return [];
}

function listenerProblems({ proto, names }: Listener, path: YamlPath): readonly Problem[] {
  return names !== undefined && proto !== 'udp' ? [{ path, because: 'answers for names, and so must be udp' }] : [];
}

function resolverProblems({ netns, servers, hosts }: Resolver, path: YamlPath): readonly Problem[] {
  if (netns === HOST) return [{ path: [...path, 'netns'], because: 'the files of the host itself stay as they are' }];
  const isEmpty = servers.length === 0 && Object.keys(hosts).length === 0;
  return isEmpty ? [{ path, because: 'needs servers or hosts' }] : [];
}

function faultProblems(lab: Lab, fault: Fault, path: YamlPath): readonly Problem[] {
  const problems = [
    ...questionProblems(fault.question, [...path, 'question']),
    ...fault.start.flatMap((each, i) => listenerProblems(each, [...path, 'start', i])),
    ...fault.resolvers.flatMap((each, i) => resolverProblems(each, [...path, 'resolvers', i])),
  ];
  fault.stop.forEach((name, i) => {
    const because = unknown(name, names(lab.listeners), 'listener');
    problems.push(...because.map((each) => ({ path: [...path, 'stop', i], because: each })));
  });
  for (const key of ['run', 'undo'] as const) {
    fault[key].forEach(([program], i) => {
      const because = unknown(program, FAULT_PROGRAMS, 'program for a fault');
      problems.push(...because.map((each) => ({ path: [...path, key, i], because: each })));
    });
  }
  const lasting = fault.run.findIndex((argv) => outlivesLab(lab, argv));
  if (lasting >= 0 && fault.undo.length === 0) {
    problems.push({ path: [...path, 'run', lasting], because: 'changes the host for longer than the lab: needs undo' });
  }
  const done = [fault.run, fault.stop, fault.start, fault.switches, fault.xdp, fault.resolvers];
  if (done.every(({ length }) => length === 0)) {
    problems.push({ path, because: 'needs something to do: run, stop, start, switches, xdp or resolvers' });
  }
  return problems;
}

/**
 * A change of the host that neither goes with the lab's devices, nor is restored by `down` (as sysctls are), nor takes
 * away what the lab itself has put there.
 */
function outlivesLab(lab: Lab, argv: Argv): boolean {
  if (!actsOnHost(argv) || argv[0] === 'sysctl' || !FAULT_PROGRAMS.includes(argv[0])) return false;
  const devices = devicesIn(lab, HOST);
  if (argv[0] === 'ip' && argv.some((word) => devices.includes(word))) return false;
  const made = netfilterSteps(lab).flatMap((step) => (step.kind === 'command' ? step.made : []));
  return !made.some((each) => each.kind === 'setting' && each.remove.join('\0') === argv.join('\0'));
}

function unknown(name: string, known: readonly string[], what: string): readonly string[] {
  if (known.includes(name)) return [];
  const meant = nearest(name, known);
  const hint = meant === undefined ? `known are ${known.join(', ') || 'none'}` : `did you mean ${meant}?`;
  return [`${name} is no ${what}, ${hint}`];
}

function duplicates(all: readonly string[], path: YamlPath): readonly Problem[] {
  const twice = new Set(all.filter((name, index) => all.indexOf(name) !== index));
  return Array.from(twice, (name) => ({ path, because: `${name} is there twice` }));
}

function names(all: readonly (Listener | Fault | { readonly name: string })[]): readonly string[] {
  return all.map(({ name }) => name);
}
