/**
 * What is captured in the labs for `nsdiag analyze`: a lab, the fault injected into it, where plain tcpdump listens, and
 * what is done meanwhile. The captures of captures/ are made of these.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv } from '../../src/system/run.ts';
import { breakLab, buildLab, until, type World } from './world.ts';

export interface CapturedLab {
  /** Of the capture in captures/. */
  readonly name: string;
  readonly lab: string;
  /** `undefined`: nothing is wrong. */
  readonly fault: string | undefined;
  /** Where tcpdump listens, on all devices. */
  readonly at: string;
  /** A second place, beyond the fault: then tcpdump listens on this device at both. */
  readonly beyond?: { readonly at: string; readonly device: string };
  /** Who does something. */
  readonly from: string;
  readonly does: Argv;
  /** The findings, notes left out. */
  readonly finds: readonly string[];
  /** What the model of a snapshot says: the fault behind the first of them. Left out: it is not asked. */
  readonly dies?: string;
}

function ping(address: string): Argv {
  return ['ping', '-n', '-c', '3', '-i', '1', '-W', '1', address];
}

/** A ping that passes shows that both places are on one way. */
function pingAndConnect(address: string, port: number): Argv {
  const steps = [ping(address), connect(address, port)].map((argv) =>
    argv.map((word) => `'${word.replaceAll("'", '"')}'`).join(' '),
  );
  return ['sh', '-c', steps.join('; ')];
}

const RESOLVE: Argv = ['env', 'RES_OPTIONS=timeout:1 attempts:3', 'getent', 'ahostsv4', 'web.example'];

function connect(address: string, port: number): Argv {
  const socket = `net.connect({ host: '${address}', port: ${port} })`;
  return [
    process.execPath,
    '-e',
    `${socket}.on('connect', () => process.exit(0)).on('error', () => process.exit(1)); setTimeout(() => process.exit(2), 4000)`,
  ];
}

const CHAIN = { lab: 'router-chain', from: 'h1' } as const;
const H2 = '10.3.0.2';

export const CAPTURED_LABS: readonly CapturedLab[] = [
  { ...CHAIN, name: 'healthy', fault: undefined, at: 'r2', does: ping(H2), finds: [] },
  {
    ...CHAIN,
    name: 'forwarding-off',
    fault: 'forwarding-off',
    at: 'h1',
    does: ping(H2),
    finds: ['echo-unanswered'],
    dies: 'forwarding-off',
  },
  {
    ...CHAIN,
    name: 'no-return-route',
    fault: 'no-return-route',
    at: 'h2',
    does: ping(H2),
    finds: ['icmp-unreachable'],
    dies: 'no-route',
  },
  { ...CHAIN, name: 'prohibited', fault: 'prohibited', at: 'h1', does: ping(H2), finds: ['icmp-unreachable'] },
  { ...CHAIN, name: 'routing-loop', fault: 'loop', at: 'r2', does: ping(H2), finds: ['routing-loop'] },
  {
    ...CHAIN,
    name: 'port-dropped',
    fault: 'admin-port-dropped',
    at: 'h1',
    does: connect(H2, 9090),
    finds: ['syn-unanswered'],
    dies: 'firewall-drop',
  },
  {
    ...CHAIN,
    name: 'lost-on-the-way',
    fault: 'admin-port-dropped',
    at: 'h1',
    beyond: { at: 'h2', device: 'eth0' },
    does: pingAndConnect(H2, 9090),
    finds: ['lost-between'],
    dies: 'firewall-drop',
  },
  {
    ...CHAIN,
    name: 'port-rejected',
    fault: 'last-router-rejects',
    at: 'h1',
    does: connect(H2, 8080),
    finds: ['icmp-unreachable'],
  },
  {
    name: 'nothing-listens',
    lab: 'published-port',
    fault: 'web-stopped',
    at: 'client',
    from: 'client',
    does: connect('198.51.100.1', 8080),
    finds: ['connection-refused'],
    dies: 'no-listener',
  },
  {
    name: 'published-port',
    lab: 'published-port',
    fault: undefined,
    at: 'gw',
    from: 'client',
    does: connect('198.51.100.1', 8080),
    finds: [],
  },
  {
    name: 'swallowed',
    lab: 'published-port',
    fault: 'forward-dropped',
    at: 'gw',
    from: 'client',
    does: connect('198.51.100.1', 8080),
    finds: ['syn-unanswered'],
    dies: 'firewall-drop',
  },
  {
    name: 'port-unattached',
    lab: 'bridge',
    fault: 'port-not-attached',
    at: 'ns1',
    from: 'ns1',
    does: ping('10.0.0.2'),
    finds: ['arp-unanswered'],
    dies: 'bridge-port-unattached',
  },
  {
    name: 'nat-missing',
    lab: 'bridge-nat',
    fault: 'nat-missing',
    at: 'inet',
    from: 'ns1',
    does: ping('203.0.113.10'),
    finds: ['echo-unanswered', 'nat-missing'],
    dies: 'nat-missing',
  },
  {
    name: 'queries-filtered',
    lab: 'names',
    fault: 'queries-filtered',
    at: 'client',
    from: 'client',
    does: RESOLVE,
    finds: ['dns-unanswered'],
  },
  {
    name: 'name-server-stopped',
    lab: 'names',
    fault: 'server-stopped',
    at: 'client',
    from: 'client',
    does: RESOLVE,
    finds: ['icmp-unreachable'],
  },
];

/** The files that are captured into, as programs in the world name them: of `at`, and of `beyond`. */
const CAPTURE_FILES = ['/run/capture.pcap', '/run/beyond.pcap'] as const;
const LISTENING = /listening on/;

/** The captures of captures/ that it becomes. */
export function capturesOf({ name, beyond }: CapturedLab): readonly string[] {
  return [`${name}.pcap`, ...(beyond === undefined ? [] : [`${name}-${beyond.at}.pcap`])];
}

export interface Captured {
  /** As programs in the world name it. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Build the lab, break it, and capture. */
export async function captureLab(world: World, captured: CapturedLab): Promise<readonly Captured[]> {
  const { lab, fault, at, from, does, beyond } = captured;
  await buildLab(world, lab);
  if (fault !== undefined) await breakLab(world, lab, fault);
  const listeners = await Promise.all(
    [at, ...(beyond === undefined ? [] : [beyond.at])].map(async (netns, place) => {
      const file = CAPTURE_FILES[place] ?? '';
      const how = ['-n', '-U', '--immediate-mode', '-s', '200', '-Z', 'root', '-w', file];
      const tcpdump = world.start(inNetns(netns, ['tcpdump', '-i', beyond?.device ?? 'any', ...how]));
      await tcpdump.said(LISTENING);
      return { file, tcpdump };
    }),
  );
  await world.run(inNetns(from, does));
  return Promise.all(
    listeners.map(async ({ file, tcpdump }) => {
      const path = join(world.root, file);
      await until(() => readFileSync(path).length > 24, 'a packet in the capture');
      tcpdump.signal('SIGINT');
      await tcpdump.exited;
      return { file, bytes: readFileSync(path) };
    }),
  );
}

function inNetns(netns: string, argv: Argv): Argv {
  return netns === 'host' ? argv : ['ip', 'netns', 'exec', netns, ...argv];
}
