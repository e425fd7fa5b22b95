/** Who takes a packet that has come to where it was going. */

import { expect } from 'vitest';
import { isRoundTripDelivered } from '../../src/journey/journey.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { judge, WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

const PAIR = `
  namespaces a b
  wire a va b vb
  address a va 10.0.1.1/24 fd01::1/64
  address b vb 10.0.1.2/24 10.0.1.3/24 fd01::2/64
`;

liveTest('echo requests are answered unless icmp_echo_ignore_all', async () => {
  await judge(PAIR, [
    { claim: 'IPv4', from: 'a', to: '10.0.1.2', answered: true },
    {
      claim: 'IPv4 ignored',
      change: 'sysctl_ b net.ipv4.icmp_echo_ignore_all=1',
      from: 'a',
      to: '10.0.1.2',
      answered: false,
    },
    { claim: 'IPv6 has a setting of its own', from: 'a', to: 'fd01::2', answered: true },
    {
      claim: 'IPv6 ignored',
      change: 'sysctl_ b net.ipv6.icmp.echo_ignore_all=1',
      from: 'a',
      to: 'fd01::2',
      answered: false,
    },
  ]);
});

/** Servers on port 80: one that accepts and closes, one that sends back what it gets. */
const SERVERS = {
  tcp: `
    const [host, ipv6Only] = process.argv.slice(1);
    const server = require('node:net').createServer((socket) => socket.end());
    server.listen({ host, port: 80, ipv6Only: ipv6Only === 'only' }, () => console.log('ready'));
  `,
  udp: `
    const [host, ipv6Only] = process.argv.slice(1);
    const type = host.includes(':') ? 'udp6' : 'udp4';
    const socket = require('node:dgram').createSocket({ type, ipv6Only: ipv6Only === 'only' });
    socket.on('message', (message, from) => socket.send(message, from.port, from.address));
    socket.bind(80, host, () => console.log('ready'));
  `,
} as const;

/** Clients that say how it went; UDP's is connected, so that answers from others do not reach it. */
const CLIENTS = {
  tcp: `
    const socket = require('node:net').connect({ host: process.argv[1], port: 80 });
    socket.on('connect', () => { console.log('answered'); socket.destroy(); });
    socket.on('error', (error) => console.log(error.code));
  `,
  udp: `
    const [host] = process.argv.slice(1);
    const socket = require('node:dgram').createSocket(host.includes(':') ? 'udp6' : 'udp4');
    const end = (text) => { console.log(text); clearTimeout(timer); socket.close(); };
    const timer = setTimeout(() => end('silence'), 500);
    socket.on('message', () => end('answered'));
    socket.on('error', (error) => end(error.code));
    socket.connect(80, host, () => socket.send('x'));
  `,
} as const;

async function probe(world: World, proto: 'tcp' | 'udp', to: string): Promise<string> {
  const trip = walkRoundTrip(await collectIn(world), ask('a', to, { to: `${proto}/80` }));
  const result = await world.run(['ip', 'netns', 'exec', 'a', process.execPath, '-e', CLIENTS[proto], to]);
  const said = result.stdout.trim();
  expect({ to, model: isRoundTripDelivered(trip) }).toEqual({ to, model: said === 'answered' });
  return said;
}

async function probeAll(bind: string, only: string, proto: 'tcp' | 'udp'): Promise<readonly string[]> {
  return inWorld(async (world) => {
    await world.sh(`${WORDS}${PAIR}`);
    const server = world.start(['ip', 'netns', 'exec', 'b', process.execPath, '-e', SERVERS[proto], bind, only]);
    await server.said(/ready/);
    const answers: string[] = [];
    for (const to of ['10.0.1.2', '10.0.1.3', 'fd01::2']) answers.push(await probe(world, proto, to));
    return answers;
  });
}

liveTest('a socket bound to ::, unless v6only, takes IPv4; one bound to an address takes that alone', async () => {
  const refused = 'ECONNREFUSED';
  expect(await probeAll('0.0.0.0', '', 'tcp')).toEqual(['answered', 'answered', refused]);
  expect(await probeAll('10.0.1.2', '', 'tcp')).toEqual(['answered', refused, refused]);
  expect(await probeAll('::', '', 'tcp')).toEqual(['answered', 'answered', 'answered']);
  expect(await probeAll('::', 'only', 'tcp')).toEqual([refused, refused, 'answered']);
});

liveTest('a UDP server that is bound to all addresses answers from the one that the way back chooses', async () => {
  // The second address is asked, and the first one answers: a connected socket does not take that.
  expect(await probeAll('0.0.0.0', '', 'udp')).toEqual(['answered', 'silence', 'ECONNREFUSED']);
  expect(await probeAll('10.0.1.3', '', 'udp')).toEqual(['ECONNREFUSED', 'answered', 'ECONNREFUSED']);
});
