/**
 * `nsdiag why NS NAME`, held to getent: the namespace's own hosts file and resolv.conf decide, and where they bring no
 * address the way to the name server is diagnosed, repaired, and the name asked for again.
 */

import { expect } from 'vitest';
import { giveOwnEtc, nameServer } from '../helpers/name-server.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

/** client, dns and web on one bridge; dns knows web.example, and client asks dns. */
async function names(world: World): Promise<void> {
  await giveOwnEtc(world);
  await world.sh(`
    for ns in switch client dns web; do ip netns add $ns; ip -n $ns link set dev lo up; done
    ip -n switch link add dev br0 type bridge
    ip netns exec switch sysctl -qe -w net.bridge.bridge-nf-call-iptables=0
    plug() {
      ip -n $1 link add dev eth0 type veth peer name to-$1 netns switch
      ip -n switch link set dev to-$1 master br0
      ip -n switch link set dev to-$1 up
      ip -n $1 addr add $2/24 dev eth0
      ip -n $1 link set dev eth0 up
    }
    plug client 10.5.0.1; plug dns 10.5.0.53; plug web 10.5.0.80
    ip -n switch link set dev br0 up
    mkdir /etc/netns/client
    echo 'nameserver 10.5.0.53' >/etc/netns/client/resolv.conf
    echo '10.5.0.80 web-of-hosts' >/etc/netns/client/hosts`);
  await world.start(['ip', 'netns', 'exec', 'dns', ...nameServer('10.5.0.53', KNOWN)]).said(/ready/);
}

const KNOWN = {
  'web.example': '10.5.0.80',
  'empty.example': 'NODATA',
  'broken.example': 'SERVFAIL',
  'secret.example': 'REFUSED',
};

async function why(world: World, ...words: readonly string[]) {
  const { stdout, stderr, exitCode } = await world.nsdiag(['why', ...words, '--json']);
  const { question, verdict, summary, causes, proof, notes, fixed } = JSON.parse(stdout);
  const codes = causes.map(({ code, netns }: { code: string; netns: string }) => `${code} ${netns}`);
  return { question, verdict, summary, causes, codes, proof, notes, fixed, exitCode, stderr };
}

liveTest('why asks for the address that the resolver of the namespace has for a name', async () => {
  await inWorld(async (world) => {
    await names(world);
    expect(await world.sh('ip netns exec client getent ahosts web.example')).toMatch(/^10\.5\.0\.80 /);
    expect(await why(world, 'client', 'web.example')).toMatchObject({
      exitCode: 0,
      question: { destination: '10.5.0.80', name: 'web.example' },
      notes: ['web.example is 10.5.0.80, by the resolver of client'],
    });
    expect(await why(world, 'client', 'web-of-hosts', '--no-probe')).toMatchObject({
      exitCode: 0,
      question: { destination: '10.5.0.80', name: 'web-of-hosts' },
    });
    // The way to it is broken, the name is not.
    await world.sh('ip -n web link set dev eth0 down');
    expect(await why(world, 'client', 'web.example')).toMatchObject({ exitCode: 1, codes: ['link-down web'] });
  });
});

liveTest('why names what is wrong on the way to the name server, and its fix makes the name resolve', async () => {
  await inWorld(async (world) => {
    await names(world);
    await world.sh('ip -n dns link set dev eth0 down; ip -n switch link set dev to-client nomaster');
    const broken = await why(world, 'client', 'web.example', '--fix', '--yes');
    expect(broken).toMatchObject({
      question: { destination: 'web.example', name: 'web.example', proto: 'icmp', port: null },
      verdict: 'unreachable',
      proof: { deliveredAfter: 3 },
      fixed: { verdict: 'reachable', summary: expect.stringMatching(/^client reaches web\.example \(10\.5\.0\.80/) },
    });
    expect(broken.codes).toEqual(['name-unresolved client', 'bridge-port-unattached switch', 'link-down dns']);
    expect(broken.summary).toMatch(/its name server 10\.5\.0\.53 does not answer \(2 faults on the way to it\)$/);
  });
});

liveTest('why blames the name and nothing else where its server is reached', async () => {
  await inWorld(async (world) => {
    await names(world);
    const gone = await why(world, 'client', 'gone.example', '--port', '80');
    expect(gone).toMatchObject({ exitCode: 1, codes: ['name-unresolved client'], proof: null });
    expect(gone.summary).toMatch(/its name server 10\.5\.0\.53 says that there is no such name \(NXDOMAIN\)$/);
    const commands = gone.causes[0].evidence.map(({ command }: { command: string[] }) => command.join(' '));
    expect(commands).toEqual([
      'ip netns exec client getent ahosts -- gone.example',
      'ip netns exec client dig @10.5.0.53 gone.example',
      'cat /etc/netns/client/resolv.conf',
    ]);
  });
});

liveTest('why tells what the name server said, and which other one was then not asked', async () => {
  await inWorld(async (world) => {
    await names(world);
    const said = async (name: string) => (await why(world, 'client', name)).summary;
    expect(await said('empty.example')).toMatch(/knows the name, and no address of it \(NODATA\)$/);
    expect(await said('broken.example')).toMatch(/could not find out \(SERVFAIL\)$/);
    expect(await said('secret.example')).toMatch(/refuses to answer \(REFUSED\)$/);
    // A second server knows them all: the resolver gets to it after SERVFAIL and REFUSED, and not after the others.
    const all = ['late.example', ...Object.keys(KNOWN)].map((name) => [name, '10.5.0.80']);
    await world
      .start(['ip', 'netns', 'exec', 'web', ...nameServer('10.5.0.80', Object.fromEntries(all))])
      .said(/ready/);
    await world.sh('echo "nameserver 10.5.0.80" >>/etc/netns/client/resolv.conf');
    for (const name of ['broken.example', 'secret.example']) {
      expect(await world.sh(`ip netns exec client getent ahosts ${name}`)).toMatch(/^10\.5\.0\.80 /);
    }
    for (const name of ['late.example', 'empty.example']) {
      expect(await said(name)).toMatch(/; 10\.5\.0\.80, which has an address for it, is then not asked$/);
    }
  });
});

liveTest('why says that the name server of the machine is not in the namespace', async () => {
  await inWorld(async (world) => {
    await names(world);
    await world.sh(
      'rm /etc/netns/client/resolv.conf; rm -f /etc/resolv.conf; echo "nameserver 127.0.0.53" >/etc/resolv.conf',
    );
    const stub = await why(world, 'client', 'web.example');
    expect(stub).toMatchObject({ exitCode: 1, codes: ['name-unresolved client'], proof: null });
    expect(stub.summary).toMatch(/nothing answers at its name server 127\.0\.0\.53$/);
    expect(stub.causes[0].why).toContain('/etc/netns/client/resolv.conf');

    // A server of the namespace's own is meant to be there: then lo is what is wrong.
    await world
      .start(['ip', 'netns', 'exec', 'client', ...nameServer('127.0.0.53', { 'web.example': '10.5.0.80' })])
      .said(/ready/);
    expect(await why(world, 'client', 'web.example')).toMatchObject({ exitCode: 0, codes: [] });
    await world.sh('ip -n client link set dev lo down');
    expect(await why(world, 'client', 'web.example')).toMatchObject({
      codes: ['name-unresolved client', 'lo-down client'],
      proof: { deliveredAfter: 2 },
    });
  });
});

liveTest('why refuses what cannot be a name, and lets none of it reach a shell or a terminal', async () => {
  const noName = /nothing that a name server could be asked for/;
  const refused: readonly (readonly [word: string, message: RegExp])[] = [
    ['--usage', /unknown option/],
    ['$(reboot)', noName],
    ['a b', noName],
    ['x\u001b[2J.example', noName],
    [`${'a'.repeat(64)}.example`, noName],
    ['a..example', noName],
    ['clien', /Namespaces near to it: client/],
  ];
  await inWorld(async (world) => {
    await names(world);
    for (const [word, message] of refused) {
      const { exitCode, stdout, stderr } = await world.nsdiag(['why', 'client', word]);
      expect({ word, exitCode, stdout }).toEqual({ word, exitCode: 2, stdout: '' });
      expect(stderr).toMatch(message);
      expect(stderr).not.toContain('\u001b');
    }
  });
});

liveTest("why sends from the address that was asked for, and from no other namespace's", async () => {
  await inWorld(async (world) => {
    await names(world);
    await world.sh('ip -n client addr add 10.6.0.1/24 dev eth0');
    // web has no way back to it.
    expect(await why(world, 'client', 'web', '--from', '10.6.0.1')).toMatchObject({
      codes: ['no-route web'],
      question: { name: 'web', from: '10.6.0.1' },
    });
    expect(await why(world, 'client', 'web', '--from', '10.5.0.1')).toMatchObject({ exitCode: 0 });
    const foreign = await world.nsdiag(['why', 'client', 'web', '--from', '10.5.0.53']);
    expect(foreign.exitCode).toBe(2);
    expect(foreign.stderr).toMatch(
      /client does not have that address\n +client has .*10\.5\.0\.1 \(eth0\), 10\.6\.0\.1 \(eth0\)/,
    );
  });
});
