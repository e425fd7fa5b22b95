/** `nsdiag lab` on a machine: what it refuses, what it takes back, and that nothing stays. */

import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { takeDown } from '../../src/lab/down.ts';
import { findLab, shippedLabs } from '../../src/lab/find.ts';
import { planLab } from '../../src/lab/plan.ts';
import { bringUp } from '../../src/lab/up.ts';
import { Failure } from '../../src/system/failure.ts';
import { answers } from '../helpers/lab-judge.ts';
import { AS_NOBODY } from '../helpers/nobody.ts';
import { traces } from '../helpers/traces.ts';
import { BIN, breakLab, buildLab, inWorld, liveTest, until, type World } from '../helpers/world.ts';

const silent = { say: () => {}, signal: new AbortController().signal };

const folder = mkdtempSync(join(tmpdir(), 'nsdiag-lab-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A lab file of the user's own. */
function labFile(name: string, text: string): string {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, text);
  return path;
}

const IN_THE_WAY: readonly (readonly [what: string, lab: string, setUp: string, says: RegExp])[] = [
  ['a namespace', 'veth-pair', 'ip netns add ns2', /namespace ns2 is there already/],
  ['a device of the host', 'bridge', 'ip link add dev br-test type bridge', /the host has a device br-test already/],
  [
    'a network of the host',
    'bridge-nat',
    'ip link add dev lan type bridge; ip addr add 192.168.0.7/16 dev lan; ip link set dev lan up',
    /the host has a route of its own into 192\.168\.10\.0\/24: 192\.168\.0\.0\/16 dev lan/,
  ],
  [
    'files of a namespace',
    'names',
    `mkdir /run/upper /run/work
    mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work /etc
    mkdir -p /etc/netns/client`,
    /\/etc\/netns\/client is there already/,
  ],
];

liveTest.for(IN_THE_WAY)(
  'bringUp() refuses to touch %s that it did not make',
  async ([, lab, setUp, says], { expect }) => {
    await inWorld(async (world) => {
      await world.sh(setUp);
      const before = await traces(world);
      await expect(bringUp(findLab(lab), { machine: world, ...silent })).rejects.toThrow(says);
      expect(await traces(world)).toBe(before);
    });
  },
);

liveTest('bringUp() says which lab a namespace in the way is of, and refuses the same lab twice', async () => {
  await inWorld(async (world) => {
    await buildLab(world, 'veth-pair');
    const twice = bringUp(findLab('bridge'), { machine: world, ...silent });
    await expect(twice).rejects.toThrow('namespace ns1 is there already (of lab "veth-pair", which is up)');
    await expect(buildLab(world, 'veth-pair')).rejects.toThrow('it is up already');
    await until(() => answers(world, { from: 'ns1', to: '10.0.0.2', proto: 'icmp' }), 'an answer');
  });
});

liveTest('bringUp() takes back what it made when a command fails, and shows what the command said', async () => {
  const path = labFile(
    'broken',
    `
name: broken
summary: a gateway that is no neighbour
picture: none
namespaces: [host, ns1]
bridges: [{ netns: host, name: br7, ports: [port7], addresses: [10.7.0.1/24] }]
links: [[{ netns: host, name: port7 }, { netns: ns1, name: eth0, addresses: [10.7.0.2/24] }]]
sysctls: [{ netns: [host], set: { net.ipv4.ip_forward: 1 } }]
routes: [{ netns: ns1, to: default, via: 10.8.0.1 }]
`,
  );
  await inWorld(async (world) => {
    const before = await traces(world);
    const failure = await bringUp(findLab(path), { machine: world, ...silent }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({
      message: 'Cannot go on: `ip -n ns1 route add default via 10.8.0.1` failed',
      stderr: expect.stringContaining('Nexthop has invalid gateway'),
    });
    expect(await traces(world)).toBe(before);
  });
});

liveTest('bringUp() leaves nothing, at whichever of its commands it is interrupted', { timeout: 240_000 }, async () => {
  // Builds a lab forty times, in part: 15 s alone, minutes beside other work.
  const found = findLab('bridge-nat');
  const commands = planLab(found.lab).length;
  expect(commands).toBeGreaterThan(20);
  await inWorld(async (world) => {
    const before = await traces(world);
    for (let stopAt = 1; stopAt <= commands; stopAt++) {
      const controller = new AbortController();
      let said = 0;
      const say = (line: string): void => {
        if (!line.startsWith('#') && ++said === stopAt) controller.abort(new Failure('interrupted', 'Interrupted'));
      };
      const work = { machine: world, say, signal: controller.signal };
      await expect(bringUp(found, work)).rejects.toThrow('Interrupted');
      expect({ stopAt, traces: await traces(world) }).toEqual({ stopAt, traces: before });
    }
  });
});

liveTest('lab up that is interrupted by Ctrl-C takes back what it made', async () => {
  await inWorld(async (world) => {
    const before = await traces(world);
    const up = world.start([process.execPath, BIN, 'lab', 'up', 'bridge-nat']);
    await up.said(/br0\.1/);
    up.signal('SIGINT');
    expect(await up.exited).toBe(130);
    expect(await traces(world)).toBe(before);
  });
});

liveTest('lab down finds what lab up made before it was killed with -9', async () => {
  await inWorld(async (world) => {
    const before = await traces(world);
    const up = world.start([process.execPath, BIN, 'lab', 'up', 'bridge-nat']);
    await up.said(/up0/);
    up.signal('SIGKILL');
    await up.exited;
    expect(await traces(world)).not.toBe(before);
    expect((await world.nsdiag(['lab', 'down', 'bridge-nat'])).exitCode).toBe(0);
    expect(await traces(world)).toBe(before);
  });
});

liveTest(
  'takeDown() restores the sysctls of the host as they were, and leaves alone what is not the lab’s own',
  async () => {
    await inWorld(async (world) => {
      await world.sh('sysctl -qw net.ipv4.ip_forward=1; sysctl -qew net.bridge.bridge-nf-call-iptables=1');
      await buildLab(world, 'bridge-nat');
      await world.sh('ip netns del inet; ip netns add inet; ip link del dev up0; ip link add dev up0 type bridge');
      const said: string[] = [];
      await takeDown(world, 'bridge-nat', (line) => said.push(line));
      expect(await world.sh('ip netns list; ls /sys/class/net; sysctl -n net.ipv4.ip_forward')).toBe(
        'inet\nlo\nup0\n1\n',
      );
      expect(said.filter((line) => line.includes('left alone'))).toHaveLength(2);
      await expect(takeDown(world, 'bridge-nat', () => {})).rejects.toThrow('it is not up');
    });
  },
);

liveTest('lab up --dry-run changes nothing, and its output is a script that builds the lab', async () => {
  await inWorld(async (world) => {
    const before = await traces(world);
    const dry = await world.nsdiag(['lab', 'up', 'router-chain', '--dry-run']);
    expect(await traces(world)).toBe(before);
    await world.run(['sh', '-e'], { input: `exec >/dev/null 2>&1\n${dry.stdout}` });
    const { questions } = findLab('router-chain').lab;
    await until(() => answers(world, { from: 'h1', to: '10.3.0.2', proto: 'tcp', port: 8080 }), 'the web server');
    for (const { reachable, ...question } of questions) {
      if (reachable) await until(() => answers(world, question), `an answer to ${JSON.stringify(question)}`);
      else expect({ ...question, reachable: await answers(world, question) }).toEqual({ ...question, reachable });
    }
  });
});

liveTest('a sysctl of a device with a dot in its name is set where it is written with slashes', async () => {
  const path = labFile(
    'dotted',
    `
name: dotted
summary: a device called br0.1
picture: none
namespaces: [ns1, ns2]
links: [[{ netns: ns1, name: br0.1 }, { netns: ns2, name: eth0 }]]
sysctls: [{ netns: [ns1], set: { net/ipv4/conf/br0.1/rp_filter: 2 } }]
`,
  );
  await inWorld(async (world) => {
    await bringUp(findLab(path), { machine: world, ...silent });
    expect(await world.sh('ip netns exec ns1 cat /proc/sys/net/ipv4/conf/br0.1/rp_filter')).toBe('2\n');
  });
});

/** The networks that processes of this machine hold. */
function networks(): ReadonlySet<string> {
  const held = new Set<string>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      held.add(readlinkSync(`/proc/${pid}/ns/net`));
    } catch {
      // it ended while we looked
    }
  }
  return held;
}

/** Start a shell in a lab, inside a world, which says the network that it is in. */
function labShell(world: World, shell: string): ReturnType<World['start']> {
  const path = join(folder, 'shell');
  writeFileSync(path, `#!/bin/sh\n${shell}\n`, { mode: 0o755 });
  return world.start(['env', `SHELL=${path}`, process.execPath, BIN, 'lab', 'shell', 'bridge']);
}

liveTest('lab shell has the lab and this nsdiag in it, and leaving it leaves nothing', async () => {
  await inWorld(async (world) => {
    const before = await traces(world);
    const shell = labShell(world, 'readlink /proc/self/ns/net; ip netns list; nsdiag lab list | grep up; exit 3');
    expect(await shell.exited).toBe(0);
    expect(shell.output).toMatch(/^ns1( |$)/m);
    expect(shell.output).toMatch(/^bridge .*\(up\)$/m);
    const network = /^net:\[\d+\]$/m.exec(shell.output)?.[0];
    expect(network).toBeDefined();
    expect(networks()).not.toContain(network);
    expect(await traces(world)).toBe(before);
  });
});

liveTest('lab shell that is killed with -9 takes its world with it', async () => {
  await inWorld(async (world) => {
    const shell = labShell(world, 'readlink /proc/self/ns/net; sleep 600');
    await shell.said(/^net:\[\d+\]$/m);
    const network = /^net:\[\d+\]$/m.exec(shell.output)?.[0] ?? '';
    expect(networks()).toContain(network);
    shell.signal('SIGKILL');
    await until(() => !networks().has(network), 'the network to go');
  });
});

liveTest.for([
  [['lab', 'up', 'bridge'], /needs root/],
  [['lab', 'down', 'bridge'], /needs root/],
  [['lab', 'break', 'bridge', 'port-down'], /needs root/],
  [['lab', 'shell', 'bridge'], /needs root/],
  [['demo'], /needs root/],
] as const)('nsdiag %s says that it needs root, and ends with 2', async ([args, says], { expect }) => {
  await inWorld(async (world) => {
    const { exitCode, stderr } = await world.run([...AS_NOBODY, process.execPath, BIN, ...args]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(says) });
  });
});

liveTest('lab list works without root, and names every shipped lab', async () => {
  await inWorld(async (world) => {
    const { exitCode, stdout } = await world.run([...AS_NOBODY, process.execPath, BIN, 'lab', 'list']);
    expect(exitCode).toBe(0);
    for (const name of shippedLabs()) expect(stdout).toMatch(new RegExp(`^${name} `, 'm'));
  });
});

liveTest('a lab writes below /etc in its world alone, and takes away only what it has written', async ({ expect }) => {
  const outside = existsSync('/etc/netns');
  await inWorld(async (world) => {
    await buildLab(world, 'names');
    expect(await world.sh('ip netns exec client cat /etc/resolv.conf')).toBe('nameserver 10.8.53.53\n');
    expect(existsSync('/etc/netns')).toBe(outside);
    await breakLab(world, 'names', 'wrong-nameserver');
    expect(await world.sh('ip netns exec client cat /etc/resolv.conf')).toBe('nameserver 10.8.53.35\n');

    await world.sh('echo "hosts: files" >/etc/netns/client/nsswitch.conf');
    const said: string[] = [];
    await takeDown(world, 'names', (line) => said.push(line));
    expect(said).toContain('# folder /etc/netns/client holds more than this lab has put there: left alone');
    expect(await world.sh('find /etc/netns -type f')).toBe('/etc/netns/client/nsswitch.conf\n');
  });
});
