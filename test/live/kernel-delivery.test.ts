/** Who takes a packet that has come to where it was going. */

import { expect } from 'vitest';
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

/** A TCP server that accepts one connection after the other, and what it takes. */
const SERVER = `
  const net = require('node:net');
  const [host, ipv6Only] = process.argv.slice(1);
  net.createServer((socket) => socket.end()).listen({ host, port: 80, ipv6Only: ipv6Only === 'only' }, () => console.log('ready'));
`;
const CLIENT = `
  const socket = require('node:net').connect({ host: process.argv[1], port: 80 });
  socket.on('connect', () => { console.log('connected'); socket.destroy(); });
  socket.on('error', (error) => console.log(error.code));
`;

async function connect(world: World, to: string): Promise<string> {
  const result = await world.run(['ip', 'netns', 'exec', 'a', process.execPath, '-e', CLIENT, to]);
  return result.stdout.trim();
}

liveTest('a socket bound to ::, unless v6only, takes IPv4; one bound to an address takes that alone', async () => {
  await inWorld(async (world) => {
    await world.sh(`${WORDS}${PAIR}`);
    for (const [bind, only, expected] of [
      ['0.0.0.0', '', ['connected', 'connected', 'ECONNREFUSED']],
      ['10.0.1.2', '', ['connected', 'ECONNREFUSED', 'ECONNREFUSED']],
      ['::', '', ['connected', 'connected', 'connected']],
      ['::', 'only', ['ECONNREFUSED', 'ECONNREFUSED', 'connected']],
    ] as const) {
      const server = world.start(['ip', 'netns', 'exec', 'b', process.execPath, '-e', SERVER, bind, only]);
      await server.said(/ready/);
      const answers: string[] = [];
      for (const to of ['10.0.1.2', '10.0.1.3', 'fd01::2']) answers.push(await connect(world, to));
      expect({ bind, only, answers }).toEqual({ bind, only, answers: expected });
      await server.stop();
    }
  });
});
