import { expect } from 'vitest';
import { findNetns, type Host, type Netns } from '../../src/host/host.ts';
import { sysctlKey } from '../../src/host/sysctl.ts';
import { hostOf } from '../../src/recording/to-host.ts';
import { collectorArgv, recordIn } from '../helpers/collect-world.ts';
import { AS_NOBODY } from '../helpers/nobody.ts';
import { inWorld, liveTest, until, type World } from '../helpers/world.ts';

function netnsIn(host: Host, name: string): Netns {
  const netns = findNetns(host, name);
  if (netns === undefined) throw new Error(`no namespace ${name}`);
  return netns;
}

async function processesOf(world: World): Promise<number> {
  return Number(await world.sh("ls /proc | grep -c '^[0-9]'"));
}

liveTest('collect() reads its own namespace without root, and says of all others that it takes root', async () => {
  await inWorld(async (world) => {
    await world.sh('ip netns add ns1; ip link add name v0 type veth peer name v1 netns ns1');
    const host = hostOf(await recordIn(world, AS_NOBODY));
    const own = netnsIn(host, 'host');

    expect([own.links, own.routes, own.rules, own.neighbors, own.fdb, own.sockets].map(({ known }) => known)).toEqual(
      Array(6).fill(true),
    );
    expect(own.sysctls.values.get(sysctlKey('net/ipv4/ip_forward'))).toMatch(/^[01]$/);
    expect(own.ruleset).toMatchObject({
      known: true,
      value: {
        unread: expect.arrayContaining(
          ['nft', 'iptables-nft'].map((machinery) =>
            expect.objectContaining({ machinery, why: expect.stringMatching(/must be root/) }),
          ),
        ),
      },
    });
    expect(netnsIn(host, 'ns1').links).toEqual({ known: false, why: 'it takes root to enter it' });
    expect(host.notes).toEqual([expect.stringMatching(/^(one process|\d+ processes) could not be looked into: /)]);
  });
});

liveTest(
  'collect() reads its own namespace where root may not make a mount namespace, and says why no other',
  async () => {
    await inWorld(async (world) => {
      await world.sh('ip netns add ns1');
      const host = hostOf(
        await recordIn(world, ['setpriv', '--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin']),
      );

      expect(netnsIn(host, 'host')).toMatchObject({ links: { known: true }, ruleset: { known: true } });
      expect(netnsIn(host, 'ns1').links).toMatchObject({ known: false, why: expect.stringMatching(/not permitted/) });
    });
  },
);

liveTest('collect() says of each tool that is missing what is unknown without it, and reads the rest', async () => {
  await inWorld(async (world) => {
    await world.sh(`
      mkdir /run/bin /run/sbin
      for tool in sh readlink cat ln mkdir mount unshare setpriv nsenter grep; do ln -s "$(command -v $tool)" /run/bin/; done
      ln -s "$(readlink -f "$(command -v ip)")" /run/bin/ip
      mount --bind /run/sbin /usr/sbin
    `);
    const host = hostOf(await recordIn(world, ['env', 'PATH=/run/bin']));
    const own = netnsIn(host, 'host');

    expect(own.links).toMatchObject({ known: true });
    expect(own.fdb).toEqual({ known: false, why: 'bridge is not installed' });
    expect(own.sockets).toEqual({ known: false, why: 'ss is not installed' });
    expect(own.ruleset).toMatchObject({ value: { unread: expect.arrayContaining([NO_NFT, NO_IPTABLES]) } });
    expect(host.tools).toMatchObject({ nft: false, iptables: false, missing: expect.arrayContaining(['nft', 'ss']) });
    expect(host.notes).toEqual(['host: nobody looked for qdiscs and filters that drop packets: tc is not installed']);
  });
});

const NO_NFT = { machinery: 'nft', family: undefined, why: 'nft is not installed' };
const NO_IPTABLES = { machinery: 'iptables-nft', family: 'ip', why: 'iptables-nft-save is not installed' };

liveTest('collect() knows nothing but sysctls without iproute2, and does not fail', async () => {
  await inWorld(async (world) => {
    await world.sh(`
      mkdir /run/bin /run/sbin
      for tool in sh readlink cat ln mkdir mount unshare setpriv nsenter grep; do ln -s "$(command -v $tool)" /run/bin/; done
      mount --bind /run/sbin /usr/sbin
    `);
    const own = netnsIn(hostOf(await recordIn(world, ['env', 'PATH=/run/bin'])), 'host');

    for (const fact of [own.links, own.routes, own.rules, own.neighbors]) {
      expect(fact).toEqual({ known: false, why: 'ip is not installed' });
    }
    expect(own.sysctls.values.size).toBeGreaterThan(50);
  });
});

liveTest('collect() reads its own namespace without util-linux, and says what the others need', async () => {
  await inWorld(async (world) => {
    await world.sh(`
      ip netns add ns1
      mkdir /run/bin
      for tool in sh readlink cat ln mkdir mount grep; do ln -s "$(command -v $tool)" /run/bin/; done
    `);
    const host = hostOf(await recordIn(world, ['env', 'PATH=/run/bin']));

    expect(netnsIn(host, 'host').links).toMatchObject({ known: true });
    expect(netnsIn(host, 'ns1').links).toEqual({ known: false, why: 'setpriv is not installed' });
  });
});

liveTest('collect() leaves no process behind when it is killed, though what it runs would never end', async () => {
  await inWorld(async (world) => {
    await world.sh(`
      ip netns add ns1; ip netns add ns2
      mkdir /run/bin
      printf '#!/bin/sh\nexec sleep 600\n' >/run/bin/ip
      chmod +x /run/bin/ip
    `);
    const sleepers = async () => (await world.run(['sh', '-c', 'cat /proc/[0-9]*/comm | grep -c sleep'])).stdout.trim();
    const before = await processesOf(world);
    const path = `PATH=/run/bin:${process.env['PATH']}`;
    const collector = world.start(['env', path, ...collectorArgv()]);
    await until(async () => Number(await sleepers()) > 0, 'a namespace that is being read');
    collector.signal('SIGKILL');
    await collector.exited;

    await until(async () => (await processesOf(world)) === before, `${before} processes again`);
  });
});
