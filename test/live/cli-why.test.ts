/** `nsdiag why` as a whole process: report, JSON, exit code, --fix. */

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { AS_NOBODY } from '../helpers/nobody.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

const validate = new Ajv2020({ strictTypes: false }).compile(
  JSON.parse(readFileSync(new URL('../../src/report/schemas/why-1.schema.json', import.meta.url), 'utf8')),
);

/** ns1 - router - ns2; ns2 has no way back. */
const ROUTED = `
  ip netns add ns1; ip netns add router; ip netns add ns2
  ip link add dev veth0 netns ns1 type veth peer name r1 netns router
  ip link add dev veth1 netns ns2 type veth peer name r2 netns router
  ip -n ns1 addr add 10.0.1.1/24 dev veth0
  ip -n router addr add 10.0.1.254/24 dev r1
  ip -n router addr add 10.0.2.254/24 dev r2
  ip -n ns2 addr add 10.0.2.1/24 dev veth1
  ip -n ns1 link set dev veth0 up; ip -n ns2 link set dev veth1 up
  ip -n router link set dev r1 up; ip -n router link set dev r2 up
  ip -n ns1 route add default via 10.0.1.254
  ip netns exec router sysctl -qw net/ipv4/ip_forward=1 net/ipv4/conf/all/rp_filter=0`;
const WAY_BACK = 'ip -n ns2 route add default via 10.0.2.254';

async function json(world: World, ...words: readonly string[]) {
  const { stdout, stderr, exitCode } = await world.nsdiag(['why', ...words, '--json']);
  const document = JSON.parse(stdout);
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  return { document, exitCode, stderr };
}

liveTest('why says where, why and what to run; what it prints is what repairs it', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTED);
    const broken = await world.nsdiag(['why', 'ns1', '10.0.2.1']);
    expect(broken).toMatchObject({ exitCode: 1, stderr: '' });
    expect(broken.stdout).toMatch(/^✗ ns1 cannot reach 10\.0\.2\.1 \(icmp\): ns2 has no route back to 10\.0\.1\.1\n/);
    const fix = broken.stdout.split('\n').filter((line) => /^ {4}\S/.test(line));
    await world.sh(fix.join('\n'));

    const repaired = await world.nsdiag(['why', 'ns1', '10.0.2.1']);
    expect(repaired).toMatchObject({ exitCode: 0, stderr: '' });
    expect(repaired.stdout).toMatch(/^✓ ns1 reaches 10\.0\.2\.1/);
    expect(repaired.stdout.match(/ seen +\d+ µs$/gm)).toHaveLength(8);
  });
});

liveTest(
  'why believes no loss while the kernel still asks for a neighbour that it did not find a moment ago',
  async () => {
    await inWorld(async (world) => {
      await world.sh(ROUTED);
      await world.sh(`${WAY_BACK}; ip -n router addr del 10.0.1.254/24 dev r1`);
      // Between two requests more time than a probe waits, and less than two of them take.
      await world.sh('ip netns exec ns1 sysctl -qw net/ipv4/neigh/veth0/retrans_time_ms=2000');
      await world.sh('ip netns exec ns1 ping -c 1 -W 0.1 10.0.2.1 || true');
      await world.sh('ip -n router addr add 10.0.1.254/24 dev r1');
      expect(await world.nsdiag(['why', 'ns1', '10.0.2.1'])).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/^✓ ns1 reaches 10\.0\.2\.1/),
      });
    });
  },
);

liveTest('why --json prints one document that keeps the schema, reachable or not', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTED);
    const broken = await json(world, 'ns1', 'ns2');
    expect(broken).toMatchObject({
      exitCode: 1,
      stderr: '',
      document: {
        question: { netns: 'ns1', destination: '10.0.2.1', proto: 'icmp', port: null },
        verdict: 'unreachable',
        causes: [{ code: 'no-route', netns: 'ns2', leg: 'reply' }],
        proof: { walked: true, deliveredAfter: 1 },
        wire: { received: 0, lastSeen: { netns: 'ns2', device: 'veth1', leg: 'request' } },
      },
    });
    await world.sh(WAY_BACK);
    expect(await json(world, 'ns1', 'ns2')).toMatchObject({
      exitCode: 0,
      document: { verdict: 'reachable', causes: [] },
    });
    const unprobed = await json(world, 'ns1', 'ns2', '--no-probe');
    expect(unprobed).toMatchObject({ exitCode: 0, document: { verdict: 'reachable', wire: null } });
    expect(unprobed.document.notes).toContain('The wire was not asked: --no-probe');
  });
});

liveTest('why --fix --yes repairs it and asks again', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTED);
    const fixed = await world.nsdiag(['why', 'ns1', '10.0.2.1', '--fix', '--yes']);
    expect(fixed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(fixed.stdout).toMatch(/\nran {5}ip -n ns2 route add .*\n\n✓ ns1 reaches 10\.0\.2\.1/);
    expect((await world.run(['ip', 'netns', 'exec', 'ns1', 'ping', '-c1', '-W1', '10.0.2.1'])).exitCode).toBe(0);
  });
});

liveTest('why --fix --yes --json tells the first answer, what ran, and the answer now', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTED);
    const { document, exitCode } = await json(world, 'ns1', '10.0.2.1', '--fix', '--yes');
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({
      verdict: 'unreachable',
      fixed: { verdict: 'reachable', ran: [{ argv: document.causes[0].fix[0].argv, exitCode: 0, stderr: '' }] },
    });
  });
});

liveTest('why --fix asks on the terminal; anything but yes runs nothing', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTED);
    const answered = (answer: string) =>
      world.sh(
        `printf '${answer}\\n' | script -qefc '${process.execPath} bin/nsdiag.js why ns1 10.0.2.1 --fix' /dev/null || :`,
      );
    expect(await answered('n')).toMatch(/Run this command\? \[y\/N\].*Nothing was run/s);
    expect(await world.sh('ip -n ns2 route show 10.0.1.0/24')).toBe('');
    expect(await answered('y')).toMatch(/ran.*✓.*ns1 reaches/s);
    expect(await world.sh('ip -n ns2 route show 10.0.1.0/24')).not.toBe('');
  });
});

liveTest('why --fix without anybody to ask runs nothing and says how to do without', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTED);
    for (const json of [[], ['--json']]) {
      const { exitCode, stderr } = await world.nsdiag(['why', 'ns1', '10.0.2.1', '--fix', ...json]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('Add --yes');
    }
    expect(await world.sh('ip -n ns2 route show 10.0.1.0/24')).toBe('');
  });
});

liveTest('why --fix stops at a command that fails, and says so with exit code 2', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTED);
    // An ip that refuses to add routes, and does all else.
    await world.sh(`mkdir /run/refusing
      printf '#!/bin/sh\\ncase "$*" in *"route add"*) echo "RTNETLINK answers: no" >&2; exit 2;; esac\\nexec %s "$@"\\n' "$(command -v ip)" >/run/refusing/ip
      chmod +x /run/refusing/ip`);
    const refused = await world.run([
      'env',
      `PATH=/run/refusing:${process.env['PATH']}`,
      process.execPath,
      'bin/nsdiag.js',
      'why',
      'ns1',
      '10.0.2.1',
      '--fix',
      '--yes',
    ]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stdout).toContain('failed  ip -n ns2 route add');
    expect(refused.stderr).toMatch(
      /^nsdiag: Cannot run ip -n ns2 route add.*: exit code 2\n {2}\| RTNETLINK answers: no\n/,
    );
    expect(refused.stderr).toContain('Nothing was changed');
  });
});

liveTest('why answers from a snapshot as it does on the machine, without root', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTED);
    await world.sh(`${process.execPath} bin/nsdiag.js snapshot 2>/dev/null >/run/net.json; chmod 644 /run/net.json`);
    const live = await json(world, 'ns1', '10.0.2.1', '--no-probe');
    const asked = await world.run([
      ...AS_NOBODY,
      process.execPath,
      'bin/nsdiag.js',
      ...['why', 'ns1', '10.0.2.1', '--json', '--snapshot', '/run/net.json'],
    ]);
    const document = JSON.parse(asked.stdout);
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
    expect(asked.exitCode).toBe(1);
    expect(document.wire).toBeNull();
    expect(document.notes.join()).toContain('this is a snapshot of ');
    const withoutKernel = live.document.causes.map((cause: { evidence: { witness: string }[] }) => ({
      ...cause,
      evidence: cause.evidence.filter(({ witness }) => witness === 'model'),
    }));
    expect(document.causes).toEqual(withoutKernel);
  });
});

liveTest('why takes a namespace by process and by path, and a destination from the hosts file', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTED);
    await world.sh(WAY_BACK);
    const sleeper = world.start(['ip', 'netns', 'exec', 'ns1', 'sh', '-c', 'echo $$; exec sleep 600']);
    await sleeper.said(/\d+\n/);
    // Its number in the world, which has processes of its own.
    const pid = sleeper.output.trim();
    await world.sh(
      'mkdir -p /run/etc && cp /etc/hosts /run/etc/hosts && echo 10.0.2.1 web.test >>/run/etc/hosts && mount --bind /run/etc/hosts /etc/hosts',
    );
    for (const words of [
      [`pid:${pid}`, '10.0.2.1'],
      ['/run/netns/ns1', 'ns2'],
      ['ns1', 'web.test'],
    ]) {
      const { document } = await json(world, ...words, '--no-probe');
      expect(document).toMatchObject({ question: { netns: 'ns1', destination: '10.0.2.1' }, verdict: 'reachable' });
    }
    await sleeper.stop();
  });
});
