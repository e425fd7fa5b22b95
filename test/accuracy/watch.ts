/**
 * Where a packet was seen last, by tcpdump itself: one in every namespace, its printed lines read. Nothing of nsdiag's
 * own capturing and decoding is used, so that the two can be held against each other.
 *
 * @module
 */

import { type Network, SERVICE_PORT } from './network.ts';

/** A packet of the question, seen on a device. */
export interface Place {
  readonly netns: string;
  readonly device: string;
  readonly leg: 'request' | 'reply';
}

/**
 * A script that runs the tcpdumps around a program: waits until all listen, runs it, gives the last packets a moment
 * to be printed, and prints what each namespace saw under a line with its name. Exits as the program does.
 */
export function watchScript({ nodes }: Network, program: string): string {
  const names = nodes.map(({ name }) => name).join(' ');
  return `
    folder=$(mktemp -d)
    pids=
    for netns in ${names}; do
      ip netns exec $netns tcpdump -i any -n -tt -l --immediate-mode --time-stamp-precision=nano \\
        'icmp or icmp6 or tcp or udp' >$folder/$netns 2>$folder/$netns.err &
      pids="$pids $!"
    done
    for netns in ${names}; do until grep -q listening $folder/$netns.err; do sleep 0.01; done; done
    ${program}
    answered=$?
    sleep 0.1
    kill $pids
    wait $pids
    for netns in ${names}; do echo "== $netns"; cat $folder/$netns; done
    rm -r $folder
    exit $answered
  `;
}

/** The last place in what `watchScript` printed; a packet that was answered has its last place on the way back. */
export function lastPlace(network: Network, printed: string): Place | undefined {
  const sightings = printed.split(/^== /m).flatMap((section) => {
    const [netns = '', ...lines] = section.split('\n');
    return network.bystanders.includes(netns)
      ? []
      : lines.flatMap((line, index) => read(network, netns, line, lines[index + 1]));
  });
  const replies = sightings.filter(({ leg }) => leg === 'reply');
  const last = (replies.length > 0 ? replies : sightings).sort((a, b) => (a.timeNs < b.timeNs ? -1 : 1)).at(-1);
  return last && { netns: last.netns, device: last.device, leg: last.leg };
}

/** `1732240000.123456789 pa    P   IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 30, seq 1, length 64` */
const LINE = /^(\d+)\.(\d{9}) (\S+) +(In|Out|P|B|M) +(IP6? .*)$/;

function read(
  network: Network,
  netns: string,
  line: string,
  next: string | undefined,
): readonly (Place & { readonly timeNs: bigint })[] {
  const [, seconds = '', fraction = '', device = '', direction, outer = ''] = LINE.exec(line) ?? [];
  // tcpdump writes what is inside a tunnel on a line of its own.
  const leg = legOf(outer.includes(': VXLAN,') ? (next ?? '') : outer);
  if (leg === undefined || isFlooded(network, netns, device, direction)) return [];
  return [{ netns, device, leg, timeNs: BigInt(seconds + fraction) }];
}

function legOf(text: string): Place['leg'] | undefined {
  const echo = /^IP6? \S+ > \S+: ICMP6?,? echo (request|reply),/.exec(text);
  if (echo !== null) return echo[1] === 'request' ? 'request' : 'reply';
  const ports = /^IP6? \S+\.(\d+) > \S+\.(\d+): (?:Flags|UDP)/.exec(text);
  // The service may have been published under another port; the asker's own port is never below 32768.
  if (ports === null || !ports.slice(1).some((port) => port === String(SERVICE_PORT) || port === '8081'))
    return undefined;
  return Number(ports[1]) < Number(ports[2]) ? 'reply' : 'request';
}

/** A frame that a bridge flooded towards somebody on nobody's way has not come any further. */
function isFlooded({ nodes, bystanders }: Network, netns: string, device: string, direction: string | undefined) {
  const found = nodes.find(({ name }) => name === netns)?.devices.find(({ name }) => name === device);
  return direction === 'Out' && bystanders.includes(found?.peer?.split(':')[0] ?? '');
}
