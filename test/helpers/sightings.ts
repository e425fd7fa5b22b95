/**
 * What tcpdump sees of a ping in every namespace of a world, and what a walk says that it will see: two lists of the
 * same words, `r ra in 10.0.1.1 > 10.0.2.1 request`, in the order of time.
 *
 * @module
 */

import type { RoundTrip } from '../../src/journey/journey.ts';
import type { Background, World } from './world.ts';

interface Dump {
  readonly netns: string;
  readonly dump: Background;
}

/** One tcpdump a namespace, all listening. */
export class Watch {
  readonly #world: World;
  readonly #dumps: readonly Dump[];

  private constructor(world: World, dumps: readonly Dump[]) {
    this.#world = world;
    this.#dumps = dumps;
  }

  /** Begin to listen in all named namespaces. */
  static async begin(world: World): Promise<Watch> {
    const names = (await world.sh('ls /run/netns')).trim().split('\n');
    const dumps = names.map((netns) => {
      const tcpdump = ['tcpdump', '-i', 'any', '-n', '-tt', '-l', '--immediate-mode', '--time-stamp-precision=nano'];
      return { netns, dump: world.start(['ip', 'netns', 'exec', netns, ...tcpdump, 'icmp or icmp6']) };
    });
    for (const { dump } of dumps) await dump.said(/listening on/);
    return new Watch(world, dumps);
  }

  /** Stop, and tell what was seen of the echo with that sequence number. */
  async end(sequence: number): Promise<readonly string[]> {
    // What tcpdump has not read by the end is lost: a ping on lo behind all others shows that it has read those.
    for (const { netns, dump } of this.#dumps) {
      const last = await this.#world.run(['ip', 'netns', 'exec', netns, 'ping', '-n', '-c1', '-W1', '127.0.0.1']);
      if (last.exitCode === 0) await dump.said(/127\.0\.0\.1: ICMP echo reply/);
    }
    for (const { dump } of this.#dumps) dump.signal('SIGINT');
    for (const { dump } of this.#dumps) await dump.exited;
    const seen = this.#dumps.flatMap(({ netns, dump }) =>
      [...dump.output.matchAll(SIGHTING)]
        .filter(([, , , , source, , , number]) => source !== '127.0.0.1' && Number(number) === sequence)
        .map(([, time = '', device, direction, source, destination, message]) => ({
          timeNs: BigInt(time.replace('.', '')),
          text: `${netns} ${device} ${direction === 'Out' ? 'out' : 'in'} ${source} > ${destination} ${message}`,
        })),
    );
    return seen.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0)).map(({ text }) => text);
  }
}

/** `1732240000.123456789 pa    P   IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 30, seq 1, length 64` */
const SIGHTING = /^(\d+\.\d{9}) (\S+) +(\w+) +IP6? (\S+) > (\S+): ICMP6?,? echo (request|reply), id \d+, seq (\d+)/gm;

/** What the walk says that tcpdump will see. */
export function foreseen(trip: RoundTrip): readonly string[] {
  return [trip.request, trip.reply].flatMap((journey) =>
    (journey?.steps ?? []).flatMap((step) => {
      if (step.stage !== 'egress' && step.stage !== 'ingress') return [];
      // libpcap shows of lo only what comes in.
      if (step.stage === 'egress' && step.device === 'lo') return [];
      const { source, destination } = step.packet;
      const direction = step.stage === 'egress' ? 'out' : 'in';
      return [`${step.netns} ${step.device} ${direction} ${source} > ${destination} ${journey?.leg}`];
    }),
  );
}
