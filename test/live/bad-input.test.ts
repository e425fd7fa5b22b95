/** What people mistype, what a machine may lack, what happens meanwhile: `nsdiag why` answers, and leaves nothing. */

import { expect } from 'vitest';
import type { RunResult } from '../../src/system/run.ts';
import { AS_NOBODY } from '../helpers/nobody.ts';
import { uninstall } from '../helpers/uninstall.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

/** ns1 and ns2 on one veth; the answer is lost when `broken`. */
function pair(broken = false): string {
  return `
    ip netns add ns1; ip netns add ns2
    ip link add dev veth0 netns ns1 type veth peer name veth1 netns ns2
    ip -n ns1 addr add 10.0.0.1/24 dev veth0
    ip -n ns2 addr add 10.0.0.2/24 dev veth1
    ip -n ns1 link set dev veth0 up; ip -n ns2 link set dev veth1 up; ip -n ns1 link set dev lo up
    ${broken ? 'ip netns exec ns2 sysctl -qw net/ipv4/icmp_echo_ignore_all=1' : ''}`;
}

/** What must be the same after nsdiag as before: processes, namespaces, links, nft tables, mounts. */
function traces(world: World): Promise<string> {
  return world.sh(`
    for status in /proc/[0-9]*/status; do sed -n 's/^Name:\\t//p' "$status" 2>/dev/null || :; done | grep -vxE 'sh|sed|sort|grep' | sort
    ip netns list | sort
    for netns in ns1 ns2; do
      ip -n "$netns" -o link show | cut -d' ' -f2
      ip netns exec "$netns" nft list tables
    done
    nft list tables
    cut -d' ' -f5 /proc/self/mountinfo
    ls -A /run /run/netns`);
}

function expectNoBug({ stdout, stderr }: RunResult): void {
  expect(`${stdout}${stderr}`).not.toMatch(/this is a bug|\n {4}at /);
}

liveTest('why names the near namespaces for one that is not there', async () => {
  await inWorld(async (world) => {
    await world.sh(pair());
    const result = await world.nsdiag(['why', 'ns11', '10.0.0.2', '--json']);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toBe('nsdiag: Cannot look into "ns11": there is no such namespace\n  Near: ns1\n');
    expect(JSON.parse(result.stdout)).toMatchObject({
      schema: 'nsdiag.why/1',
      question: { netns: 'ns11', destination: '10.0.0.2' },
      verdict: 'undecided',
      summary: 'Cannot look into "ns11": there is no such namespace',
    });
  });
});

liveTest('why without root says so at once, and needs none for its own namespace', async () => {
  await inWorld(async (world) => {
    await world.sh(pair());
    const nobody = [...AS_NOBODY, process.execPath, 'bin/nsdiag.js'] as const;
    const other = await world.run([...nobody, 'why', 'ns1', '10.0.0.2']);
    expect(other).toMatchObject({ exitCode: 2, stdout: '' });
    expect(other.stderr).toMatch(/^nsdiag: Cannot look into "ns1": .*root.*\n {2}Run nsdiag as root/);
    const own = await world.run([...nobody, 'why', 'host', '127.0.0.1', '--json']);
    expectNoBug(own);
    expect([0, 3]).toContain(own.exitCode);
    expect(JSON.parse(own.stdout).notes.length).toBeGreaterThan(0);
  });
});

liveTest.for([
  { missing: ['tcpdump'], exitCode: 1, code: 'icmp-ignored', note: /tcpdump is not installed/ },
  { missing: ['ping'], exitCode: 1, code: 'icmp-ignored', note: /ping is not installed/ },
  { missing: ['nft', 'iptables-nft-save', 'ip6tables-nft-save'], exitCode: 1, code: undefined, note: /nft/ },
])('why without $missing still answers, and says what is missing and how to install it', async (expected) => {
  await inWorld(async (world) => {
    await world.sh(pair(true));
    await uninstall(world, ...expected.missing);
    const result = await world.nsdiag(['why', 'ns1', '10.0.0.2', '--json']);
    expectNoBug(result);
    const document = JSON.parse(result.stdout);
    expect(result.exitCode).toBe(expected.exitCode);
    if (expected.code !== undefined) expect(document.causes[0]).toMatchObject({ code: expected.code, netns: 'ns2' });
    expect(document.notes.join('\n')).toMatch(expected.note);
    expect(document.notes.join('\n')).toMatch(/apt(-get)? install/);
  });
});

liveTest('why without ip says what to install', async () => {
  await inWorld(async (world) => {
    await world.sh(pair());
    await uninstall(world, 'ip');
    const result = await world.nsdiag(['why', 'ns1', '10.0.0.2']);
    expectNoBug(result);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(/ip is not installed/);
  });
});

liveTest('why answers whenever a namespace on the way vanishes meanwhile', async () => {
  await inWorld(async (world) => {
    const verdicts = new Set<number | undefined>();
    for (const afterMs of [0, 40, 80, 120, 160, 200, 300, 600]) {
      await world.sh(pair(true));
      const asking = world.nsdiag(['why', 'ns1', '10.0.0.2', '--json']);
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      await world.sh('ip netns del ns2');
      const result = await asking;
      expectNoBug(result);
      expect(JSON.parse(result.stdout)).toMatchObject({ schema: 'nsdiag.why/1' });
      verdicts.add(result.exitCode);
      await world.sh('ip netns del ns1');
    }
    for (const verdict of verdicts) expect([1, 2, 3]).toContain(verdict);
  });
});

// What iproute2 takes, and a shell, a terminal or iproute2 itself may misread.
liveTest.for([
  ['an option', '-x'],
  ['a substitution', '$(x)'],
  ['an escape sequence', '\x1b[31mred'],
  ['a word of iproute2', 'br'],
  ['an emoji', '🦊'],
  ['a bidi override', '\u202egnp'],
  ['a quote', "it's"],
  ['two commands', 'a;b&c'],
] as const)('why answers about a device whose name is %s, and shows it harmless', async ([, name]) => {
  await inWorld(async (world) => {
    await world.sh('ip netns add ns1; ip netns add ns2');
    const steps = [
      ['ip', 'link', 'add', 'name', name, 'type', 'veth', 'peer', 'name', 'there'],
      ['ip', 'link', 'set', 'dev', name, 'netns', 'ns1'],
      ['ip', 'link', 'set', 'dev', 'there', 'netns', 'ns2'],
      ['ip', '-n', 'ns1', 'addr', 'add', '10.0.0.1/24', 'dev', name],
      ['ip', '-n', 'ns2', 'addr', 'add', '10.0.0.2/24', 'dev', 'there'],
      ['ip', '-n', 'ns2', 'link', 'set', 'dev', 'there', 'up'],
    ] as const;
    for (const step of steps) expect((await world.run(step)).stderr).toBe('');

    const text = await world.nsdiag(['why', 'ns1', '10.0.0.2']);
    expectNoBug(text);
    expect(text.exitCode).toBe(1);
    expect(text.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);

    const document = await world.nsdiag(['why', 'ns1', '10.0.0.2', '--json']);
    expect(document.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(JSON.parse(document.stdout).causes[0]).toMatchObject({ code: 'link-down', netns: 'ns1', device: name });

    // The printed line, pasted into bash, does it.
    const fix = text.stdout.split('\n').filter((line) => /^ {4}\S/.test(line));
    expect(fix.length).toBeGreaterThan(0);
    // --norc: outside of a shell, bash takes a pipe of Node's for rshd, and reads the machine's bashrc.
    expect(await world.run(['bash', '--norc', '-euc', fix.join('\n')])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await world.nsdiag(['why', 'ns1', '10.0.0.2'])).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

liveTest('why takes namespaces whose names are hostile, too', async () => {
  await inWorld(async (world) => {
    const [asker, target] = ['\x1b[31m$(x)', "🦊 it's"];
    const steps = [
      ['ip', 'netns', 'add', asker],
      ['ip', 'netns', 'add', target],
      ['ip', 'link', 'add', 'name', 'a', 'netns', asker, 'type', 'veth', 'peer', 'name', 'b', 'netns', target],
      ['ip', '-n', asker, 'addr', 'add', '10.0.0.1/24', 'dev', 'a'],
      ['ip', '-n', target, 'addr', 'add', '10.0.0.2/24', 'dev', 'b'],
      ['ip', '-n', asker, 'link', 'set', 'dev', 'a', 'up'],
    ] as const;
    for (const step of steps) expect((await world.run(step)).stderr).toBe('');
    const { stdout, exitCode } = await world.nsdiag(['why', asker, target]);
    expect(exitCode).toBe(1);
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    const fix = stdout.split('\n').filter((line) => /^ {4}\S/.test(line));
    expect(await world.run(['bash', '--norc', '-euc', fix.join('\n')])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await world.nsdiag(['why', asker, target])).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

liveTest('why, stopped by Ctrl-C or kill at any moment, leaves nothing behind', async () => {
  await inWorld(async (world) => {
    await world.sh(pair(true));
    // The first run makes what the kernel keeps: conntrack, neighbours.
    await world.nsdiag(['why', 'ns1', '10.0.0.2']);
    const before = await traces(world);
    for (const [index, afterMs] of [20, 60, 100, 140, 180, 240, 300, 500, 800].entries()) {
      const [signal, exitCode] = index % 3 === 2 ? (['SIGTERM', 143] as const) : (['SIGINT', 130] as const);
      const asking = world.start([process.execPath, 'bin/nsdiag.js', 'why', 'ns1', '10.0.0.2', '--json']);
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      asking.signal(signal);
      const ended = await asking.exited;
      // Before nsdiag listens for it, the signal does what it does to any program.
      expect([exitCode, null]).toContain(ended);
      if (ended === exitCode) expect(asking.output).toContain(`Interrupted by ${signal}`);
      expect(asking.output).not.toMatch(/this is a bug|\n {4}at /);
      expect(await traces(world)).toBe(before);
    }
  });
});

liveTest('two whys at once do not mistake each other’s packets for their own', async () => {
  await inWorld(async (world) => {
    await world.sh(pair());
    const asked = await Promise.all([1, 2, 3].map(() => world.nsdiag(['why', 'ns1', '10.0.0.2', '--json'])));
    for (const result of asked) {
      expect(result.exitCode).toBe(0);
      const { wire, paths } = JSON.parse(result.stdout);
      expect(wire).toMatchObject({ sent: 1, received: 1 });
      expect(paths.request.filter((hop: { seen: boolean | null }) => hop.seen === true)).toHaveLength(2);
    }
  });
});

liveTest('why keeps quiet when its reader goes away, and ends as it would have ended', async () => {
  await inWorld(async (world) => {
    await world.sh(pair(true));
    const piped = `{ ${process.execPath} bin/nsdiag.js why ns1 10.0.0.2; echo "exit $?" >&2; } | head -1`;
    const { stdout, stderr } = await world.run(['bash', '--norc', '-c', piped]);
    expect(stdout).toMatch(/^✗ ns1 cannot reach 10\.0\.0\.2.*\n$/);
    expect(stderr).toBe('exit 1\n');
  });
});

liveTest('why says that its result could not be written', async () => {
  await inWorld(async (world) => {
    await world.sh(pair());
    const { stderr, exitCode } = await world.run([
      'sh',
      '-c',
      `${process.execPath} bin/nsdiag.js why ns1 ns2 >/dev/full`,
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^nsdiag: Cannot write the result: .*ENOSPC/);
  });
});

liveTest.for([
  ['a cut snapshot', 'head -c 5000 /run/net.json >/run/bad', /Cannot read \/run\/bad: it is cut off after 5000 bytes/],
  ['a huge file', 'truncate -s 20G /run/bad', /it has more than 256 MiB/],
  ['somebody else’s JSON', 'ip -j addr >/run/bad', /not a snapshot of nsdiag/],
  ['a snapshot of a later format', 'sed s,snapshot/1,snapshot/9, /run/net.json >/run/bad', /nsdiag\.snapshot\/9/],
  ['no text at all', 'head -c 100000 /dev/urandom >/run/bad', /not a snapshot of nsdiag/],
] as const)('why refuses %s as a snapshot', async ([, make, message]) => {
  await inWorld(async (world) => {
    await world.sh(`${pair()}\n${process.execPath} bin/nsdiag.js snapshot >/run/net.json 2>/dev/null\n${make}`);
    const { exitCode, stdout, stderr } = await world.nsdiag(['why', 'ns1', 'ns2', '--snapshot', '/run/bad', '--json']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'nsdiag.why/1', verdict: 'undecided' });
  });
});
