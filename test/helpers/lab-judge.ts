/**
 * The judge: whether a packet really gets there and back, asked of ping, a TCP connection or a UDP datagram.
 *
 * @module
 */

import type { LabQuestion } from '../../src/lab/schema.ts';
import type { Argv } from '../../src/system/run.ts';
import type { World } from './world.ts';

/** Long enough for an answer within one machine under load; silence costs this much. */
const ANSWER_WITHIN_MS = 1200;

/** For a name; a resolver's own patience is ten seconds. */
const RESOLVER_PATIENCE = 'RES_OPTIONS=timeout:1 attempts:1';

/**
 * Ask, and ask again at once: the first packet may wait in vain for a neighbour entry that has just become stale.
 *
 * @returns Whether an answer came: an echo reply, a connection, a datagram back.
 */
export async function answers(world: World, question: LabQuestion): Promise<boolean> {
  const { exitCode } = await world.run(inNetns(question.from, ['env', RESOLVER_PATIENCE, ...probe(question)]));
  return exitCode === 0;
}

function inNetns(netns: string, argv: Argv): Argv {
  return netns === 'host' ? argv : ['ip', 'netns', 'exec', netns, ...argv];
}

function probe({ to, proto, port, sourcePort = 0, size }: LabQuestion): Argv {
  switch (proto) {
    case 'icmp':
      return ['ping', '-n', '-c', '3', '-i', '0.2', '-W', String(ANSWER_WITHIN_MS / 1000), ...whole(size), to];
    case 'tcp':
      return node(`net.connect({ host: '${to}', port: ${port} }).on('connect', () => process.exit(0))
        .on('error', () => process.exit(1))`);
    case 'udp':
      // Connected, as a resolver's is: an answer from another address is none.
      return node(`const socket = dgram.createSocket('${to.includes(':') ? 'udp6' : 'udp4'}')
        .on('message', () => process.exit(0)).on('error', () => process.exit(1))
        .on('connect', () => socket.send('anybody there?')); socket.bind(${sourcePort}, () => socket.connect(${port}, '${to}'))`);
  }
}

function whole(size: number | undefined): readonly string[] {
  return size === undefined ? [] : ['-M', 'do', '-s', String(size)];
}

function node(program: string): Argv {
  return [process.execPath, '-e', `${program}; setTimeout(() => process.exit(2), ${ANSWER_WITHIN_MS})`];
}
