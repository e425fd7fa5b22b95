/**
 * What is on a machine already that a lab would overwrite or disturb.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { covers, type Prefix, parsePrefix } from '../net/prefix.ts';
import { HOST } from './commands.ts';
import type { Machine } from './machine.ts';
import { devicesIn } from './references.ts';
import type { Lab } from './schema.ts';
import { labsUp, StateFile } from './state-file.ts';

/** One sentence for each thing in the way; empty when the lab can come up. */
export async function obstaclesTo(lab: Lab, machine: Machine): Promise<readonly string[]> {
  const obstacles = lab.namespaces
    .filter((netns) => netns !== HOST && existsSync(`${machine.root}/run/netns/${netns}`))
    .map((netns) => `namespace ${netns} is there already${madeBy(netns, machine)}`);
  obstacles.push(...filesInTheWay(lab, machine));
  if (!lab.namespaces.includes(HOST)) return obstacles;
  for (const device of devicesIn(lab, HOST)) {
    const { exitCode } = await machine.run(['ip', 'link', 'show', 'dev', device]);
    if (exitCode === 0) obstacles.push(`the host has a device ${device} already`);
  }
  for (const table of hostTables(lab)) {
    const { exitCode } = await machine.run(['nft', `list table ${table}`]);
    if (exitCode === 0) obstacles.push(`the host has an nft table ${table} already`);
  }
  return [...obstacles, ...(await routesInUse(lab, machine))];
}

/** What `ip netns exec` puts over the files of /etc: somebody else's stay, and there must be files to put ours over. */
function filesInTheWay(lab: Lab, { root }: Machine): readonly string[] {
  const resolvers = [...lab.resolvers, ...lab.faults.flatMap((fault) => fault.resolvers)];
  if (resolvers.length === 0) return [];
  const folders = new Set(resolvers.map(({ netns }) => `/etc/netns/${netns}`));
  return [
    ...[...folders].filter((path) => existsSync(`${root}${path}`)).map((path) => `${path} is there already`),
    ...['/etc/resolv.conf', '/etc/hosts']
      .filter((path) => !existsSync(`${root}${path}`))
      .map((path) => `there is no ${path}, which a namespace could have one of its own in place of`),
  ];
}

function madeBy(netns: string, machine: Machine): string {
  const lab = labsUp(machine).find((name) =>
    StateFile.read(machine, name)?.made.some((made) => made.kind === 'netns' && made.name === netns),
  );
  return lab === undefined ? '' : ` (of lab "${lab}", which is up)`;
}

function hostTables(lab: Lab): readonly string[] {
  const added = lab.firewall.filter(({ netns }) => netns === HOST).flatMap(({ nft }) => nft ?? []);
  return added.flatMap((words) => /^add table (\w+ \w+)/.exec(words)?.[1] ?? []);
}

/** A lab that used a network of the host's own would draw its traffic into the lab: perhaps the very ssh session. */
async function routesInUse(lab: Lab, machine: Machine): Promise<readonly string[]> {
  const addresses = [...lab.bridges, ...lab.links.flat()]
    .filter(({ netns }) => netns === HOST)
    .flatMap((end) => end.addresses);
  const wanted = [...addresses, ...lab.routes.filter(({ netns }) => netns === HOST).map(({ to }) => to)].flatMap(
    (text) => parsePrefix(text) ?? [],
  );
  const { stdout } = await machine.run(['sh', '-c', 'ip -4 route show table all; ip -6 route show table all']);
  const inUse = stdout.split('\n').flatMap(usedPrefix);
  return wanted.flatMap((prefix) => {
    const used = inUse.find((each) => covers(each.prefix, prefix) || covers(prefix, each.prefix));
    return used === undefined
      ? []
      : [`the host has a route of its own into ${prefix.address}/${prefix.length}: ${used.line}`];
  });
}

/** Default routes lead everywhere, multicast and link-local ones nowhere in particular. */
function usedPrefix(line: string): readonly { readonly line: string; readonly prefix: Prefix }[] {
  const words = line.trim().split(/\s+/);
  const destination = /^(?:local|broadcast|blackhole|unreachable|prohibit|throw|anycast)$/.test(words[0] ?? '')
    ? words[1]
    : words[0];
  if (destination === undefined || destination === 'default' || /^(?:multicast|fe80:|ff)/.test(destination)) return [];
  const prefix = parsePrefix(destination);
  return prefix === undefined || prefix.length === 0 ? [] : [{ line: line.trim(), prefix }];
}
