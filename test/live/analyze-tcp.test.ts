/**
 * TCP in trouble, made in namespaces and captured by plain tcpdump at one point: `nsdiag analyze` finds what was done to
 * it.
 */

import { ROUTED } from '../helpers/routed.ts';
import { inWorld, liveTest, until, type World } from '../helpers/world.ts';

interface Case {
  readonly name: string;
  /** In r, before anything is sent. */
  readonly rules?: string;
  readonly also?: string;
  /** Where tcpdump listens. */
  readonly at: 'a' | 'b';
  /** Of Node, with `s` the connection: what the server does with it. `undefined`: there is no server. */
  readonly server?: string;
  /** Of Node, with `s` a connection that is being made, `net` at hand. */
  readonly client: string;
  /** Once the client has said "there". */
  readonly afterwards?: string;
  /** A command that prints `shows` once the trouble is in the capture. */
  readonly until: readonly [command: string, shows: RegExp];
  readonly finds: RegExp;
}

function forward(rule: string): string {
  return `table ip t { chain c { type filter hook forward priority 0; ${rule}; }; }`;
}

const inA = (command: string) => `ip netns exec a ${command}`;
const captured = (filter: string) => `tcpdump -nr /run/t.pcap '${filter}' 2>/dev/null | wc -l`;

const CASES: readonly Case[] = [
  {
    name: 'a router that drops every tenth packet',
    rules: forward('ip daddr 10.0.2.1 tcp dport 5001 numgen inc mod 10 9 drop'),
    at: 'a',
    server: 's.resume().on("end", () => s.end("done"))',
    client: 's.end(Buffer.alloc(4_000_000)); s.resume().on("end", () => console.log("there"))',
    until: [captured('tcp[13] & 1 != 0'), /^[2-9]/],
    finds: /^(fast-)?retransmission (warning|note)$/,
  },
  {
    name: 'a firewall that resets a connection that stood',
    at: 'a',
    server: 's.resume()',
    client: 's.write("hello", () => console.log("there")); setInterval(() => s.write("more"), 50)',
    afterwards: `printf '${forward('tcp dport 5001 reject with tcp reset')}\\n' | ip netns exec r nft -f -`,
    until: [captured('tcp[13] & 4 != 0'), /^[1-9]/],
    finds: /^connection-reset warning$/,
  },
  {
    name: 'a program that does not read',
    at: 'a',
    server: 's.pause()',
    client: 's.write(Buffer.alloc(40_000_000)); console.log("there")',
    until: [inA('ss -tno'), /persist/],
    finds: /^zero-window (warning|note)$/,
  },
  {
    name: 'a link that is too small, and nobody who says so',
    rules: 'table ip t { chain c { type filter hook output priority 0; icmp type destination-unreachable drop; }; }',
    also: 'ip -n r link set dev rb mtu 1300',
    at: 'a',
    server: 's.resume()',
    client:
      's.write("small", () => setTimeout(() => s.write(Buffer.alloc(100_000), () => 0), 100)); console.log("there")',
    until: [inA('ss -tino'), /backoff:[3-9]/],
    finds: /^mtu-blackhole error$/,
  },
  {
    name: 'an answer to the SYN that does not come back',
    rules: forward('tcp sport 5001 drop'),
    at: 'b',
    server: 's.resume()',
    client: 'console.log("there")',
    until: [captured('tcp[13] == 18'), /^[3-9]/],
    finds: /^half-open error$/,
  },
  {
    name: 'two hundred connections into a silent drop',
    rules: forward('tcp dport 5001 drop'),
    at: 'a',
    client: 'for (let i = 0; i < 199; i++) net.connect(5001, "10.0.2.1").on("error", () => 0); console.log("there")',
    until: [captured('tcp[13] == 2'), /^([4-9]\d\d|\d{4})/],
    finds: /^syn-unanswered error$/,
  },
];

liveTest.concurrent.for(CASES)('nsdiag analyze finds $name', async (made, { expect }) => {
  await inWorld(async (world) => {
    const background = await begin(world, made);
    const [command, shows] = made.until;
    await until(async () => shows.test(await world.sh(command)), `${made.name}: ${command}`);
    const tcpdump = background.at(-1);
    tcpdump?.signal('SIGINT');
    await tcpdump?.exited;

    const { stdout } = await world.nsdiag(['analyze', '--json', '/run/t.pcap']);
    const { findings } = JSON.parse(stdout) as { findings: readonly { code: string; severity: string }[] };
    const said = findings.map(({ code, severity }) => `${code} ${severity}`);
    expect(said, stdout).toContainEqual(expect.stringMatching(made.finds));
    // What was not done is not found: nothing else of these is graver than a note.
    const graver = said.filter(
      (each) => /unanswered|refused|reset|half-open|blackhole/.test(each) && !/note$/.test(each),
    );
    expect(
      graver.filter((each) => !made.finds.test(each)),
      stdout,
    ).toEqual([]);
  });
});

/** The last one is tcpdump. */
async function begin(world: World, { rules, also = '', at, server, client, afterwards }: Case) {
  await world.sh(ROUTED + also);
  const answers = async () =>
    (await world.run(['ip', 'netns', 'exec', 'a', 'ping', '-c', '1', '-W', '1', '10.0.2.1'])).exitCode === 0;
  await until(answers, 'an answer through the router');
  if (rules !== undefined) await world.sh(`printf '${rules}\\n' | ip netns exec r nft -f -`);
  const background = [];
  if (server !== undefined) {
    const listening = inNode(
      'b',
      `require("node:net").createServer((s) => { s.on("error", () => 0); ${server} }).listen(5001)`,
    );
    background.push(world.start(listening));
    await until(async () => /:5001/.test(await world.sh('ip netns exec b ss -lnt')), 'a listener');
  }
  const capture = ['tcpdump', '-i', 'any', '-U', '--immediate-mode', '-s', '128', '-Z', 'root', '-w', '/run/t.pcap'];
  const tcpdump = world.start(['ip', 'netns', 'exec', at, ...capture, 'tcp']);
  await tcpdump.said(/listening on/);
  const script = `const net = require("node:net"); const s = net.connect(5001, "10.0.2.1"); s.on("error", () => 0); ${client}`;
  const sender = world.start(inNode('a', script));
  background.push(sender);
  await sender.said(/there/);
  if (afterwards !== undefined) await world.sh(afterwards);
  return [...background, tcpdump];
}

function inNode(netns: string, script: string): readonly [string, ...string[]] {
  return ['ip', 'netns', 'exec', netns, process.execPath, '-e', script];
}
