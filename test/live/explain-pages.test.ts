/**
 * The pages of `nsdiag explain`, held to the kernel: every command of "See it by hand" is run on a lab with that fault,
 * while somebody asks what the fault breaks, and prints what the page says that it prints.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAULT_PAGES } from '../../src/handbook/fault-pages.ts';
import { FINDING_PAGES } from '../../src/handbook/finding-pages.ts';
import { fillIn } from '../../src/handbook/placeholders.ts';
import { parseCommandLine } from '../../src/lab/command-line.ts';
import type { Fault, LabQuestion } from '../../src/lab/schema.ts';
import type { RunResult } from '../../src/system/run.ts';
import { skipWithout } from '../helpers/lab-needs.ts';
import { contradiction } from '../helpers/shown.ts';
import { breakLab, buildLab, inWorld, liveTest, until, type World } from '../helpers/world.ts';

interface Case {
  readonly code: string;
  readonly lab: string;
  /** `undefined`: the page tells what a healthy network shows too. */
  readonly fault: string | undefined;
  /** What the fault itself does not say. */
  readonly names: Readonly<Record<string, string>>;
}

const CASES: readonly Case[] = [
  { code: 'link-down', lab: 'two-subnets', fault: 'link-down', names: {} },
  { code: 'lo-down', lab: 'veth-host', fault: 'lo-down', names: {} },
  { code: 'no-carrier', lab: 'router-chain', fault: 'tunnel-without-reader', names: {} },
  { code: 'no-interface', lab: 'veth-pair', fault: 'empty-namespace', names: { DEV: 'tap2' } },
  { code: 'dangling-veth', lab: 'veth-pair', fault: 'peer-left-behind', names: { PEER: 'tap2', NS2: 'ns2' } },
  { code: 'mtu-exceeded', lab: 'mtu-path', fault: 'narrower', names: {} },
  { code: 'mtu-blackhole', lab: 'mtu-path', fault: 'icmp-filtered', names: {} },
  { code: 'interface-noarp', lab: 'neighbors', fault: 'arp-off', names: { ADDR: '10.8.0.127' } },
  { code: 'macvlan-isolated', lab: 'macvlan', fault: 'private-mode', names: { PARENT: 'eth0', NS2: 'h' } },
  { code: 'disconnected', lab: 'policy-routing', fault: 'wire-replaced', names: {} },
  { code: 'bridge-port-unattached', lab: 'bridge', fault: 'port-not-attached', names: { BR: 'br-test' } },
  {
    code: 'bridge-address-on-port',
    lab: 'bridge',
    fault: 'address-on-port',
    names: { ADDR: '10.0.0.254', LEN: '24', BR: 'br-test' },
  },
  { code: 'bridge-port-blocking', lab: 'bridge', fault: 'port-listening', names: { BR: 'br-test' } },
  { code: 'bridge-port-isolated', lab: 'bridge', fault: 'ports-isolated', names: { BR: 'br-test', DEV: 'br-tap2' } },
  { code: 'bridge-hairpin-off', lab: 'published-port', fault: 'no-hairpin-on-the-bridge', names: { BR: 'br0' } },
  {
    code: 'bridge-fdb-wrong',
    lab: 'bridge',
    fault: 'fdb-astray',
    names: { BR: 'br-test', DEV: 'br-tap1', MAC: '02:00:00:00:00:02' },
  },
  { code: 'bridge-filter-drop', lab: 'bridge', fault: 'bridge-rule-drops', names: {} },
  { code: 'bridge-netfilter', lab: 'bridge', fault: 'docker-forward-drop', names: {} },
  { code: 'no-address', lab: 'veth-host', fault: 'no-address', names: {} },
  { code: 'wrong-prefix', lab: 'veth-host', fault: 'no-prefix-length', names: {} },
  { code: 'address-not-found', lab: 'bridge', fault: 'other-network', names: {} },
  { code: 'address-is-broadcast', lab: 'neighbors', fault: 'broadcast-address', names: {} },
  { code: 'duplicate-address', lab: 'neighbors', fault: 'same-address-twice', names: { ADDR: '10.8.0.10' } },
  { code: 'duplicate-mac', lab: 'neighbors', fault: 'same-mac-twice', names: { BR: 'br0', SW: 'switch' } },
  { code: 'neighbor-wrong', lab: 'veth-host', fault: 'stale-neighbor', names: {} },
  { code: 'neighbor-unresolved', lab: 'veth-host', fault: 'another-address', names: { NS: 'ns1', DEV: 'veth1' } },
  { code: 'arp-filtered', lab: 'neighbors', fault: 'arp-ignored', names: {} },
  { code: 'ipv6-disabled', lab: 'neighbors', fault: 'ipv6-off', names: {} },
  { code: 'dad-failed', lab: 'neighbors', fault: 'still-tentative', names: {} },
  { code: 'no-route', lab: 'two-subnets', fault: 'no-route', names: {} },
  { code: 'accept-ra-off', lab: 'dual-stack', fault: 'advertisements-ignored', names: {} },
  { code: 'route-blackhole', lab: 'two-subnets', fault: 'blackholed', names: {} },
  { code: 'route-unreachable', lab: 'two-subnets', fault: 'unreachable-route', names: { SRC: '10.0.1.1' } },
  { code: 'route-prohibit', lab: 'two-subnets', fault: 'prohibited-route', names: {} },
  { code: 'route-throw', lab: 'policy-routing', fault: 'thrown', names: {} },
  { code: 'rule-blackhole', lab: 'policy-routing', fault: 'web-blackholed', names: {} },
  { code: 'rule-unreachable', lab: 'policy-routing', fault: 'kill-switch', names: {} },
  {
    code: 'rule-prohibit',
    lab: 'policy-routing',
    fault: 'guests-prohibited',
    names: { SRC: '192.168.2.10', IIF: 'guests' },
  },
  {
    code: 'policy-rule',
    lab: 'policy-routing',
    fault: 'table-without-lan',
    names: { TABLE: '2', SRC: '192.168.2.10', IIF: 'guests' },
  },
  { code: 'wrong-route', lab: 'policy-routing', fault: 'narrower-route', names: {} },
  { code: 'gateway-unreachable', lab: 'two-subnets', fault: 'gateway-nobody-has', names: { GW: '10.0.1.254' } },
  { code: 'wrong-gateway', lab: 'policy-routing', fault: 'gateway-is-a-host', names: { GW: '192.168.1.127' } },
  { code: 'routing-loop', lab: 'router-chain', fault: 'loop', names: {} },
  { code: 'forwarding-off', lab: 'router-chain', fault: 'forwarding-off', names: {} },
  { code: 'rp-filter', lab: 'router-chain', fault: 'asymmetric', names: { SRC: '10.1.0.2' } },
  { code: 'martian-source', lab: 'router-chain', fault: 'address-of-h1', names: { ADDR: '10.1.0.2' } },
  { code: 'martian-destination', lab: 'policy-routing', fault: 'published-on-localhost', names: {} },
  { code: 'vxlan-vni-mismatch', lab: 'vxlan-overlay', fault: 'vni-mismatch', names: { UNDERLAY: 'eth0' } },
  { code: 'vxlan-port-mismatch', lab: 'vxlan-overlay', fault: 'port-mismatch', names: { UNDERLAY: 'eth0' } },
  { code: 'vxlan-wrong-remote', lab: 'vxlan-overlay', fault: 'wrong-remote', names: {} },
  { code: 'vxlan-no-fdb', lab: 'vxlan-overlay', fault: 'no-fdb', names: {} },
  { code: 'firewall-drop', lab: 'veth-pair', fault: 'ping-dropped', names: { DEV: 'tap2' } },
  { code: 'firewall-reject', lab: 'veth-pair', fault: 'web-rejected', names: {} },
  { code: 'tc-drop', lab: 'mtu-path', fault: 'qdisc-blackhole', names: {} },
  { code: 'nat-missing', lab: 'bridge-nat', fault: 'nat-missing', names: { UPLINK: 'up0', SUBNET: '192.168.10.0/24' } },
  { code: 'nat-wrong', lab: 'bridge-nat', fault: 'nat-wrong-interface', names: {} },
  { code: 'dnat-missing', lab: 'published-port', fault: 'not-from-the-router', names: {} },
  { code: 'dnat-wrong', lab: 'published-port', fault: 'wrong-port', names: { NS2: 'web' } },
  {
    code: 'conntrack-invalid',
    lab: 'two-firewalls',
    fault: 'answers-by-the-other',
    names: { NS2: 'server', SRC: '10.1.0.10' },
  },
  { code: 'icmp-ignored', lab: 'veth-host', fault: 'echo-ignored', names: {} },
  { code: 'no-listener', lab: 'veth-pair', fault: 'web-stopped', names: { DEV: 'tap2' } },
  { code: 'listener-elsewhere', lab: 'veth-pair', fault: 'web-on-localhost', names: {} },
  {
    code: 'wrong-source',
    lab: 'neighbors',
    fault: 'answers-from-elsewhere',
    names: { NS: 'nas', DEV: 'eth0', SRC: '10.8.0.10' },
  },
  { code: 'conntrack-stale', lab: 'published-port', fault: 'logged-before', names: {} },
  { code: 'bad-offload', lab: 'neighbors', fault: 'userspace-switch', names: { NS2: 'nas', DEV2: 'eth0' } },
  { code: 'xdp-drop', lab: 'neighbors', fault: 'xdp-guard', names: {} },
  { code: 'unexplained-loss', lab: 'two-firewalls', fault: 'bytecode-filter', names: { DEV: 'lan' } },
  { code: 'destination-ambiguous', lab: 'router-chain', fault: 'address-of-h2', names: { ADDR: '10.3.0.2' } },
  { code: 'name-unresolved', lab: 'names', fault: 'server-stopped', names: { NAME: 'web.example' } },
];

/** A capture of nothing: the header of a pcap of Ethernet. */
const EMPTY_PCAP = Buffer.from('d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000'.replaceAll(' ', ''), 'hex');

/** What a look may wait for: a counter that grows, a neighbour that fails after three requests, a capture. */
const SHOWN_WITHIN_MS = 20_000;

liveTest('every page with a lab fault has a case here', ({ expect }) => {
  const shown = FAULT_PAGES.filter(({ unshown }) => unshown === undefined).map(({ code }) => code);
  const cases = new Set(CASES.map(({ code }) => code));
  expect(shown.filter((code) => !cases.has(code))).toEqual([]);
});

liveTest.concurrent.for(CASES)(
  'what the page of $code says to look at shows what it says',
  async ({ code, lab, fault: faultName, names }, { expect, skip }) => {
    const page = FAULT_PAGES.find((each) => each.code === code);
    await inWorld(async (world) => {
      await skipWithout(world, [code], skip);
      await buildLab(world, lab);
      const fault = faultName === undefined ? undefined : await breakLab(world, lab, faultName);
      await world.sh('ip netns attach host 1'); // so that a command for a namespace does for the host
      const values = { ...(fault === undefined ? {} : valuesOf(fault, code)), ...names };
      const asking = fault === undefined ? undefined : world.start(askAgain(fault.question));
      for (const { run, shows } of page?.look ?? []) {
        const looked = { run: fillIn(run, values), shows: fillIn(shows, values) };
        const wrong: string[] = [];
        const isShown = async () => {
          wrong.push((await contradictionOf(world, looked.run, looked.shows)) ?? '');
          return wrong.at(-1) === '';
        };
        await until(isShown, 'what the page says', SHOWN_WITHIN_MS).catch(() => {
          expect.fail(`${looked.run}\nshould show: ${looked.shows}\n${wrong.at(-1)}`);
        });
      }
      await asking?.stop();
    });
    expect(page?.look.length).toBeGreaterThan(0);
  },
);

liveTest('every command of a page about captures reads one', async ({ expect }) => {
  const folder = mkdtempSync(join(tmpdir(), 'nsdiag-pages-'));
  try {
    const names = { FILE: join(folder, 'nothing.pcap'), SRC: '10.0.0.1', DST: '10.0.0.2', MAC: '02:00:00:00:00:01' };
    writeFileSync(names.FILE, EMPTY_PCAP);
    await inWorld(async (world) => {
      for (const run of FINDING_PAGES.flatMap(({ look }) => look.map((each) => each.run))) {
        if (!run.includes('FILE')) continue;
        const { exitCode, stderr } = await printedBy(world, fillIn(run, names));
        expect({ run, exitCode, stderr }).toMatchObject({ run, exitCode: 0 });
      }
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function contradictionOf(world: World, run: string, shows: string): Promise<string | undefined> {
  const { stdout, stderr } = await printedBy(world, run);
  return contradiction(shows, stdout + stderr);
}

function printedBy(world: World, run: string): Promise<RunResult> {
  const parsed = parseCommandLine(run);
  if (!parsed.ok) throw new Error(`${run}: ${parsed.because}`);
  const [program = '', ...words] = parsed.argv;
  return world.run([program, ...words]);
}

/** What the fault says of the places in a command. */
function valuesOf({ question, expect: causes }: Fault, code: string): Readonly<Record<string, string>> {
  const cause = causes.find((each) => each.code === code);
  const named = { NS: cause?.netns ?? question.from, FROM: question.from, DST: question.to };
  const device = cause?.device === undefined ? {} : { DEV: cause.device };
  return { ...named, ...device, ...(question.port === undefined ? {} : { PORT: String(question.port) }) };
}

/** Somebody who asks, and asks again: captures and counters need packets to show. */
function askAgain({ from, to, proto, port, size }: LabQuestion): readonly [string, ...string[]] {
  const whole = size === undefined ? '' : `-M do -s ${size}`;
  const once = {
    icmp: `ping -n -c 1 -W 0.3 ${whole} ${to}`,
    tcp: `nc -z -w 1 ${to} ${port}`,
    udp: `echo ? | nc -u -p 40053 -w 1 ${to} ${port}`,
  }[proto];
  return ['ip', 'netns', 'exec', from, 'sh', '-c', `while :; do ${once}; sleep 0.2; done`];
}
