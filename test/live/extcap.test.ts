/**
 * Every namespace's devices are in Wireshark's list, and a capture of one of them is what tcpdump sees there. tshark stands for
 * Wireshark: both use the same code for extcaps.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { foldersIn } from '../../src/cli/extcap/install.ts';
import { isInstalled } from '../../src/system/installed.ts';
import { inWorld, liveTest, until, type World } from '../helpers/world.ts';

const WIRE = `
  ip netns add ns1
  ip netns add ns2
  ip -n ns1 link add dev veth0 type veth peer name '<b>$(x)' netns ns2
  ip -n ns1 addr add 10.0.1.1/24 dev veth0
  ip -n ns2 addr add 10.0.1.2/24 dev '<b>$(x)'
  ip -n ns1 link set dev veth0 up
  ip -n ns2 link set dev '<b>$(x)' up
`;
const ANSWERED = ['ip', 'netns', 'exec', 'ns1', 'ping', '-c1', '-W1', '10.0.1.2'] as const;
const PINGS = ['ip', 'netns', 'exec', 'ns1', 'ping', '-n', '-i', '0.05', '10.0.1.2'] as const;

/** A world with two namespaces on a wire that works, and nsdiag as an extcap of its own tshark. */
async function installed(world: World): Promise<string> {
  const { global = '' } = foldersIn((await world.run(['tshark', '-G', 'folders'])).stdout);
  await world.sh(`mount -t tmpfs none ${global}\n${WIRE}`);
  await until(async () => (await world.run(ANSWERED)).exitCode === 0, 'an answered ping');
  const said = await world.nsdiag(['extcap', '--install']);
  expect(said).toMatchObject({ exitCode: 0, stdout: `Wrote ${global}/nsdiag\n` });
  return global;
}

liveTest("tshark -D lists every namespace's devices", async ({ skip }) => {
  skip(!isInstalled('tshark'), 'tshark, which lists interfaces as Wireshark does, is not installed');
  await inWorld(async (world) => {
    const folder = await installed(world);
    const listed = (await world.run(['tshark', '-D'])).stdout.split('\n').map((line) => line.replace(/^\d+\. /, ''));
    expect(listed).toContain('ns1:any (ns1:any, all devices of the namespace)');
    expect(listed).toContain('ns1:veth0 (ns1:veth0, veth to ns2:<b>$(x), 10.0.1.1/24)');
    expect(listed).toContain('ns2:%3cb%3e%24%28x%29 (ns2:<b>$(x), veth to ns1:veth0, 10.0.1.2/24)');

    const asNobody = ['setpriv', '--reuid', '65534', '--clear-groups', 'tshark', '-D'] as const;
    const nobodys = await world.run(asNobody);
    expect(nobodys.exitCode).toBe(0);
    expect(nobodys.stdout).toMatch(/nsdiag \(nsdiag: \d+ namespaces are not listed: .*root/);

    expect((await world.nsdiag(['extcap', '--uninstall'])).stdout).toBe(`Removed ${folder}/nsdiag\n`);
    expect((await world.run(['tshark', '-D'])).stdout).not.toContain('ns1:veth0');
  });
});

liveTest('tshark -i captures on a device of another namespace, by its name, and leaves nothing', async ({ skip }) => {
  skip(!isInstalled('tshark'), 'tshark, which captures as Wireshark does, is not installed');
  await inWorld(async (world) => {
    await installed(world);
    const pings = world.start(PINGS);
    for (const value of ['ns1:veth0', 'ns2:%3cb%3e%24%28x%29', 'ns2:any']) {
      const fields = [
        '-T',
        'fields',
        '-E',
        'separator=|',
        '-e',
        'frame.interface_name',
        '-e',
        'ip.src',
        '-e',
        'icmp.type',
      ];
      const argv = ['tshark', '-n', '-l', '-i', value, '-f', 'icmp', '-c', '2', ...fields] as const;
      const { stdout, stderr, exitCode } = await world.run(argv, { timeoutMs: 30_000 });
      expect({ exitCode, stderr: stderr.match(/rror.*/)?.[0] }).toEqual({ exitCode: 0, stderr: undefined });
      const lines = stdout.trim().split('\n');
      expect(lines).toHaveLength(2);
      for (const line of lines) {
        const [name = '', source = '', type = ''] = line.split('|');
        expect(name).toBe(decodeURIComponent(value));
        expect([`10.0.1.1 ${8}`, `10.0.1.2 ${0}`]).toContain(`${source} ${type}`);
      }
    }
    // What the dialog of the interface answers with is saved as settings, and given to the extcap.
    const out = ['-o', 'extcap.ns1_veth0.direction:out', '-o', 'extcap.ns1_veth0.snaplen:64'] as const;
    const given = await world.run(
      [
        'tshark',
        '-n',
        '-l',
        '-i',
        'ns1:veth0',
        '-f',
        'icmp',
        '-c',
        '3',
        ...out,
        '-T',
        'fields',
        '-e',
        'ip.src',
        '-e',
        'frame.cap_len',
      ],
      { timeoutMs: 30_000 },
    );
    expect([given.stderr, given.stdout]).toEqual([expect.anything(), '10.0.1.1\t64\n'.repeat(3)]);
    await pings.stop();
    await until(() => listeners(world).length === 0, 'no tcpdump');
  });
});

liveTest('a capture for Wireshark ends with Wireshark, without a packet and by kill -9', async ({ skip }) => {
  skip(!isInstalled('tshark'), 'tshark, which captures as Wireshark does, is not installed');
  await inWorld(async (world) => {
    await installed(world);
    // Killed, it leaves its file behind; /run is the world's own.
    const tshark = world.start(['env', 'TMPDIR=/run', 'tshark', '-n', '-i', 'ns1:veth0', '-f', 'udp port 9']);
    await until(() => listeners(world).length === 1, 'a tcpdump');
    // Not earlier: then it would be ended by its own pipe.
    await tshark.said(/Capture started/);
    tshark.signal('SIGKILL');
    await until(() => listeners(world).length === 0, 'no tcpdump');
  });
});

liveTest('tshark shows why nothing can be captured', async ({ skip }) => {
  skip(!isInstalled('tshark'), 'tshark, which captures as Wireshark does, is not installed');
  await inWorld(async (world) => {
    const folder = await installed(world);
    const wrong = await world.run(['tshark', '-i', 'ns1:veth0', '-f', 'icmp and'], { timeoutMs: 30_000 });
    expect(wrong.stderr).toContain('Cannot capture on ns1:veth0: tcpdump: ');
    expect(wrong.stderr).toContain('syntax error');

    const asked = async (...words: string[]) =>
      world.run([`${folder}/nsdiag`, '--extcap-interface', 'ns1:veth0', ...words]);
    expect(await asked('--extcap-capture-filter', 'icmp and')).toMatchObject({
      stdout: expect.stringContaining('syntax error'),
    });
    expect(await asked('--extcap-capture-filter', 'icmp')).toMatchObject({ stdout: '', stderr: '', exitCode: 0 });
  });
});

/** The tcpdumps in the world. */
function listeners(world: World): readonly string[] {
  const proc = `${world.root}/proc`;
  return readdirSync(proc).filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`${proc}/${pid}/cmdline`, 'utf8').startsWith('tcpdump\0');
    } catch {
      return false; // it has ended meanwhile
    }
  });
}
