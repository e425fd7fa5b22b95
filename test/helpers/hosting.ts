/**
 * Machines that real programs have set up: the ruleset that the program wrote (test/fixtures/rulesets/recorded), the
 * network that it was written for, and what passes through it. The model is asked about a host that is built from this,
 * and the kernel about namespaces that are.
 *
 * Every network has `h`, the machine itself, with its uplink to `out`; the others are what it hosts.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import type { Host } from '../../src/host/host.ts';
import type { Ruleset } from '../../src/host/ruleset.ts';
import { parseIptablesSave } from '../../src/recording/iptables-save.ts';
import { parseNftRuleset } from '../../src/recording/nft.ts';
import type { AskOptions } from './ask.ts';
import { type HostSpec, hostOf, type LinkSpec } from './build-host.ts';

/** What passes, or does not. */
export interface HostingQuestion {
  readonly claim: string;
  readonly from: string;
  readonly to: string;
  readonly port?: NonNullable<AskOptions['to']>;
  readonly answered: boolean;
}

/** One program's machine. */
export interface Hosting {
  readonly program: string;
  /** Names in the fixtures' folder. */
  readonly rulesets: readonly string[];
  readonly uplink: string;
  /** Devices of `h` towards what it hosts: bridges, or veth ends where `isRouted`. */
  readonly nets: readonly {
    readonly device: string;
    readonly address: string;
    readonly isRouted?: true;
    readonly hairpin?: true;
    readonly guests: Readonly<Record<string, string>>;
  }[];
  readonly questions: readonly HostingQuestion[];
}

const H = '192.0.2.1';
const OUT = '192.0.2.9';
const H6 = '2001:db8::1';

export const HOSTINGS: readonly Hosting[] = [
  {
    program: 'docker',
    rulesets: ['docker.iptables-save', 'docker.ip6tables-save'],
    uplink: 'eth0',
    nets: [
      { device: 'docker0', address: '172.17.0.1/16', guests: { web: '172.17.0.2/16' } },
      { device: 'br-262222b99d98', address: '172.18.0.1/16', guests: { db: '172.18.0.2/16' } },
      { device: 'br-3157c389a02c', address: '172.19.0.1/16', guests: { inner: '172.19.0.2/16' } },
    ],
    questions: [
      { claim: 'a published port from outside', from: 'out', to: H, port: 'tcp/8080', answered: true },
      { claim: 'the container itself from outside', from: 'out', to: '172.17.0.2', answered: false },
      { claim: 'a port that is not published', from: 'out', to: '172.17.0.2', port: 'tcp/81', answered: false },
      { claim: 'a container to the outside', from: 'web', to: OUT, answered: true },
      { claim: 'between two networks', from: 'web', to: '172.18.0.2', answered: false },
      { claim: 'out of an internal network', from: 'inner', to: OUT, answered: false },
      { claim: 'a published port from the machine itself', from: 'h', to: H, port: 'tcp/8080', answered: true },
      { claim: 'a container from the machine itself', from: 'h', to: '172.18.0.2', port: 'tcp/80', answered: true },
    ],
  },
  {
    program: 'the CNI plugins bridge, portmap and firewall',
    rulesets: ['cni.iptables-save'],
    uplink: 'eth0',
    nets: [
      {
        device: 'cni0',
        address: '10.88.0.1/16',
        hairpin: true,
        guests: { one: '10.88.0.2/16', two: '10.88.0.3/16' },
      },
    ],
    questions: [
      { claim: 'a published port from outside', from: 'out', to: H, port: 'tcp/8081', answered: true },
      { claim: 'a container to the outside', from: 'one', to: OUT, answered: true },
      { claim: "another container's published port", from: 'one', to: H, port: 'tcp/8081', answered: true },
      { claim: 'its own published port', from: 'one', to: H, port: 'tcp/8080', answered: true },
      { claim: 'a published port from the machine itself', from: 'h', to: H, port: 'tcp/8080', answered: true },
    ],
  },
  {
    program: "netavark, podman's",
    rulesets: ['netavark.iptables-save'],
    uplink: 'eth0',
    nets: [{ device: 'podman0', address: '10.88.0.1/16', guests: { pod: '10.88.0.5/16' } }],
    questions: [
      { claim: 'a published port from outside', from: 'out', to: H, port: 'tcp/8080', answered: true },
      { claim: 'a container to the outside', from: 'pod', to: OUT, answered: true },
      { claim: 'a closed port of the container', from: 'h', to: '10.88.0.5', port: 'tcp/81', answered: false },
    ],
  },
  {
    program: 'ufw',
    rulesets: ['ufw.iptables-save', 'ufw.ip6tables-save'],
    uplink: 'eth1',
    nets: [{ device: 'eth2', address: '10.0.2.1/24', isRouted: true, guests: { lan: '10.0.2.2/24' } }],
    questions: [
      { claim: 'a ping', from: 'out', to: H, answered: true },
      { claim: 'an allowed port', from: 'out', to: H, port: 'tcp/80', answered: true },
      { claim: 'an allowed port by IPv6', from: 'out', to: H6, port: 'tcp/80', answered: true },
      { claim: 'a ping by IPv6', from: 'out', to: H6, answered: true },
      { claim: 'a port that is not allowed', from: 'out', to: H, port: 'tcp/81', answered: false },
      { claim: 'a denied port', from: 'out', to: H, port: 'tcp/23', answered: false },
      { claim: 'a rejected port outwards', from: 'h', to: OUT, port: 'tcp/25', answered: false },
      { claim: 'an allowed route', from: 'out', to: '10.0.2.2', port: 'tcp/80', answered: true },
      { claim: 'a ping through', from: 'lan', to: OUT, answered: true },
      { claim: 'a route that is not allowed', from: 'lan', to: OUT, port: 'tcp/80', answered: false },
    ],
  },
  {
    program: 'firewalld',
    rulesets: ['firewalld.nft'],
    uplink: 'eth0',
    nets: [{ device: 'br0', address: '10.9.0.1/24', guests: { vm: '10.9.0.2/24' } }],
    questions: [
      { claim: 'a forwarded port from outside', from: 'out', to: H, port: 'tcp/8080', answered: true },
      { claim: 'a port that is not open', from: 'out', to: H, port: 'tcp/80', answered: false },
      { claim: 'a ping', from: 'out', to: H, answered: true },
      { claim: 'a ping by IPv6, whose way back is asked for', from: 'out', to: H6, answered: true },
      { claim: 'a service of the internal zone', from: 'vm', to: H, port: 'tcp/80', answered: true },
      { claim: 'from zone to zone', from: 'vm', to: OUT, answered: false },
      { claim: 'from outside to inside', from: 'out', to: '10.9.0.2', answered: false },
    ],
  },
  {
    program: 'libvirt',
    rulesets: ['libvirt.iptables-save', 'libvirt.ip6tables-save'],
    uplink: 'eth0',
    nets: [
      { device: 'virbr0', address: '192.168.122.1/24', guests: { vm: '192.168.122.2/24' } },
      { device: 'virbr1', address: '192.168.150.1/24', guests: { cell: '192.168.150.2/24' } },
    ],
    questions: [
      { claim: 'a guest to the outside', from: 'vm', to: OUT, port: 'tcp/80', answered: true },
      { claim: 'from outside to a guest', from: 'out', to: '192.168.122.2', answered: false },
      { claim: 'out of an isolated network', from: 'cell', to: OUT, answered: false },
      { claim: 'between two networks', from: 'vm', to: '192.168.150.2', answered: false },
      { claim: 'a guest to the machine', from: 'vm', to: '192.168.122.1', answered: true },
    ],
  },
];

/** One of them. */
export function hostingOf(program: string): Hosting {
  const found = HOSTINGS.find((each) => each.program === program);
  if (found === undefined) throw new Error(`no ruleset of ${program} was recorded`);
  return found;
}

/** Where the recordings are. */
export const RECORDED = new URL('../fixtures/rulesets/recorded/', import.meta.url);

/** The machine as the model has it. Everybody listens on TCP port 80. */
export function hostingHost({ uplink, nets, rulesets }: Hosting): Host {
  const sockets = ['tcp 0.0.0.0:80', 'tcp [::]:80'];
  const links: Record<string, LinkSpec> = { [uplink]: { peer: 'out:oe', addresses: [`${H}/24`, `${H6}/64`] } };
  const guests: Record<string, HostSpec[string]> = {
    out: {
      links: { oe: { addresses: [`${OUT}/24`, '2001:db8::9/64'] } },
      routes: [`default via ${H}`, `-6 default via ${H6}`],
      sockets,
    },
  };
  for (const net of nets) {
    const gateway = net.address.replace(/\/.*/, '');
    if (net.isRouted === undefined) links[net.device] = { kind: 'bridge', addresses: [net.address] };
    for (const [name, address] of Object.entries(net.guests)) {
      const peer = `${name}:ge`;
      if (net.isRouted === true) links[net.device] = { peer, addresses: [net.address] };
      else links[`p-${name}`] = { peer, master: net.device, port: { hairpin: net.hairpin === true } };
      guests[name] = { links: { ge: { addresses: [address] } }, routes: [`default via ${gateway}`], sockets };
    }
  }
  const ruleset = rulesetOf(rulesets);
  return hostOf({ h: { links, ruleset, sockets, sysctls: { 'net/ipv4/ip_forward': 1 } }, ...guests });
}

function rulesetOf(files: readonly string[]): Ruleset {
  const parts = files.map((file): Ruleset => {
    const read = (name: string) => readFileSync(new URL(name, RECORDED), 'utf8');
    if (file.endsWith('.nft')) return parseNftRuleset(read(`${file}.json`));
    return parseIptablesSave(read(file), {
      machinery: 'iptables-nft',
      family: file.endsWith('.ip6tables-save') ? 'ip6' : 'ip',
    });
  });
  return { tables: parts.flatMap(({ tables }) => tables), unread: parts.flatMap(({ unread }) => unread) };
}

/** The same in shell, with the words of judge.ts; its namespaces' names end in `n`. */
export function hostingScript({ uplink, nets, rulesets }: Hosting, n: number): string {
  const names = ['out', 'h', ...nets.flatMap(({ guests }) => Object.keys(guests))].map((name) => `${name}${n}`);
  const lines = [
    `namespaces ${names.join(' ')}`,
    `wire out${n} oe h${n} ${uplink}`,
    `address out${n} oe ${OUT}/24 2001:db8::9/64`,
    `address h${n} ${uplink} ${H}/24 ${H6}/64`,
    `ip -n out${n} route add default via ${H}`,
    `ip -n out${n} route add default via ${H6}`,
    `sysctl_ h${n} net.ipv4.ip_forward=1`,
  ];
  for (const { device, address, isRouted, hairpin, guests } of nets) {
    if (isRouted === undefined) lines.push(`bridge_ h${n} ${device}`);
    for (const [name, own] of Object.entries(guests)) {
      const port = isRouted ? device : `p-${name}`;
      lines.push(`wire ${name}${n} ge h${n} ${port}`, `address ${name}${n} ge ${own}`);
      if (isRouted === undefined) lines.push(`ip -n h${n} link set dev ${port} master ${device}`);
      if (hairpin) lines.push(`bridge -n h${n} link set dev ${port} hairpin on`);
      lines.push(`ip -n ${name}${n} route add default via ${address.replace(/\/.*/, '')}`);
    }
    lines.push(`address h${n} ${device} ${address}`);
  }
  for (const file of rulesets) {
    const inside = `ip netns exec h${n}`;
    const path = new URL(file, RECORDED).pathname;
    lines.push(
      file.endsWith('.nft')
        ? `${inside} nft -f '${path}.txt'`
        : `${inside} ${file.split('.').at(-1)?.replace('-save', '-nft-restore')} < '${path}'`,
    );
  }
  return lines.join('\n');
}
